/**
 * Writes types in the raw form of BTF by their chains of steps (bpftool btf.c:dump_btf_type).
 *
 * One small loop does what is common to all kinds, and what is rare in it (a full buffer, a negative number, a long name)
 * is behind one call: there is little to compile before a dump is fast.
 */
import type { Btf } from "../../btf/btf.ts";
import { BTF_KIND, BTF_KINDS } from "../../btf/kinds.ts";
import { kindOf, vlenOf } from "../../btf/sections.ts";
import type { ByteSink } from "../../bytes/sink.ts";
import { jsonQuote } from "../../json/quote.ts";
import { KIND_FLAG, kindWord, type Layout } from "./raw-layout.ts";
import { copyName, type Names, PENDING } from "./raw-names.ts";
import { HALF_TEXT, NAME, NOTHING, NUMBER, SIGNED, SIGNED_WIDE, type Step, TARGET } from "./raw-steps.ts";

/** Bytes that two steps can need: texts, names, digits, and what copies go too far. */
const ROOM = 1024;
/** Bytes that a sink must have to be written to. */
export const LEAST_BUFFER = 4 * ROOM;
/** What a rehearsal goes through: words, bitfields, negative numbers. */
const REHEARSED = [BTF_KIND.INT, BTF_KIND.STRUCT + KIND_FLAG, BTF_KIND.ENUM + KIND_FLAG];
/** The type of id 0. */
const VOID = new Uint32Array(3);

/** "000" to "999", each in the lower bytes of a word. */
const DIGITS = threeDigits();

export class RawWriter {
  readonly #out: ByteSink;
  readonly #btf: Btf;
  readonly #layout: Layout;
  readonly #names: Names;
  readonly #view: DataView;
  /** The buffer is full from here on. */
  readonly #limit: number;

  constructor(out: ByteSink, btf: Btf, layout: Layout, names: Names) {
    this.#out = out;
    this.#btf = btf;
    this.#layout = layout;
    this.#names = names;
    this.#view = new DataView(out.bytes.buffer, out.bytes.byteOffset, out.bytes.length);
    this.#limit = out.bytes.length - ROOM;
  }

  /** The types of these ids, or all own types of the BTF. */
  write(ids: readonly number[] | undefined): void {
    const { firstId, typeCount } = this.#btf;
    const [first, next] = this.#layout.starts;
    const idWords = new Uint32Array(2);
    const count = ids ? ids.length : typeCount - firstId;
    this.#out.reserve(ROOM);
    let { at } = this.#out;
    for (let i = 0; i < count; i++) {
      const id = ids ? (ids[i] as number) : firstId + i;
      idWords[0] = id;
      at = this.#steps(at, i === 0 ? first : next, idWords, 0);
      at = this.#type(at, id);
    }
    this.#out.at = at;
  }

  /**
   * Writes some types that are nowhere, of all sorts, to a sink that nobody reads: code that comes to something new after it
   * was compiled is compiled again, and the dump of a kernel would be half over before that is done.
   */
  rehearse(): void {
    const words = new Uint32Array(16).fill(0xffffffff);
    this.#out.reserve(ROOM);
    let { at } = this.#out;
    for (let round = 0; round < 4; round++) {
      for (const form of REHEARSED) {
        words[1] = form * 2 ** 24 + 2;
        at = this.#steps(at, this.#layout.forms[form] as Step, words, 0);
      }
    }
    this.#out.at = at;
  }

  #type(at: number, id: number): number {
    const { words, start } = typeAt(this.#btf, id);
    return this.#steps(at, this.#layout.forms[(words[start + 1] as number) >>> 24] as Step, words, start);
  }

  /** Returns where the text ends. `words[start]` is the first of the type, of which the second counts the items of a list. */
  #steps(start: number, first: Step, words: Uint32Array, type: number): number {
    const view = this.#view;
    const names = this.#names;
    const limit = this.#limit;
    let at = start;
    let base = type;
    let left = vlenOf(words[base + 1] as number);
    let step: Step | undefined = first;
    do {
      const value: number = ((words[base + step.word] as number) << step.left) >>> step.right;
      if (value !== 0 || !step.optional) {
        at = putText(view, at, step);
        const from = at;
        if (step.value === NUMBER) {
          at = putNumber(view, at, words, base, step);
        } else if (step.value === NAME) {
          at = copyName(view, at, names, value);
        }
        if (at > limit || step.value > NOTHING) at = this.#rare(at, from, step, words, base);
      }
      let which = 0;
      if (step.stride === 0) which = Math.min(value, step.nexts.length - 1);
      else if (left-- > 0) base += step.stride;
      else which = 1;
      step = step.nexts[which];
    } while (step !== undefined);
    return at;
  }

  /** Where a value is still to be written, at `from`, or the buffer is full. */
  #rare(at: number, from: number, step: Step, words: Uint32Array, base: number): number {
    const out = this.#out;
    out.at = at === PENDING ? from : at;
    if (at === PENDING) out.write(this.#name(words[base + step.word] as number));
    else if (step.value > NOTHING) out.write(this.#value(step, words, base));
    out.reserve(ROOM);
    return out.at;
  }

  #name(offset: number): string {
    const text = this.#names.text(offset);
    return this.#layout.json ? jsonQuote(text).slice(1, -1) : text;
  }

  #value({ value, word }: Step, words: Uint32Array, base: number): string {
    const low = words[base + word] as number;
    if (value === SIGNED) return String(low | 0);
    if (value === TARGET) return `${low}${this.#layout.json ? "" : this.#reference(words[base] as number)}`;
    const wide = (BigInt(words[base + word + 1] as number) << 32n) | BigInt(low);
    const text = String(value === SIGNED_WIDE ? BigInt.asIntN(64, wide) : wide);
    return this.#layout.json ? text : `${text}${value === SIGNED_WIDE ? "LL" : "ULL"}`;
  }

  /** Kind and name of what an id stands for, if it stands for anything. */
  #reference(id: number): string {
    if (id >= this.#btf.typeCount) return "";
    const { words, start } = typeAt(this.#btf, id);
    const kind = kindWord(BTF_KINDS[kindOf(words[start + 1] as number)] ?? "UNKN");
    return ` (${kind} '${this.#names.text(words[start] as number)}')`;
  }
}

/** Where a type is, in the BTF or its base. */
function typeAt(btf: Btf, id: number): { words: Uint32Array; start: number } {
  if (id === 0) return { words: VOID, start: 0 };
  let from = btf;
  while (id < from.firstId) from = from.base as Btf;
  return { words: from.sections.words, start: from.sections.starts[id - from.firstId] as number };
}

/** Returns where the text ends; more may be touched. */
function putText(to: DataView, at: number, { text, length }: Step): number {
  to.setFloat64(at, text[0] as number, true);
  to.setFloat64(at + 8, text[1] as number, true);
  if (length > HALF_TEXT) {
    to.setFloat64(at + 16, text[2] as number, true);
    to.setFloat64(at + 24, text[3] as number, true);
  }
  return at + length;
}

/** The unsigned number of a step. */
function putNumber(
  to: DataView,
  at: number,
  words: Uint32Array,
  base: number,
  { word, left, right }: Step,
): number {
  let rest = ((words[base + word] as number) << left) >>> right;
  let high = rest;
  let lower = 0;
  for (; high >= 1000; lower += 3) high = (high / 1000) >>> 0;
  const length = high < 10 ? 1 : high < 100 ? 2 : 3;
  to.setInt32(at, (DIGITS[high] as number) >>> ((3 - length) * 8), true);
  const end = at + length + lower;
  for (let i = end - 3; lower > 0; lower -= 3, i -= 3) {
    const next = (rest / 1000) >>> 0;
    const three = DIGITS[(rest - Math.imul(next, 1000)) | 0] as number;
    to.setInt16(i, three, true);
    to.setInt8(i + 2, three >> 16);
    rest = next;
  }
  return end;
}

function threeDigits(): Int32Array {
  const words = new Int32Array(1000);
  for (let i = 0; i < 1000; i++) {
    const tens = (i / 10) | 0;
    const hundreds = (i / 100) | 0;
    words[i] = 0x303030 + hundreds + ((tens - hundreds * 10) << 8) + ((i - tens * 10) << 16);
  }
  return words;
}
