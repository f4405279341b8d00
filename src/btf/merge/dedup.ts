/** Deduplicated types (libbpf btf.c:btf__dedup). */
import { type Dedup, resolve, startDedup } from "./canonical.ts";
import { dedupComposites, resolveForwards } from "./composites.ts";
import { dedupPrimitives } from "./primitives.ts";
import { dedupReferences } from "./references.ts";
import { lengthOf, replaceIds, startOf, type Types } from "./types.ts";

/**
 * The words of the types from `firstId` on that remain, numbered anew; what is below belongs to the base and is left out.
 * Changes `types`.
 */
export function dedup(types: Types, firstId: number): Uint32Array {
  const state = startDedup(types, firstId);
  dedupPrimitives(state);
  dedupComposites(state);
  resolveForwards(state);
  dedupReferences(state);
  return compact(state);
}

/** Canonical types move together (libbpf btf.c:btf_dedup_compact_types, btf_dedup_remap_types). */
function compact(state: Dedup): Uint32Array {
  const { types, firstId, map } = state;
  const newIds = new Uint32Array(types.count);
  for (let id = 0; id < firstId; id++) newIds[id] = id;
  let count = firstId;
  for (let id = firstId; id < types.count; id++) if (map[id] === id) newIds[id] = count++;
  const words = new Uint32Array(types.words.length - startOf(types, firstId));
  let end = 0;
  for (let id = firstId; id < types.count; id++) {
    if (map[id] !== id) continue;
    replaceIds(types, id, (held) => newIds[resolve(state, held)] as number);
    const start = startOf(types, id);
    words.set(types.words.subarray(start, start + lengthOf(types, id)), end);
    end += lengthOf(types, id);
  }
  return words.slice(0, end);
}
