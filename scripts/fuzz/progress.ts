/** What a thread is at, in memory that others see, too: it cannot tell once it hangs. */

const MAX_NAME = 64;

/** Words before the name of the target: the number of the case, calls so far, the length of the name. */
const WORDS = 3;

export class Progress {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #name: Buffer;
  #target = "";

  constructor(buffer = new SharedArrayBuffer(4 * WORDS + MAX_NAME)) {
    this.buffer = buffer;
    this.#numbers = new Int32Array(buffer, 0, WORDS);
    this.#name = Buffer.from(buffer, 4 * WORDS, MAX_NAME);
  }

  get number(): number {
    return Atomics.load(this.#numbers, 0);
  }

  set number(value: number) {
    Atomics.store(this.#numbers, 0, value);
  }

  /** Grows with each call. */
  get calls(): number {
    return Atomics.load(this.#numbers, 1);
  }

  get target(): string {
    return this.#name.toString("latin1", 0, Atomics.load(this.#numbers, 2));
  }

  /** A call of `target` begins. */
  begin(target: string): void {
    Atomics.add(this.#numbers, 1, 1);
    if (target === this.#target) return;
    this.#target = target;
    Atomics.store(this.#numbers, 2, this.#name.write(target, "latin1"));
  }
}
