/** Bytes as hex digits: together or in groups, with `0x` or `\x` before them if need be. */
import { parseHex } from "../bytes/hex.ts";
import { errorAt, lineOf, quote } from "./mistakes.ts";

const FORMS = "sock_filter array, hex digits, or what tcpdump prints with -dd or -ddd";

/** A digit without its other half is left out at the end, with a warning. Else throws a malformed error. */
export function hexTextBytes(text: string): { bytes: Uint8Array; warnings: string[] } {
  const pairs: string[] = [];
  /** Where an odd number of digits stands: fine at the end alone. */
  let odd: number | undefined;
  for (const { 0: group, index } of text.matchAll(/[^\s,;"']+/g)) {
    if (odd !== undefined) throw errorAt(text, odd, "an odd number of hex digits");
    const digits = group.replace(/^0x|\\x/gi, "");
    if (!/^[0-9a-fA-F]+$/.test(digits))
      throw errorAt(text, index, `expected a ${FORMS}, found ${quote(group)}`);
    if (digits.length % 2 !== 0) odd = index;
    pairs.push(digits.slice(0, digits.length & ~1));
  }
  const bytes = parseHex(pairs.join("")) ?? new Uint8Array();
  if (odd === undefined) return { bytes, warnings: [] };
  const where = `line ${lineOf(text, odd)}`;
  return { bytes, warnings: [`${where}: the last hex digit has no other half, and is left out`] };
}
