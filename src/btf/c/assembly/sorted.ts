/** All ids in the order of a sorted dump: by rank, then by name. */
import { defineFrom } from "./define";
import { leadFrom, startPending } from "./pending";
import { NONE, OTHERS, rankOf } from "./ranks";
import { sort, startSort } from "./sort";
import { startHashes } from "./hashes";
import { count } from "./types";

/** Ids of one rank, and room to sort them. */
let ids: usize = 0;
let spare: usize = 0;
/** By type id. */
let ranks: usize = 0;

/** Defines all types. Those of the last rank, two thirds of a kernel's, are sorted only if they still lead to a definition. */
export function defineSorted(): void {
  ids = heap.alloc((<usize>count) << 2);
  spare = heap.alloc((<usize>count) << 2);
  ranks = heap.alloc(count);
  startSort();
  startHashes();
  for (let id: u32 = 1; id < count; id++) store<u8>(ranks + id, <u8>rankOf(id));
  for (let rank: u32 = 0; rank < NONE; rank++) {
    if (rank === OTHERS) startPending();
    defineRank(rank);
  }
}

function defineRank(rank: u32): void {
  let length: u32 = 0;
  for (let id: u32 = 1; id < count; id++) {
    if (load<u8>(ranks + id) !== rank || (rank === OTHERS && !leadFrom(id))) continue;
    store<u32>(ids + ((<usize>length) << 2), id);
    length++;
  }
  const sorted = sort(ids, spare, length);
  for (let i: u32 = 0; i < length; i++) defineFrom(load<u32>(sorted + ((<usize>i) << 2)));
}
