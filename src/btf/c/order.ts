/** The order of a sorted dump (bpftool btf.c:sort_btf_c): rank, name of what a type refers to in the end, own name, hash, id. */
import { BTF_KIND } from "../kinds.ts";
import { TypeHashes } from "./hash.ts";
import type { Budget } from "./limits.ts";
import { finalTarget, RANK, ranksOf } from "./ranks.ts";
import type { RawTypes } from "./raw-types.ts";
import { sortByNames } from "./sort-names.ts";

const { ENUM, ENUM64 } = BTF_KIND;

/** Ids in two parts: the others are asked for when the definitions of the ranked ones are in order. */
export interface SortedIds {
  readonly ranked: readonly Uint32Array[];
  /** Those of the last rank, which has two thirds of a kernel's types, that are `wanted`. */
  others(wanted: (id: number) => boolean): Uint32Array;
}

/** Without types that define nothing, like functions. */
export function sortedIds(types: RawTypes, budget: Budget): SortedIds {
  const ranks = ranksOf(types);
  const sort = sorter(types, budget);
  return { ranked: rankedIds(ranks).map(sort), others: (wanted) => sort(otherIds(ranks, wanted)) };
}

/** Ids of all ranks but the last. */
function rankedIds(ranks: Uint8Array): number[][] {
  const ids = Array.from({ length: RANK.OTHER }, (): number[] => []);
  for (let id = 1; id < ranks.length; id++) {
    const rank = ranks[id] as number;
    if (rank < RANK.OTHER) (ids[rank] as number[]).push(id);
  }
  return ids;
}

function otherIds(ranks: Uint8Array, wanted: (id: number) => boolean): number[] {
  const ids: number[] = [];
  for (let id = 1; id < ranks.length; id++) if (ranks[id] === RANK.OTHER && wanted(id)) ids.push(id);
  return ids;
}

/** Sorts ids of one rank. */
function sorter(types: RawTypes, budget: Budget): (ids: readonly number[]) => Uint32Array {
  const targetNames = new Uint32Array(types.count);
  const ownNames = new Uint32Array(types.count);
  const hashes = new TypeHashes(types);
  const keys = {
    bytes: types.bytes,
    names: [targetNames, ownNames],
    compare: (a: number, b: number) => hashes.compare(a, b) || a - b,
  };
  return (ids) => {
    for (const id of ids) {
      targetNames[id] = sortName(types, id);
      ownNames[id] = types.nameOffset(id);
    }
    return sortByNames(ids, keys, budget);
  };
}

/** Where the name starts that a type is sorted by (bpftool btf.c:btf_type_sort_name). */
function sortName(types: RawTypes, id: number): number {
  const kind = types.kind(id);
  if (types.hasName(id) || (kind !== ENUM && kind !== ENUM64))
    return types.nameOffset(finalTarget(types, id));
  return types.vlen(id) > 0 ? types.offsetAt(types.tail(id)) : 0;
}
