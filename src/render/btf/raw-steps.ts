/**
 * The raw form of one type as a chain of steps: each is a constant text and the value behind it. One loop walks the
 * chains of all kinds (raw-writer.ts).
 */

/** What stands behind the text of a step. The rare ones come last. */
export const NUMBER = 0;
export const NAME = 1;
export const NOTHING = 2;
export const SIGNED = 3;
/** 64 bits, the lower half first. */
export const WIDE = 4;
export const SIGNED_WIDE = 5;
/** A number, then what the id in the first word refers to. */
export const TARGET = 6;

export type Value = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Some bits of a word of a type, or of an item in its list. */
export interface Bits {
  readonly word: number;
  /** Lowest of the bits, and how many they are; undefined: all. */
  readonly from?: number;
  readonly count?: number;
}

/** Texts are copied in pieces of 8 bytes: the first two always, two more where a text is longer than these. */
export const HALF_TEXT = 16;
export const LONGEST_TEXT = 32;

const END = [undefined];

export class Step {
  /** ASCII, filled up with NULs. */
  readonly text = new Float64Array(LONGEST_TEXT / 8);
  /** Bytes of the text. */
  readonly length: number;
  readonly value: Value;
  readonly word: number;
  /** By how many bits the word is shifted left, then right. */
  readonly left: number;
  readonly right: number;
  /** Nothing is written for 0. */
  readonly optional: boolean;
  /** Undefined is the end. Of several, the bits choose, the last one for all larger values. */
  nexts: readonly (Step | undefined)[] = END;
  /** 0, or words to the first or next item of a list: if there is one, the first of `nexts` goes on with it, else the second. */
  stride = 0;

  /** `text` is not longer than LONGEST_TEXT. */
  constructor(text: string, value: Value, { word, from = 0, count = 32 }: Bits, optional: boolean) {
    this.length = Buffer.from(this.text.buffer).write(text, "latin1");
    this.value = value;
    this.word = word;
    this.left = 32 - from - count;
    this.right = 32 - count;
    this.optional = optional;
  }
}

export interface Chain {
  readonly first: Step;
  last: Step;
}

/** As many steps as the text takes; the last one has the value. */
export function chain(text: string, value: Value, bits: Bits = { word: 0 }, optional = false): Chain {
  if (text.length <= LONGEST_TEXT) {
    const step = new Step(text, value, bits, optional);
    return { first: step, last: step };
  }
  const first = new Step(text.slice(0, LONGEST_TEXT), NOTHING, bits, optional);
  const rest = chain(text.slice(LONGEST_TEXT), value, bits, optional);
  first.nexts = [rest.first];
  return { first, last: rest.last };
}

export function extend(chain: Chain, next: Chain): void {
  chain.last.nexts = [next.first];
  chain.last = next.last;
}
