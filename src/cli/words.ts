/** The words of a command and how they are matched (bpftool main.c:is_prefix, cmd_select). */
import { helpError, usageError } from "./usage.ts";

/** The words that are left, from front to back. Words are byte text. */
export class Words {
  readonly #words: readonly string[];
  #next = 0;
  /** The word before the ones that are left: what errors about missing words name. */
  #previous: string;

  constructor(words: readonly string[], previous = "bpflens") {
    this.#words = words;
    this.#previous = previous;
  }

  get left(): number {
    return this.#words.length - this.#next;
  }

  peek(): string | undefined {
    return this.#words[this.#next];
  }

  /** The next word. Running out in the middle of a command shows its help. */
  take(): string {
    const word = this.peek();
    if (word === undefined) throw helpError();
    this.#next++;
    this.#previous = word;
    return word;
  }

  /** All that is left. */
  rest(): Words {
    return new Words(this.#words.slice(this.#next), this.#previous);
  }

  /** Throws unless nothing is left. */
  end(): void {
    if (this.left > 0) throw usageError(`what is '${this.peek()}'?`);
  }
}

/** Every word begins every longer one: `p` is prog. The empty word begins all. */
export function isPrefix(word: string, keyword: string): boolean {
  return keyword.startsWith(word);
}

/** The first keyword in the order of the table that the word begins. */
export function matchKeyword<const K extends string>(word: string, keywords: readonly K[]): K | undefined {
  return keywords.find((keyword) => isPrefix(word, keyword));
}

const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * C's strtoul with base 0, cut to 32 bits: decimal, 0x, leading 0 for octal, a sign that wraps, all ones for what is
 * too large; "" is 0. undefined unless the whole word is a number.
 */
export function parseId(word: string): number | undefined {
  if (word === "") return 0;
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))$/.exec(word);
  if (!match) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const value = hex ? BigInt(`0x${hex}`) : octal ? BigInt(`0o${octal}`) : BigInt(decimal ?? 0);
  if (value > U64_MAX) return U32_MAX;
  return Number(BigInt.asUintN(32, sign === "-" ? -value : value));
}
