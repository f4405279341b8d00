/** Changes to any bytes, and to BTF as such. */
import { type Blob, blobBytes, type HEADER, isLittleEndian } from "./blob.ts";
import type { Random } from "./random.ts";

/** Words that something may trip over. */
const WORDS = [
  0, 1, 2, 3, 7, 8, 0xff, 0x100, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff,
];

const MAX_ROUNDS = 4;

/** Changes the bytes, or gives others. */
type ByteMutator = (bytes: Uint8Array, random: Random) => Uint8Array;

const BYTE_MUTATORS: readonly ByteMutator[] = [
  function bit(bytes, random) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    return bytes;
  },
  function byte(bytes, random) {
    bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  function word(bytes, random) {
    setWord(bytes, random, random.pick(WORDS));
    return bytes;
  },
  function anyWord(bytes, random) {
    setWord(bytes, random, random.below(2 ** 32));
    return bytes;
  },
  function copy(bytes, random) {
    const from = random.below(bytes.length);
    bytes.copyWithin(random.below(bytes.length), from, from + 1 + random.below(32));
    return bytes;
  },
];

const CUTTERS: readonly ByteMutator[] = [
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16))]);
  },
];

function setWord(bytes: Uint8Array, random: Random, value: number): void {
  if (bytes.length < 4) return;
  const at = 4 * random.below(bytes.length >> 2);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, random.below(4) > 0);
}

/** A copy with some bytes that are other ones; `keepLength`: as many. */
export function mutateBytes(bytes: Uint8Array, random: Random, { keepLength = false } = {}): Uint8Array {
  if (bytes.length === 0) return bytes;
  const mutators = keepLength || random.below(8) > 0 ? BYTE_MUTATORS : [...BYTE_MUTATORS, ...CUTTERS];
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let rounds = random.below(MAX_ROUNDS); rounds >= 0 && changed.length > 0; rounds--)
    changed = random.pick(mutators)(changed, random);
  return changed;
}

type Types = number[][];

/** Changes the list of types. Its items may be changed, too. */
type TypeMutator = (types: Types, random: Random, blob: Blob) => void;

const TYPE_MUTATORS: readonly TypeMutator[] = [
  function duplicate(types, random) {
    const type = random.pick(types);
    types.splice(random.below(types.length + 1), 0, [...type]);
  },
  function swap(types, random) {
    const [a, b] = [random.below(types.length), random.below(types.length)];
    [types[a], types[b]] = [types[b] as number[], types[a] as number[]];
  },
  function remove(types, random) {
    types.splice(random.below(types.length), 1);
  },
  replaceWord,
  replaceWord,
  replaceWord,
  replaceWord,
  function changeItemCount(types, random) {
    const type = random.pick(types);
    const info = type[1] as number;
    const vlen = random.pick([0, 1, 2, (info & 0xffff) + 1, 0xffff, 0xff_ffff]);
    type[1] = (info & 0xff00_0000) + vlen;
  },
  function changeKind(types, random) {
    const type = random.pick(types);
    type[1] = ((type[1] as number) & 0x80ff_ffff) + random.below(22) * 2 ** 24;
  },
  function flipFlag(types, random) {
    const type = random.pick(types);
    type[1] = (type[1] as number) ^ 0x8000_0000;
  },
  function repeatItems(types, random) {
    const type = random.pick(types);
    const words = random.pick([2, 3]);
    type.push(...type.slice(-words));
    type[1] = (type[1] as number) + 1;
  },
];

/** A word that may be a reference, a size, an offset, a count: any but what tells the kind. */
function replaceWord(types: Types, random: Random, { strings }: Blob): void {
  const at = random.below(types.length);
  const type = types[at] as number[];
  const word = random.pick(type.map((_, i) => i).filter((i) => i !== 1));
  const ids = [at + 1, types.length, types.length + 1, 1 + random.below(types.length)];
  const offsets = [strings.length, strings.length - 1, random.below(strings.length + 1)];
  type[word] = random.pick([...WORDS, ...ids, ...ids, ...ids, ...offsets]);
}

/** The same BTF with some of its types changed. */
export function mutateTypes(blob: Blob, random: Random): Uint8Array {
  const types = blob.types.map((type) => [...type]);
  for (let rounds = random.below(MAX_ROUNDS); rounds >= 0 && types.length > 0; rounds--)
    random.pick(TYPE_MUTATORS)(types, random, blob);
  return blobBytes({ ...blob, types: types.map((type) => type.map((word) => word >>> 0)) });
}

/** BTF whose header gives `length` bytes to a section. */
export function withSectionSize(
  bytes: Uint8Array,
  field: typeof HEADER.typesSize | typeof HEADER.stringsSize,
  length: number,
): Uint8Array {
  const changed = Uint8Array.from(bytes);
  new DataView(changed.buffer).setUint32(field, length, isLittleEndian(bytes));
  return changed;
}
