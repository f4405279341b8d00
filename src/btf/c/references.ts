/** Who refers to whom, checked once for all that follows. */
import { malformedError } from "../../errors.ts";
import { BTF_KIND } from "../kinds.ts";
import { TYPE_WORDS, vlenOf } from "../sections.ts";
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

/** Where a kind has ids. */
interface IdWords {
  /** The first of them, counted in words from the start of the type; 0 where there is none. */
  readonly first: number;
  /** From one to the next. */
  readonly step: number;
  /** How many they are; 0: as many as the type has items. */
  readonly count: number;
}

const NONE: IdWords = { first: 0, step: 0, count: 1 };
const TARGET: IdWords = { first: 2, step: 1, count: 1 };
const MEMBERS: IdWords = { first: TYPE_WORDS + 1, step: MEMBER_WORDS, count: 0 };

const ID_WORDS: readonly IdWords[] = idWordsByKind({
  ...Object.fromEntries(
    [PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, FUNC, VAR, DECL_TAG].map((kind) => [kind, TARGET]),
  ),
  [ARRAY]: { first: TYPE_WORDS, step: 1, count: 2 },
  [STRUCT]: MEMBERS,
  [UNION]: MEMBERS,
  [ENUM]: { ...NONE, count: 0 },
  [ENUM64]: { ...NONE, count: 0 },
  [FUNC_PROTO]: { first: TYPE_WORDS + 1, step: PARAMETER_WORDS, count: 0 },
  [DATASEC]: { first: TYPE_WORDS, step: VARIABLE_WORDS, count: 0 },
});

function idWordsByKind(words: Readonly<Record<number, IdWords>>): IdWords[] {
  return Array.from({ length: 128 }, (_, kind) => words[kind] ?? NONE);
}

/** Throws a malformed error where a type is missing. */
export function checkReferences(types: RawTypes): References {
  const { words, count, starts, kinds } = types;
  const referenced = new Uint8Array(count);
  let items = count;
  for (let id = 1; id < count; id++) {
    const kind = kinds[id] as number;
    const start = starts[id] as number;
    const ids = ID_WORDS[kind] as IdWords;
    let left = ids.count;
    if (left === 0) {
      left = vlenOf(words[start + 1] as number);
      items += left;
    }
    if (ids.first === 0) continue;
    if (kind === FUNC_PROTO) check(id, words[start + 2] as number, count);
    for (let at = start + ids.first; left > 0; at += ids.step, left--) {
      const target = words[at] as number;
      if (target >= count) check(id, target, count);
      referenced[target] = 1;
    }
  }
  return { referenced, items };
}

function check(from: number, id: number, count: number): void {
  if (id >= count) throw malformedError("BTF", `type [${from}] refers to type [${id}], which does not exist`);
}
