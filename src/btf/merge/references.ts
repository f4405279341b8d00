/**
 * Pointers, modifiers, arrays, functions and tags: they are the same if they refer to the same types, once those are known
 * (libbpf btf.c:btf_dedup_ref_type).
 */
import { hashWords } from "./alike.ts";
import { AT_WORK, type Dedup, isMapped, resolve, settle } from "./canonical.ts";
import { fieldAt, fieldCount } from "./fields.ts";
import { sameCandidate } from "./primitives.ts";
import { idFieldsOf, infoOf, refersToItself, startOf } from "./types.ts";

/** A type whose references are being looked at. */
interface Open {
  readonly id: number;
  /** Which of its references is next. */
  next: number;
}

/** All types of other kinds are known. */
export function dedupReferences(dedup: Dedup): void {
  const open: Open[] = [];
  for (let id = dedup.firstId; id < dedup.types.count; id++) {
    if (isMapped(dedup, id)) continue;
    openType(dedup, id, open);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const unknown = followReferences(dedup, top);
      if (unknown !== undefined) {
        openType(dedup, unknown, open);
        continue;
      }
      open.pop();
      const hash = hashWords(dedup.types, top.id);
      settle(dedup, top.id, sameCandidate(dedup, top.id, hash), hash);
    }
  }
}

function openType({ map }: Dedup, id: number, open: Open[]): void {
  if (map[id] === AT_WORK) throw refersToItself(id);
  map[id] = AT_WORK;
  open.push({ id, next: 0 });
}

/** Puts canonical types where the type refers to others; stops at one that is not known yet and returns it. */
function followReferences(dedup: Dedup, open: Open): number | undefined {
  const { types } = dedup;
  const fields = idFieldsOf(types, open.id);
  const start = startOf(types, open.id);
  const count = fieldCount(fields, infoOf(types, open.id));
  for (; open.next < count; open.next++) {
    const at = fieldAt(fields, start, open.next);
    const held = types.words[at] as number;
    if (!isMapped(dedup, held)) return held;
    types.words[at] = resolve(dedup, held);
  }
  return undefined;
}
