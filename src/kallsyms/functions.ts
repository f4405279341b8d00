/**
 * Functions of the kernel by the addresses at which they are traced, from text in the form of /proc/kallsyms
 * (`ffffffffc0300010 t nf_hook`, then `\t[module]`; bpftool link.c:symbol_matches_target).
 *
 * The file holds 100,000 lines and more: it is read once for all addresses, in pieces, and nothing is kept of a line that
 * no address asks for.
 */
import { addressHalf, forEachLine, type SymbolName, symbolName } from "./lines.ts";

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

const ADDRESS_DIGITS = 16;

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

function findSymbols(places: ReadonlySet<bigint>, pieces: Iterable<Uint8Array>): Map<bigint, SymbolName[]> {
  const found = new Map<bigint, SymbolName[]>();
  if (places.size === 0) return found;
  // Most lines are told apart by the low half of their address, without making a bigint.
  const lows = new Set([...places].map((place) => Number(place & 0xffff_ffffn)));
  forEachLine(pieces, (bytes, start, end) => {
    if (!lows.has(addressHalf(bytes, start, "low"))) return;
    const digits = bytes.toString("latin1", start, start + ADDRESS_DIGITS);
    if (!/^[0-9a-f]{16}$/.test(digits)) return;
    const address = BigInt(`0x${digits}`);
    if (!places.has(address)) return;
    const symbol = symbolName(bytes, start, end);
    const others = found.get(address);
    if (others) others.push(symbol);
    else found.set(address, [symbol]);
  });
  return found;
}
