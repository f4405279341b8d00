/** What deduplication knows so far: for each type the one that stands for it (libbpf btf.c:struct btf_dedup). */
import { BTF_KIND } from "../kinds.ts";
import { hashByKind } from "./alike.ts";
import { Candidates } from "./candidates.ts";
import { Steps } from "./steps.ts";
import { kindOfId, type Types } from "./types.ts";

/** Nothing is known of the type yet. */
const UNKNOWN = -1;
/** The types that it refers to are being looked at. */
export const AT_WORK = -2;

const STEPS = 1 << 24;
/** A kernel's types, compared with themselves, take 40. */
const STEPS_PER_WORD = 128;

export interface Dedup {
  readonly types: Types;
  /** Types below belong to the base and stay as they are. */
  readonly firstId: number;
  /** By id, the type that stands for a type or leads to it: a canonical type leads to itself. */
  readonly map: Int32Array;
  /** Canonical types by hash. */
  readonly candidates: Candidates;
  readonly steps: Steps;
}

/**
 * All types of the base are canonical; so are variables and sections, which are never deduplicated (libbpf
 * btf.c:btf_dedup_new, btf_dedup_prep).
 */
export function startDedup(types: Types, firstId: number): Dedup {
  const map = new Int32Array(types.count).fill(UNKNOWN);
  const steps = new Steps(STEPS + STEPS_PER_WORD * types.words.length);
  const candidates = new Candidates(types.count, steps);
  map[0] = 0;
  for (let id = 1; id < firstId; id++) {
    map[id] = id;
    const hash = hashByKind(types, id);
    if (hash !== undefined) candidates.add(hash, id);
  }
  for (let id = firstId; id < types.count; id++) {
    const kind = kindOfId(types, id);
    if (kind === BTF_KIND.VAR || kind === BTF_KIND.DATASEC) map[id] = id;
  }
  return { types, firstId, map, candidates, steps };
}

export function isMapped({ map }: Dedup, id: number): boolean {
  return (map[id] as number) >= 0;
}

/** The end of the way from a type to the one that stands for it (libbpf btf.c:resolve_type_id). */
export function resolve({ map }: Dedup, id: number): number {
  let at = id;
  for (let next = map[at] as number; next >= 0 && next !== at; next = map[at] as number) at = next;
  return at;
}

/** The type stands for itself unless another one does; then others may find it. */
export function settle({ map, candidates }: Dedup, id: number, canonical: number, hash: number): void {
  map[id] = canonical;
  if (id === canonical) candidates.add(hash, id);
}

/** A FWD that leads to a definition, as that definition (libbpf btf.c:resolve_fwd_id). */
export function resolveForward(dedup: Dedup, id: number): number {
  if (kindOfId(dedup.types, id) !== BTF_KIND.FWD) return id;
  const resolved = resolve(dedup, id);
  return kindOfId(dedup.types, resolved) === BTF_KIND.FWD ? id : resolved;
}
