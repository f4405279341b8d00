/**
 * Sorts ids by names. Four bytes of a name and the id make a number of 64 bits, and numbers are sorted by the engine itself;
 * ids that have these bytes in common go on with the next ones.
 */
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import type { Budget } from "./limits.ts";

const WORD_BYTES = 4;
const LAST_BYTE = 0xff;
/** So few ids are compared with each other. */
const FEW = 12;
/** Names that have more bytes in common are compared at a price. */
const FREE_BYTES = 256;

/** Index of the two halves of a number. */
const [LOW, HIGH] = HOST_LITTLE_ENDIAN ? [0, 1] : [1, 0];

/** What ids are sorted by. */
export interface SortKeys {
  /** Names, each with a NUL behind it. */
  readonly bytes: Uint8Array;
  /** Where the name of an id starts: the names to begin with, and those for ids that have these in common, and so on. */
  readonly names: readonly Uint32Array[];
  /** For ids that have all names in common: below 0 where `a` comes first. */
  compare(a: number, b: number): number;
}

/** Ids that have some of their names in common, and some bytes of the next one. */
interface Part {
  readonly from: number;
  readonly to: number;
  /** How many names. */
  readonly level: number;
  /** How many bytes. */
  readonly depth: number;
}

/** The ids, sorted. Steps of the budget are spent on names that have much in common. */
export function sortByNames(list: readonly number[], keys: SortKeys, budget: Budget): Uint32Array {
  const ids = new Uint32Array(list);
  const parts: Part[] = [{ from: 0, to: ids.length, level: 0, depth: 0 }];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const names = keys.names[part.level];
    const some = ids.subarray(part.from, part.to);
    budget.spend(list[0] ?? 0, some.length);
    if (some.length <= FEW) sortFew(some, comparator(keys, budget, part));
    else if (names === undefined) some.sort(keys.compare);
    else {
      const words = sortByWord(some, keys.bytes, names, part.depth);
      pushEqual(parts, part, words);
    }
  }
  return ids;
}

/** In place, one after the other. */
function sortFew(ids: Uint32Array, compare: (a: number, b: number) => number): void {
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i] as number;
    let at = i;
    while (at > 0 && compare(ids[at - 1] as number, id) > 0) {
      ids[at] = ids[at - 1] as number;
      at--;
    }
    ids[at] = id;
  }
}

/** Sorts ids by four bytes of their names, which it returns. */
function sortByWord(ids: Uint32Array, bytes: Uint8Array, names: Uint32Array, depth: number): Uint32Array {
  const numbers = new BigUint64Array(ids.length);
  const halves = new Uint32Array(numbers.buffer);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    halves[2 * i + LOW] = id;
    halves[2 * i + HIGH] = wordAt(bytes, (names[id] as number) + depth);
  }
  numbers.sort();
  const words = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    ids[i] = halves[2 * i + LOW] as number;
    words[i] = halves[2 * i + HIGH] as number;
  }
  return words;
}

/** Four bytes of a name, the first one on top; zero from its end on. */
function wordAt(bytes: Uint8Array, start: number): number {
  let word = 0;
  let at = start;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = bytes[at] as number;
    if (byte === 0) break;
    word |= byte << shift;
    at++;
  }
  return word;
}

/** Where ids have a word in common, they are still to be sorted. */
function pushEqual(parts: Part[], { from, level, depth }: Part, words: Uint32Array): void {
  for (let start = 0; start < words.length; ) {
    const word = words[start] as number;
    let end = start + 1;
    while (words[end] === word) end++;
    if (end - start > 1) {
      const ended = (word & LAST_BYTE) === 0;
      const rest = ended ? { level: level + 1, depth: 0 } : { level, depth: depth + WORD_BYTES };
      parts.push({ from: from + start, to: from + end, ...rest });
    }
    start = end;
  }
}

function comparator(
  { bytes, names, compare }: SortKeys,
  budget: Budget,
  { level, depth }: Part,
): (a: number, b: number) => number {
  return (a, b) => {
    for (let i = level; i < names.length; i++) {
      const offsets = names[i] as Uint32Array;
      const skipped = i === level ? depth : 0;
      let [left, right] = [(offsets[a] as number) + skipped, (offsets[b] as number) + skipped];
      const start = left;
      while (bytes[left] === bytes[right] && bytes[left] !== 0) {
        left++;
        right++;
      }
      if (left - start > FREE_BYTES) budget.spend(a, Math.ceil((left - start) / FREE_BYTES));
      const difference = (bytes[left] as number) - (bytes[right] as number);
      if (difference !== 0) return difference;
    }
    return compare(a, b);
  };
}
