/** The order of a sorted dump (bpftool btf.c:sort_btf_c): name of what a type refers to in the end, own name, hash, id. */
import { hashOf } from "./hashes";
import * as KIND from "./kinds";
import { spend } from "./limits";
import { finalTarget } from "./ranks";
import { byteAt, count, hasName, kindOf, nameOffset, offsetAt, tailOf, vlenOf } from "./types";

/** Bytes of a name that make its key. */
const KEY_BYTES: u32 = 8;
/** Comparing more bytes of names than these has a price. */
const FREE_BYTES: u32 = 256;

/** By type id: where the name starts that the type is sorted by, and the first bytes of that as a number. */
let names: usize = 0;
let keys: usize = 0;

export function startSort(): void {
  names = heap.alloc((<usize>count) << 2);
  keys = heap.alloc((<usize>count) << 3);
}

/** Sorts ids of one rank, merging longer and longer runs: where they are then. `spare` has as much room as `ids`. */
export function sort(ids: usize, spare: usize, length: u32): usize {
  for (let i: u32 = 0; i < length; i++) setKeys(load<u32>(ids + ((<usize>i) << 2)));
  let from = ids;
  let to = spare;
  for (let run: u32 = 1; run < length; run *= 2) {
    for (let start: u32 = 0; start < length; start += 2 * run)
      merge(from, to, start, min(start + run, length), min(start + 2 * run, length));
    const merged = to;
    to = from;
    from = merged;
  }
  return from;
}

/** Two sorted runs, the second from `middle` on. */
function merge(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const first = load<u32>(from + ((<usize>left) << 2));
    const second = load<u32>(from + ((<usize>right) << 2));
    const isFirst = left < middle && (right >= end || !comesBefore(second, first));
    store<u32>(to + ((<usize>at) << 2), isFirst ? first : second);
    if (isFirst) left++;
    else right++;
  }
}

function comesBefore(a: u32, b: u32): bool {
  const key = load<u64>(keys + ((<usize>a) << 3));
  const other = load<u64>(keys + ((<usize>b) << 3));
  if (key !== other) return key < other;
  let difference = 0;
  if ((key & 0xff) !== 0) difference = compareNames(sortName(a) + KEY_BYTES, sortName(b) + KEY_BYTES, a);
  if (difference === 0) difference = compareNames(nameOffset(a), nameOffset(b), a);
  if (difference !== 0) return difference < 0;
  const hash = hashOf(a);
  const otherHash = hashOf(b);
  return hash === otherHash ? a < b : hash < otherHash;
}

/** Below 0 where the name at offset `a` comes first. `id` is the type at work. */
function compareNames(a: u32, b: u32, id: u32): i32 {
  if (a === b) return 0;
  let length: u32 = 0;
  while (byteAt(a + length) === byteAt(b + length) && byteAt(a + length) !== 0) length++;
  if (length > FREE_BYTES) spend(id, length / FREE_BYTES);
  return <i32>byteAt(a + length) - <i32>byteAt(b + length);
}

function sortName(id: u32): u32 {
  return load<u32>(names + ((<usize>id) << 2));
}

function setKeys(id: u32): void {
  const name = newSortName(id);
  store<u32>(names + ((<usize>id) << 2), name);
  let key: u64 = 0;
  let at = name;
  for (let shift: u64 = 64; shift > 0 && byteAt(at) !== 0; at++) {
    shift -= 8;
    key |= (<u64>byteAt(at)) << shift;
  }
  store<u64>(keys + ((<usize>id) << 3), key);
}

/** Where the name starts that a type is sorted by (bpftool btf.c:btf_type_sort_name). */
function newSortName(id: u32): u32 {
  const kind = kindOf(id);
  if (hasName(id) || (kind !== KIND.ENUM && kind !== KIND.ENUM64)) return nameOffset(finalTarget(id));
  return vlenOf(id) > 0 ? offsetAt(tailOf(id)) : 0;
}
