/**
 * Ids by hash. Which of several that would do comes first decides ids of the result, so they come in libbpf's order
 * (hashmap.c:hashmap_insert, hashmap_grow): the newest first, and turned around each time the table grows.
 */
import type { Steps } from "./steps.ts";

const MIN_BITS = 2;

export class Candidates {
  #bits = 0;
  /** First id of each bucket; 0 for none. */
  #heads = new Uint32Array(0);
  #size = 0;
  /** By id: the next one in its bucket; 0 for none. */
  readonly #next: Uint32Array;
  /** By id. */
  readonly #hashes: Int32Array;
  readonly #steps: Steps;

  /** `count` is one more than the largest id; looking at an id is a step. */
  constructor(count: number, steps: Steps) {
    this.#steps = steps;
    this.#next = new Uint32Array(count);
    this.#hashes = new Int32Array(count);
  }

  /** An id is added once at most. */
  add(hash: number, id: number): void {
    if (Math.floor(((this.#size + 1) * 4) / 3) > this.#heads.length) this.#grow();
    this.#hashes[id] = hash;
    this.#link(id);
    this.#size++;
  }

  /** The first id with this hash; 0 where there is none. */
  first(hash: number): number {
    return this.#size === 0 ? 0 : this.#from(this.#heads[this.#bucket(hash)] as number, hash);
  }

  /** The one after `id` with the same hash; 0 where there is none. */
  after(id: number): number {
    return this.#from(this.#next[id] as number, this.#hashes[id] as number);
  }

  #from(start: number, hash: number): number {
    let id = start;
    for (; id !== 0; id = this.#next[id] as number) {
      this.#steps.spend(id);
      if (this.#hashes[id] === hash) break;
    }
    return id;
  }

  #bucket(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> (32 - this.#bits);
  }

  #link(id: number): void {
    const bucket = this.#bucket(this.#hashes[id] as number);
    this.#next[id] = this.#heads[bucket] as number;
    this.#heads[bucket] = id;
  }

  #grow(): void {
    const old = this.#heads;
    this.#bits = Math.max(this.#bits + 1, MIN_BITS);
    this.#heads = new Uint32Array(2 ** this.#bits);
    for (const head of old) {
      for (let id = head; id !== 0; ) {
        const next = this.#next[id] as number;
        this.#link(id);
        id = next;
      }
    }
  }
}
