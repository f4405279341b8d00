/** Places outside of a function that its control flow leads to: nothing that a verifier lets through has any. */
import type { InsnArray } from "../insn/insn.ts";
import type { FunctionRange } from "./functions.ts";

/** Where control goes that leaves the function without an exit. */
export interface Outside {
  readonly number: number;
  /** The slot that it goes to, in slots of the program; it may be negative. */
  readonly target: number;
  /** What there is: no instruction, the second half of one, or another function. */
  readonly what: "nothing" | "half" | "function";
}

/** Numbers them as they are asked for, from `first` on. */
export class OutsidePlaces {
  readonly places: Outside[] = [];
  readonly #insns: InsnArray;
  readonly #range: FunctionRange;
  readonly #first: number;
  readonly #numbers = new Map<number, number>();

  constructor(insns: InsnArray, range: FunctionRange, first: number) {
    this.#insns = insns;
    this.#range = range;
    this.#first = first;
  }

  numberOf(target: number): number {
    let number = this.#numbers.get(target);
    if (number === undefined) {
      number = this.#first + this.places.length;
      this.#numbers.set(target, number);
      this.places.push({ number, target, what: this.#what(target) });
    }
    return number;
  }

  #what(target: number): Outside["what"] {
    if (target < 0 || target >= this.#insns.length) return "nothing";
    return target >= this.#range.start && target < this.#range.end ? "half" : "function";
  }
}
