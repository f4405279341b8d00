/** What is in the maps of an object before a program has run. */
import type { StoredContents } from "../../../model/stored-contents.ts";

/** Zeros of all maps together. A file of a few bytes can ask for any number of them (.bss). */
const MAX_ZEROS = 1 << 26;
const NO_BYTES = new Uint8Array();
const SLOT_SIZE = 4;

/** Nothing is known: the loader puts nothing in. */
export function noContents(valueSize: number, littleEndian: boolean): StoredContents {
  return { count: 0, keys: NO_BYTES, values: NO_BYTES, valueSize, littleEndian };
}

/** A map of one entry, whose key is 0. Without `value` there is one, but it is not kept. */
export function oneEntry(
  value: Uint8Array | undefined,
  valueSize: number,
  littleEndian: boolean,
): StoredContents {
  if (!value) return { ...noContents(valueSize, littleEndian), cut: true };
  return { count: 1, keys: new Uint8Array(4), values: value, valueSize, littleEndian };
}

/** Indexes and the ids that stand there. */
export function slotContents(slots: ReadonlyMap<number, number>, littleEndian: boolean): StoredContents {
  const indexes = [...slots.keys()].sort((a, b) => a - b);
  const ids = indexes.map((index) => slots.get(index) ?? 0);
  return {
    count: slots.size,
    keys: words(indexes, littleEndian),
    values: words(ids, littleEndian),
    valueSize: SLOT_SIZE,
    littleEndian,
  };
}

function words(numbers: readonly number[], littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(numbers.length * SLOT_SIZE);
  const view = new DataView(bytes.buffer);
  for (const [i, number] of numbers.entries()) view.setUint32(i * SLOT_SIZE, number, littleEndian);
  return bytes;
}

/** Gives zeros of the size that is asked for, while there are some left; then undefined. */
export function zeroBytes(): (size: number) => Uint8Array | undefined {
  let left = MAX_ZEROS;
  return (size) => {
    if (size > left) return undefined;
    left -= size;
    return new Uint8Array(size);
  };
}

/** A copy with numbers of 8 bytes written over it, by offset; those that do not fit are left out. */
export function withWords(
  bytes: Uint8Array,
  numbers: ReadonlyMap<number, number>,
  littleEndian: boolean,
): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (const [offset, number] of numbers)
    if (offset + 8 <= copy.length) view.setBigUint64(offset, BigInt(number), littleEndian);
  return copy;
}
