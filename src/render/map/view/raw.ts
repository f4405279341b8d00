/** Keys and values of which the map's type tells what they are, or only their size. */
import { readNumber } from "../../../btf/value-read.ts";
import type { NumberSize } from "../../../btf/value-plan.ts";
import { ipv4Text, ipv6Text } from "./addresses.ts";
import { type ReadInteger, textLeaf, type ViewLeaf } from "./node.ts";

/** Reads a number of `size` bytes. */
export function unsigned(size: NumberSize, littleEndian: boolean): ReadInteger {
  const layout = { size, signed: false };
  return (bytes, at, end) => (at + size > end ? undefined : readNumber(bytes, at, layout, littleEndian));
}

export function isNumberSize(size: number): size is NumberSize {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

/** Bytes of the number of bits in front of the key of a trie (struct bpf_lpm_trie_key). */
const PREFIX_SIZE = 4;

/** `10.0.0.0/8`, for keys of tries whose data has the size of an address; undefined for others. */
export function prefixLeaf(keySize: number, littleEndian: boolean): ViewLeaf | undefined {
  const address = { 4: ipv4Text, 16: ipv6Text }[keySize - PREFIX_SIZE];
  if (!address) return undefined;
  const bits = unsigned(PREFIX_SIZE, littleEndian);
  return textLeaf(
    keySize,
    (bytes, at) => `${address(bytes, at + PREFIX_SIZE)}/${bits(bytes, at, at + PREFIX_SIZE)}`,
  );
}
