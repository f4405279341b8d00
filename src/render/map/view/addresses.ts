/** Network addresses as text. `at` is the offset of their first byte; all are in network byte order. */
import { hexByte } from "../../../bytes/hex.ts";

/** `10.0.0.1` */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

/** `02:00:00:00:00:01` */
export function macText(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 6), hexByte).join(":");
}

const GROUPS = 8;

/** As RFC 5952 writes them: the first of the longest runs of zero groups is `::`; `::ffff:10.0.0.1` (section 5). */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: GROUPS }, (_, i) => group(bytes, at + 2 * i));
  if (groups.slice(0, 5).every((value) => value === 0) && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(bytes, at + 12)}`;
  const { from, length } = longestZeros(groups);
  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, from))}::${hexGroups(groups.slice(from + length))}`;
}

function group(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((value) => value.toString(16)).join(":");
}

function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let longest = { from: 0, length: 0 };
  for (let from = 0; from < GROUPS; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > longest.length) longest = { from, length };
  }
  return longest;
}
