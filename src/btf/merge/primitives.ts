/** Types that refer to no others: they are the same if their words are (libbpf btf.c:btf_dedup_prim_type). */
import { BTF_KIND } from "../kinds.ts";
import { compatibleEnums, hashEnum, hashWords, isEnumForward, sameWords } from "./alike.ts";
import { type Dedup, settle } from "./canonical.ts";
import { kindOfId, lengthOf } from "./types.ts";

export function dedupPrimitives(dedup: Dedup): void {
  const { types, firstId } = dedup;
  for (let id = firstId; id < types.count; id++) {
    switch (kindOfId(types, id)) {
      case BTF_KIND.INT:
      case BTF_KIND.FWD:
      case BTF_KIND.FLOAT: {
        const hash = hashWords(types, id);
        settle(dedup, id, sameCandidate(dedup, id, hash), hash);
        break;
      }
      case BTF_KIND.ENUM:
      case BTF_KIND.ENUM64:
        settle(dedup, id, enumCandidate(dedup, id), hashEnum(types, id));
    }
  }
}

/** The first candidate with the same words; the type itself where there is none. */
export function sameCandidate({ types, candidates, steps }: Dedup, id: number, hash: number): number {
  for (let candidate = candidates.first(hash); candidate !== 0; candidate = candidates.after(candidate)) {
    steps.spend(id, lengthOf(types, id));
    if (sameWords(types, id, candidate)) return candidate;
  }
  return id;
}

/** Enums that are only declared give way to definitions, whichever comes first. */
function enumCandidate({ types, candidates, map }: Dedup, id: number): number {
  const forward = isEnumForward(types, id);
  let candidate = candidates.first(hashEnum(types, id));
  for (; candidate !== 0; candidate = candidates.after(candidate)) {
    if (sameWords(types, id, candidate)) return candidate;
    if (!compatibleEnums(types, id, candidate)) continue;
    if (forward) return candidate;
    map[candidate] = id;
  }
  return id;
}
