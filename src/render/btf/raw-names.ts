/** Names of types and their parts, copied from the string section into output (bpftool btf.c:btf_str). */
import type { Btf } from "../../btf/btf.ts";
import { NameBudget } from "../../btf/name-budget.ts";
import { cString } from "../../bytes/text.ts";

const WORD = 4;
/** Names are copied at once up to so many bytes. */
export const AT_ONCE = 256;
/** A position behind all others: the name is still to be written. */
export const PENDING = 1 << 30;

const FREE_NAMES = 1 << 20;
const NAMES_A_BYTE = 64;

const ANONYMOUS = "(anon)";
const INVALID = "(invalid)";
const ANONYMOUS_BYTES = new DataView(new TextEncoder().encode(`${ANONYMOUS}\0\0`).buffer);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** In each byte of a word: the lowest bit, the highest. */
const ONES = 0x01010101;
const TOP_BITS = 0x80808080 | 0;

/** The strings of a BTF, whose offsets go on from those of its base. */
export class Names {
  readonly base: Names | undefined;
  /** Offset of the first string. */
  readonly first: number;
  /** Offset behind the last string. */
  readonly end: number;
  readonly strings: Uint8Array;
  readonly view: DataView;
  /** Offset behind what can be copied at once. */
  readonly safe: number;
  /** Copying stops at bytes below the one that is in each byte of this word, */
  readonly lowest: number;
  /** and at bytes that have their top bit in common with this one. */
  readonly highest: number;
  /** What long names may take. */
  readonly #budget: NameBudget;

  /** For JSON, copying stops at all that may need an escape. */
  constructor(btf: Btf, json: boolean) {
    const { strings } = btf.sections;
    const bytes = Buffer.from(strings.buffer, strings.byteOffset, strings.length);
    this.base = btf.base && new Names(btf.base, json);
    this.first = btf.firstString;
    this.end = btf.stringsEnd;
    this.strings = strings;
    this.view = new DataView(strings.buffer, strings.byteOffset, strings.length);
    this.safe = json && (bytes.includes(QUOTE) || bytes.includes(BACKSLASH)) ? 0 : this.end - AT_ONCE;
    this.lowest = (json ? 0x20 : 1) * ONES;
    this.highest = json ? TOP_BITS : 0;
    this.#budget = new NameBudget(
      FREE_NAMES + NAMES_A_BYTE * (strings.length + btf.sections.words.byteLength),
    );
  }

  /** The name at an offset, as byte text. Throws a malformed error where names grow out of proportion to the BTF. */
  text(offset: number): string {
    if (offset === 0) return ANONYMOUS;
    if (offset < this.first) return (this.base as Names).text(offset);
    if (offset >= this.end) return INVALID;
    return this.#budget.take(cString(this.strings, offset - this.first));
  }
}

/**
 * Copies the name at an offset to `at` and returns where it ends, or PENDING if it is long, or near the end
 * of the strings, or holds bytes to escape. Goes by words: subtracting `lowest` borrows into the top bits of all bytes
 * that are below it; only those behind the first of them may have theirs without being so.
 */
export function copyName(to: DataView, at: number, names: Names, offset: number): number {
  let from = names;
  while (offset < from.first && offset !== 0) from = from.base as Names;
  const { safe, lowest, highest } = from;
  const view = offset === 0 ? ANONYMOUS_BYTES : from.view;
  const start = offset === 0 ? 0 : offset - from.first;
  const atOnce = offset < safe ? AT_ONCE : 0;
  for (let i = 0; i < atOnce; i += WORD) {
    const word = view.getInt32(start + i, true);
    to.setInt32(at + i, word, true);
    const stops = (((word - lowest) & ~word) | (word & highest)) & TOP_BITS;
    if (stops !== 0) {
      const bit = 31 - Math.clz32(stops & (0 - stops));
      if (((word >>> (bit - 7)) & 0xff) !== 0) break;
      return at + i + (bit >> 3);
    }
  }
  return PENDING;
}
