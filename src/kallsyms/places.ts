/**
 * Kernel symbols before addresses, and the addresses of symbols, from text in the form of /proc/kallsyms (kernel
 * kallsyms.c:get_symbol_pos). One walk over the file answers for all.
 */
import { addressHalf, forEachLine, type SymbolName, symbolName } from "./lines.ts";

export interface PlaceRequest {
  readonly addresses: readonly bigint[];
  readonly names: readonly string[];
}

export interface PlacedSymbol extends SymbolName {
  readonly address: bigint;
}

export interface KernelPlaces {
  /** The last symbol at or before each address, the first of several; none where an address has none near it. */
  readonly before: ReadonlyMap<bigint, PlacedSymbol>;
  /** Every symbol that has one of the names, in the order of the file. */
  readonly named: ReadonlyMap<string, readonly PlacedSymbol[]>;
  /** The file has addresses: it was there to be read, and hides none. */
  readonly readable: boolean;
}

/** No function is that long, in bytes: what is farther behind a symbol is something else. */
const MAX_DISTANCE = 0x1_0000n;
/** Of one name. Static symbols may share theirs with hundreds. */
const MAX_NAMESAKES = 64;

export function findPlaces({ addresses, names }: PlaceRequest, pieces: Iterable<Uint8Array>): KernelPlaces {
  const nearest = new Nearest(addresses);
  const named = new Map<string, PlacedSymbol[]>(names.map((name) => [name, []]));
  let readable = false;
  forEachLine(pieces, (bytes, start, end) => {
    const high = addressHalf(bytes, start, "high");
    const low = addressHalf(bytes, start, "low");
    if (Number.isNaN(high) || Number.isNaN(low) || (high === 0 && low === 0)) return;
    readable = true;
    nearest.offer(high, low, bytes, start, end);
    if (named.size === 0) return;
    const symbol = symbolName(bytes, start, end);
    const namesakes = named.get(symbol.name);
    if (namesakes && namesakes.length < MAX_NAMESAKES)
      namesakes.push({ ...symbol, address: join(high, low) });
  });
  return { before: nearest.found(), named, readable };
}

/** What was offered last before an address, as halves: bigints for every line would take too long. */
interface Candidate extends SymbolName {
  readonly high: number;
  readonly low: number;
}

class Nearest {
  /** Ascending, each once. */
  readonly #wanted: readonly bigint[];
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  /** The best of those that lie behind the wanted address before. */
  readonly #best: (Candidate | undefined)[];

  constructor(addresses: readonly bigint[]) {
    this.#wanted = [...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1));
    this.#highs = Float64Array.from(this.#wanted, (address) => Number(address >> 32n));
    this.#lows = Float64Array.from(this.#wanted, (address) => Number(address & 0xffff_ffffn));
    this.#best = this.#wanted.map(() => undefined);
  }

  offer(high: number, low: number, bytes: Buffer, start: number, end: number): void {
    const index = this.#firstAtOrBehind(high, low);
    if (index === this.#wanted.length) return;
    const best = this.#best[index];
    if (best && (best.high > high || (best.high === high && best.low >= low))) return;
    this.#best[index] = { high, low, ...symbolName(bytes, start, end) };
  }

  found(): Map<bigint, PlacedSymbol> {
    const found = new Map<bigint, PlacedSymbol>();
    let last: PlacedSymbol | undefined;
    for (const [i, wanted] of this.#wanted.entries()) {
      const best = this.#best[i];
      if (best) last = { name: best.name, module: best.module, address: join(best.high, best.low) };
      if (last && wanted - last.address < MAX_DISTANCE) found.set(wanted, last);
    }
    return found;
  }

  #firstAtOrBehind(high: number, low: number): number {
    let from = 0;
    let to = this.#wanted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const middleHigh = this.#highs[middle] as number;
      const before = middleHigh < high || (middleHigh === high && (this.#lows[middle] as number) < low);
      if (before) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function join(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
