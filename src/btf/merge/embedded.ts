/**
 * Structs and unions that are part of others, not behind pointers (libbpf
 * btf_relocate.c:btf_mark_embedded_composite_type_ids).
 */
import { BTF_KIND } from "../kinds.ts";
import { fieldAt, fieldCount } from "./fields.ts";
import { idFieldsOf, infoOf, kindOfId, refersToItself, sizeOrTypeOf, startOf, type Types } from "./types.ts";

const { ARRAY, STRUCT, UNION, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG } = BTF_KIND;

const UNKNOWN = -1;
const AT_WORK = -2;

/** Those that structs and unions from `firstId` on contain. The ids that types hold are in range. */
export function embeddedComposites(types: Types, firstId: number): Set<number> {
  const ends = new Int32Array(types.count).fill(UNKNOWN);
  const embedded = new Set<number>();
  for (let id = firstId; id < types.count; id++) {
    if (!isComposite(types, id)) continue;
    const fields = idFieldsOf(types, id);
    const count = fieldCount(fields, infoOf(types, id));
    for (let n = 0; n < count; n++) {
      const member = types.words[fieldAt(fields, startOf(types, id), n)] as number;
      const composite = compositeBehind(types, member, ends);
      if (composite !== 0) embedded.add(composite);
    }
  }
  return embedded;
}

function isComposite(types: Types, id: number): boolean {
  const kind = kindOfId(types, id);
  return kind === STRUCT || kind === UNION;
}

/** The struct or union behind modifiers, typedefs and arrays; 0 where something else is there. `ends` keeps it, by id. */
function compositeBehind(types: Types, first: number, ends: Int32Array): number {
  const passed: number[] = [];
  let id = first;
  while (ends[id] === UNKNOWN) {
    const next = nextOf(types, id);
    if (next === undefined) {
      ends[id] = isComposite(types, id) ? id : 0;
      break;
    }
    ends[id] = AT_WORK;
    passed.push(id);
    id = next;
  }
  const end = ends[id] as number;
  if (end === AT_WORK) throw refersToItself(id);
  for (const each of passed) ends[each] = end;
  return end;
}

/** What a type stands for; undefined where it stands for itself. */
function nextOf(types: Types, id: number): number | undefined {
  switch (kindOfId(types, id)) {
    case CONST:
    case VOLATILE:
    case RESTRICT:
    case TYPEDEF:
    case TYPE_TAG:
      return sizeOrTypeOf(types, id);
    case ARRAY:
      return types.words[fieldAt(idFieldsOf(types, id), startOf(types, id), 0)];
    default:
      return undefined;
  }
}
