/** Runs parts of the code on a case, and tells findings from what may happen: a value, or an InspectError. */
import v8 from "node:v8";
import { InspectError } from "../../src/errors.ts";
import type { ByteSink } from "../../src/bytes/sink.ts";
import type { Case } from "./cases.ts";
import { type Clock, wallClock } from "./clock.ts";
import { sizeOfInput } from "./input.ts";
import { checkJson, Output, TooMuchOutput } from "./output.ts";
import { countError, countsOf, type Tally } from "./tally.ts";

export interface Finding {
  readonly number: number;
  readonly title: string;
  readonly target: string;
  readonly what: "exception" | "output" | "heap" | "slow" | "no offset" | "broken" | "hang" | "out of memory";
  /** Message and stack. */
  readonly detail: string;
}

/** Output and heap that any input may take, and what each byte of it may add. */
const OUTPUT = { least: 8 << 20, factor: 512 } as const;
const HEAP = { least: 256 << 20, factor: 2048 } as const;

/** What went wrong although nothing was thrown. */
export class Broken extends Error {}

export interface AttemptOptions {
  /** An error about bytes must say where. */
  readonly needsOffset?: boolean;
}

const output = new Output();

export class Probe {
  readonly findings: Finding[] = [];
  readonly tally: Tally;
  readonly case: Case;
  /** The call that took longest, in milliseconds. */
  slowest: { readonly target: string; readonly time: number } = { target: "", time: 0 };
  readonly #onAttempt: (target: string) => void;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #heapBefore = heapUsed();
  readonly #targets = new Set<string>();

  /** `onAttempt` hears what is about to run. */
  constructor(fuzzCase: Case, tally: Tally, onAttempt: (target: string) => void, clock = wallClock) {
    this.#clock = clock;
    this.case = fuzzCase;
    this.tally = tally;
    this.#onAttempt = onAttempt;
    this.#size = sizeOfInput(fuzzCase.input);
  }

  /** The value of `call`; undefined where there is none. */
  attempt<T>(target: string, call: () => T, { needsOffset = false }: AttemptOptions = {}): T | undefined {
    this.#onAttempt(target);
    const counts = countsOf(this.tally, target);
    if (!this.#targets.has(target)) {
      this.#targets.add(target);
      counts.cases++;
    }
    const start = this.#clock();
    try {
      const value = call();
      counts.values++;
      return value;
    } catch (error) {
      if (error instanceof InspectError) {
        counts.errors++;
        countError(this.tally, error.message);
        const { offset } = error.data;
        if (needsOffset && error.code === "malformed" && typeof offset !== "number")
          this.#find(target, "no offset", error.message);
      } else this.#find(target, whatOf(error), detailOf(error));
      return undefined;
    } finally {
      const time = this.#clock() - start;
      counts.time += time;
      if (time > this.slowest.time) this.slowest = { target, time };
      this.#checkHeap(target);
    }
  }

  /** The bytes that `write` writes, bounded by the input and `more` bytes that were read beside it. */
  text(target: string, write: (sink: ByteSink) => void, more = 0): Buffer | undefined {
    const limit = OUTPUT.least + OUTPUT.factor * (this.#size + more);
    return this.attempt(target, () => output.of(limit, write));
  }

  /** As text(), of what has to be JSON. */
  json(
    target: string,
    write: (sink: ByteSink) => void,
    { plain = false, more = 0 } = {},
  ): Buffer | undefined {
    const bytes = this.text(target, write, more);
    if (bytes)
      this.check(
        target,
        () => checkJson(bytes, { plain }),
        () => bytes.toString("latin1", 0, 2000),
      );
    return bytes;
  }

  /** A finding if `call` throws, whatever it throws. */
  check(target: string, call: () => void, context: () => string): void {
    try {
      call();
    } catch (error) {
      this.#find(target, "broken", `${detailOf(error)}\n${context()}`);
    }
  }

  /** To be called while whatever may be large is still held. */
  #checkHeap(target: string): void {
    const heap = heapUsed();
    if (heap > this.tally.peakHeap) this.tally.peakHeap = heap;
    const growth = heap - this.#heapBefore;
    const isKnown = this.findings.some(({ what }) => what === "heap");
    if (growth > HEAP.least + HEAP.factor * this.#size && !isKnown)
      this.#find(target, "heap", `${(growth / 2 ** 20).toFixed(0)} MB for ${this.#size} bytes of input`);
  }

  #find(target: string, what: Finding["what"], detail: string): void {
    const { number, title } = this.case;
    countsOf(this.tally, target).findings++;
    this.findings.push({ number, title, target, what, detail });
  }
}

function heapUsed(): number {
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory;
}

function whatOf(error: unknown): Finding["what"] {
  if (error instanceof TooMuchOutput) return "output";
  return error instanceof Broken ? "broken" : "exception";
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
