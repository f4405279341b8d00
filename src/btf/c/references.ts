/** Who refers to whom, checked once for all that follows. */
import { malformedError } from "../../errors.ts";
import { BTF_KIND } from "../kinds.ts";
import { MEMBER_WORDS, PARAMETER_WORDS, type RawTypes, VARIABLE_WORDS } from "./raw-types.ts";

const { PTR, ARRAY, STRUCT, UNION, ENUM, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO } = BTF_KIND;
const { VAR, DATASEC, DECL_TAG, TYPE_TAG, ENUM64 } = BTF_KIND;

export interface References {
  /**
   * 1 for the types that another one refers to, by id. What a function returns does not count
   * (libbpf btf_dump.c:btf_dump_mark_referenced).
   */
  readonly referenced: Uint8Array;
  /** Types, members, enumerators, parameters and variables. */
  readonly items: number;
}

/** Throws a malformed error where a type is missing. */
export function checkReferences(types: RawTypes): References {
  const { words, count } = types;
  const referenced = new Uint8Array(count);
  let items = count;
  const checkItems = (id: number, first: number, itemWords: number) => {
    const vlen = types.vlen(id);
    const end = first + vlen * itemWords;
    for (let at = first; at < end; at += itemWords) referenced[existing(types, id, words[at] as number)] = 1;
    items += vlen;
  };
  for (let id = 1; id < count; id++) {
    switch (types.kind(id)) {
      case PTR:
      case TYPEDEF:
      case VOLATILE:
      case CONST:
      case RESTRICT:
      case TYPE_TAG:
      case FUNC:
      case VAR:
      case DECL_TAG:
        referenced[existing(types, id, types.target(id))] = 1;
        break;
      case ARRAY: {
        const tail = types.tail(id);
        referenced[existing(types, id, words[tail] as number)] = 1;
        referenced[existing(types, id, words[tail + 1] as number)] = 1;
        break;
      }
      case STRUCT:
      case UNION:
        checkItems(id, types.tail(id) + 1, MEMBER_WORDS);
        break;
      case FUNC_PROTO:
        existing(types, id, types.target(id));
        checkItems(id, types.tail(id) + 1, PARAMETER_WORDS);
        break;
      case DATASEC:
        checkItems(id, types.tail(id), VARIABLE_WORDS);
        break;
      case ENUM:
      case ENUM64:
        items += types.vlen(id);
        break;
    }
  }
  return { referenced, items };
}

function existing(types: RawTypes, from: number, id: number): number {
  if (id < types.count) return id;
  throw malformedError("BTF", `type [${from}] refers to type [${id}], which does not exist`);
}
