/**
 * Functions of the kernel by the addresses at which they are traced, from text in the form of /proc/kallsyms
 * (`ffffffffc0300010 t nf_hook`, then `\t[module]`; bpftool link.c:symbol_matches_target).
 *
 * The file holds 100,000 lines and more: it is read once for all addresses, in pieces, and nothing is kept of a line that
 * no address asks for.
 */

/** The names of one address. */
export interface KernelFunction {
  readonly name: string;
  /** Further names of the same address, in the order of the file. */
  readonly aliases: readonly string[];
  /** undefined for functions of the kernel itself. */
  readonly module: string | undefined;
}

/**
 * How far behind its symbol a function may be traced, the nearest first: a landing pad or the beginning of a prologue
 * stands in between (x86 with IBT 4; arm64 4, with BTI 8; ppc64 up to 16).
 */
const DISTANCES = [0n, 4n, 8n, 12n, 16n];

const NEWLINE = 10;
/** Bytes; the kernel's longest name has 511. */
const MAX_LINE = 4096;
const ADDRESS_DIGITS = 16;
/** Address digits, blank, type letter, blank. */
const NAME_COLUMN = 19;

/** Addresses that no symbol stands for are not in the result, nor is 0, which hides an address. */
export function resolveFunctions(
  addresses: Iterable<bigint>,
  pieces: Iterable<Uint8Array>,
): Map<bigint, KernelFunction> {
  const wanted = new Set(addresses);
  wanted.delete(0n);
  const places = new Set([...wanted].flatMap((address) => DISTANCES.map((distance) => address - distance)));
  const found = findSymbols(places, pieces);
  const functions = new Map<bigint, KernelFunction>();
  for (const address of wanted) {
    const distance = DISTANCES.find((candidate) => found.has(address - candidate));
    const [first, ...others] = distance === undefined ? [] : (found.get(address - distance) ?? []);
    if (first) functions.set(address, { ...first, aliases: others.map(({ name }) => name) });
  }
  return functions;
}

interface Symbol {
  readonly name: string;
  readonly module: string | undefined;
}

function findSymbols(places: ReadonlySet<bigint>, pieces: Iterable<Uint8Array>): Map<bigint, Symbol[]> {
  const found = new Map<bigint, Symbol[]>();
  if (places.size === 0) return found;
  // Most lines are told apart by the low half of their address, without making a bigint.
  const lows = new Set([...places].map((place) => Number(place & 0xffff_ffffn)));
  forEachLine(pieces, (bytes, start, end) => {
    if (!lows.has(lowHalf(bytes, start))) return;
    const digits = bytes.toString("latin1", start, start + ADDRESS_DIGITS);
    if (!/^[0-9a-f]{16}$/.test(digits)) return;
    const address = BigInt(`0x${digits}`);
    if (!places.has(address)) return;
    const symbol = symbolOf(bytes.toString("latin1", start + NAME_COLUMN, end));
    const others = found.get(address);
    if (others) others.push(symbol);
    else found.set(address, [symbol]);
  });
  return found;
}

/** `nf_hook\t[nf_tables]` */
function symbolOf(text: string): Symbol {
  const [name = "", module] = text.split("\t");
  return { name, module: module?.replace(/^\[(.*)\]$/, "$1") };
}

/** The low 32 bits of the address on the line; NaN where there are no digits. */
function lowHalf(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start + ADDRESS_DIGITS / 2; at < start + ADDRESS_DIGITS; at++) {
    const char = bytes[at] as number;
    const digit = char >= 0x61 ? char - 0x57 : char - 0x30;
    if (!(digit >= 0 && digit < 16)) return Number.NaN;
    value = value * 16 + digit;
  }
  return value;
}

/** Whole lines of the text; `end` is where the newline stands. A line goes on from piece to piece. */
function forEachLine(
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
