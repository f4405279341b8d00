/**
 * Kernel symbol names by exact address, from text in the form of /proc/kallsyms
 * (`ffffffff814ca650 T __bpf_call_base`, then `\t[module]`; bpftool xlated_dumper.c:kernel_syms_load).
 *
 * The file holds 100,000 lines and more. It is read once, in pieces, and only until all names are found.
 */
import type { KernelSymbols, SymbolRequest } from "./symbols.ts";

/** Gives the file piece by piece, each good until the next call; undefined at its end. */
export type ReadPiece = () => Uint8Array | undefined;

const CALL_BASE = " __bpf_call_base\n";
const NEWLINE = 10;
/** Address digits, blank, type letter, blank. */
const NAME_COLUMN = 19;

export function resolveSymbols(request: SymbolRequest, readPiece: ReadPiece): KernelSymbols {
  const text = new GrowingText(readPiece);
  const callBase = request.offsets.length > 0 ? findCallBase(text) : 0n;
  const wanted = new Set(request.addresses);
  for (const offset of request.offsets) wanted.add(BigInt.asUintN(64, callBase + BigInt(offset)));
  wanted.delete(0n); // a hidden address, not a place
  const hidden = callBase === 0n && request.offsets.length > 0;
  return { callBase, names: hidden ? new Map() : findNames(text, wanted) };
}

/** The address of `__bpf_call_base`; 0 where the file has none, or only the zero that hides addresses. */
function findCallBase(text: GrowingText): bigint {
  const at = text.indexOf(CALL_BASE);
  return at < 0 ? 0n : text.address(text.lineStart(at));
}

function findNames(text: GrowingText, wanted: ReadonlySet<bigint>): Map<bigint, string> {
  const names = new Map<bigint, string>();
  // Most lines are told apart by the low half of their address, without making a bigint.
  const lows = new Set([...wanted].map((address) => Number(address & 0xffffffffn)));
  let missing = wanted.size;
  let clash = false;
  for (let line = 0; missing > 0 || clash; ) {
    const end = text.lineEnd(line);
    if (end < 0) break;
    if (lows.has(text.low(line))) {
      const address = text.address(line);
      if (wanted.has(address)) {
        if (names.has(address)) return findAliased(text, wanted);
        names.set(address, text.name(line, end));
        missing--;
        clash = true; // look one line further: an alias follows at once
      }
    } else {
      clash = false;
    }
    line = end + 1;
  }
  return names;
}

/**
 * The same where several symbols share a wanted address: bpftool sorts all symbols and takes the one that
 * glibc's bsearch meets first, which depends on how many there are.
 */
function findAliased(text: GrowingText, wanted: ReadonlySet<bigint>): Map<bigint, string> {
  const entries: { address: bigint; line: number; end: number }[] = [];
  for (let line = 0, end = text.lineEnd(0); end >= 0; line = end + 1, end = text.lineEnd(line)) {
    const address = text.address(line);
    if (address !== 0n) entries.push({ address, line, end });
  }
  entries.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const names = new Map<bigint, string>();
  for (const address of wanted) {
    for (let low = 0, high = entries.length; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      const entry = entries[middle] as (typeof entries)[number];
      if (entry.address === address) {
        names.set(address, text.name(entry.line, entry.end));
        break;
      }
      if (address < entry.address) high = middle;
      else low = middle + 1;
    }
  }
  return names;
}

/** The pieces read so far as one text that grows when it is searched past its end. */
class GrowingText {
  readonly #readPiece: ReadPiece;
  #bytes = Buffer.alloc(1 << 20);
  #length = 0;
  #complete = false;

  constructor(readPiece: ReadPiece) {
    this.#readPiece = readPiece;
  }

  /** Where `needle` stands first; -1 where it does not. */
  indexOf(needle: string): number {
    for (let from = 0; ; ) {
      const at = this.#bytes.subarray(0, this.#length).indexOf(needle, from, "latin1");
      if (at >= 0) return at;
      from = Math.max(0, this.#length - needle.length);
      if (!this.#grow()) return -1;
    }
  }

  lineStart(offset: number): number {
    return this.#bytes.lastIndexOf(NEWLINE, offset) + 1;
  }

  /** Offset of the newline that ends the line; -1 where no whole line starts there. */
  lineEnd(line: number): number {
    for (;;) {
      const end = this.#bytes.indexOf(NEWLINE, line);
      if (end >= 0 && end < this.#length) return end;
      if (!this.#grow()) return -1;
    }
  }

  /** The low 32 bits of the address on the line; NaN where there are no 16 digits. */
  low(line: number): number {
    let value = 0;
    for (let i = line + 8; i < line + 16; i++) {
      const char = this.#bytes[i] as number;
      const digit = char >= 0x61 ? char - 0x57 : char - 0x30;
      if (!(digit >= 0 && digit < 16)) return Number.NaN;
      value = value * 16 + digit;
    }
    return value;
  }

  /** The address on the line; 0 where there is none. */
  address(line: number): bigint {
    const digits = this.#bytes.toString("latin1", line, line + 16);
    return /^[0-9a-f]{16}$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
  }

  /** The symbol name, without its module. */
  name(line: number, end: number): string {
    const name = this.#bytes.toString("latin1", line + NAME_COLUMN, end);
    const tab = name.indexOf("\t");
    return tab < 0 ? name : name.slice(0, tab);
  }

  #grow(): boolean {
    if (this.#complete) return false;
    const piece = this.#readPiece();
    if (piece === undefined || piece.length === 0) {
      this.#complete = true;
      return false;
    }
    if (this.#length + piece.length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + piece.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
    return true;
  }
}
