/** What a sorted dump looks at before names: which kind of thing a type is in the end (bpftool btf.c:btf_type_rank). */
import { BTF_KIND } from "../kinds.ts";
import { MAX_DEPTH, tooDeep } from "./limits.ts";
import type { RawTypes } from "./raw-types.ts";

const { INT, STRUCT, UNION, ENUM, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, ENUM64 } = BTF_KIND;

/** Constants first, then what others are made of; NONE is what defines nothing. */
export const RANK = {
  ANONYMOUS_ENUM: 0,
  ENUM: 1,
  SCALAR: 2,
  COMPOSITE: 3,
  PROTOTYPE: 4,
  OTHER: 5,
  NONE: 6,
} as const;

/** Of a type with a name, by the kind of what it refers to in the end. */
const NAMED = new Uint8Array(128).fill(RANK.OTHER);
for (const kind of [ENUM, ENUM64]) NAMED[kind] = RANK.ENUM;
for (const kind of [INT, FLOAT]) NAMED[kind] = RANK.SCALAR;
for (const kind of [STRUCT, UNION]) NAMED[kind] = RANK.COMPOSITE;
NAMED[FUNC_PROTO] = RANK.PROTOTYPE;

/** Of a type without a name, by its kind: a reference comes late, whatever it refers to. */
const NAMELESS = new Uint8Array(128).fill(RANK.OTHER);
for (const kind of [ENUM, ENUM64]) NAMELESS[kind] = RANK.ANONYMOUS_ENUM;
for (const kind of [INT, FLOAT]) NAMELESS[kind] = RANK.SCALAR;

/** Kinds that define nothing. */
const DEFINES_NOTHING = new Uint8Array(128);
for (const kind of [FUNC, VAR, DATASEC, DECL_TAG]) DEFINES_NOTHING[kind] = 1;

/** Ranks by id. */
export function ranksOf(types: RawTypes): Uint8Array {
  const { count, kinds, starts, words, bytes } = types;
  const ranks = new Uint8Array(count).fill(RANK.NONE);
  for (let id = 1; id < count; id++) {
    const kind = kinds[id] as number;
    if (DEFINES_NOTHING[kind] === 1) continue;
    const name = words[starts[id] as number] as number;
    const named = name < bytes.length && bytes[name] !== 0;
    ranks[id] = (named ? NAMED[types.kind(finalTarget(types, id))] : NAMELESS[kind]) as number;
  }
  return ranks;
}

/** Where the references of a type end: at itself, where it is none. */
export function finalTarget(types: RawTypes, id: number): number {
  let end = id;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const next = types.reference(end);
    if (next === undefined) return end;
    end = next;
  }
  throw tooDeep(id);
}
