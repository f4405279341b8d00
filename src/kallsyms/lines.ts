/** Lines of /proc/kallsyms, read piece by piece: the file has 100,000 and more, and most are of no interest. */

const NEWLINE = 10;
/** Bytes; the kernel's longest name has 511. */
const MAX_LINE = 4096;
const HALF_DIGITS = 8;
/** Address digits, blank, type letter, blank. */
const NAME_COLUMN = 19;

/** A symbol's name, and the module that it is in: undefined for the kernel itself. */
export interface SymbolName {
  readonly name: string;
  readonly module: string | undefined;
}

/** Whole lines of the text; `end` is where the newline stands. A line goes on from piece to piece. */
export function forEachLine(
  pieces: Iterable<Uint8Array>,
  use: (bytes: Buffer, start: number, end: number) => void,
): void {
  let rest = Buffer.alloc(0);
  for (const piece of pieces) {
    const view = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const bytes = rest.length === 0 ? view : Buffer.concat([rest, view]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      use(bytes, start, end);
      start = end + 1;
    }
    // A copy: the next piece is written over this one.
    rest = bytes.length - start > MAX_LINE ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
  }
}

/** One half of the address on the line that starts at `start`; NaN where there are no digits. */
export function addressHalf(bytes: Uint8Array, start: number, half: "high" | "low"): number {
  const from = half === "high" ? start : start + HALF_DIGITS;
  let value = 0;
  for (let at = from; at < from + HALF_DIGITS; at++) {
    const char = bytes[at] as number;
    const digit = char >= 0x61 ? char - 0x57 : char - 0x30;
    if (!(digit >= 0 && digit < 16)) return Number.NaN;
    value = value * 16 + digit;
  }
  return value;
}

/** `nf_hook`, or `nf_hook\t[nf_tables]` */
export function symbolName(bytes: Buffer, start: number, end: number): SymbolName {
  const [name = "", module] = bytes.toString("latin1", start + NAME_COLUMN, end).split("\t");
  return { name, module: module?.replace(/^\[(.*)\]$/, "$1") };
}
