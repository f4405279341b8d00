/** How often each name was used: a hash table of names in place, without strings. */
import type { Budget } from "./limits.ts";
import type { RawTypes } from "./raw-types.ts";

const LEAST_SLOTS = 1 << 10;
/** A kernel has a name for every third of its types. */
const TYPES_A_SLOT = 2;
/** Comparing more bytes of names than these has a price. */
const FREE_BYTES = 256;

interface Slots {
  /** Where the name starts. */
  readonly offsets: Uint32Array;
  readonly hashes: Int32Array;
  /** 0: the slot is free. */
  readonly uses: Uint32Array;
}

function slots(count: number): Slots {
  return { offsets: new Uint32Array(count), hashes: new Int32Array(count), uses: new Uint32Array(count) };
}

export class NameUses {
  readonly #types: RawTypes;
  readonly #budget: Budget;
  /** A power of two of them. */
  #slots: Slots;
  #taken = 0;

  constructor(types: RawTypes, budget: Budget) {
    this.#types = types;
    this.#budget = budget;
    let count = LEAST_SLOTS;
    while (count < types.count / TYPES_A_SLOT) count *= 2;
    this.#slots = slots(count);
  }

  /** Which use this is of the name at an offset of the strings: 1 for the first. `id` is the type at work. */
  next(offset: number, id: number): number {
    const hash = hashOf(this.#types.bytes, offset, this.#types.nameEnd(offset));
    const slot = this.#find(offset, hash, id);
    const { offsets, hashes, uses } = this.#slots;
    const use = (uses[slot] as number) + 1;
    uses[slot] = use;
    if (use > 1) return use;
    offsets[slot] = offset;
    hashes[slot] = hash;
    if (++this.#taken * 2 > uses.length) this.#grow();
    return use;
  }

  /** The slot of a name, or a free one for it. */
  #find(offset: number, hash: number, id: number): number {
    const { offsets, hashes, uses } = this.#slots;
    const mask = uses.length - 1;
    let slot = hash & mask;
    while (uses[slot] !== 0) {
      if (hashes[slot] === hash && this.#isSame(offsets[slot] as number, offset, id)) break;
      this.#budget.spend(id);
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #isSame(a: number, b: number, id: number): boolean {
    if (a === b) return true;
    const { bytes } = this.#types;
    let length = 0;
    while (bytes[a + length] === bytes[b + length] && bytes[a + length] !== 0) length++;
    if (length > FREE_BYTES) this.#budget.spend(id, Math.ceil(length / FREE_BYTES));
    return bytes[a + length] === bytes[b + length];
  }

  #grow(): void {
    const old = this.#slots;
    const larger = slots(2 * old.uses.length);
    const mask = larger.uses.length - 1;
    for (let i = 0; i < old.uses.length; i++) {
      if (old.uses[i] === 0) continue;
      let slot = (old.hashes[i] as number) & mask;
      while (larger.uses[slot] !== 0) slot = (slot + 1) & mask;
      larger.offsets[slot] = old.offsets[i] as number;
      larger.hashes[slot] = old.hashes[i] as number;
      larger.uses[slot] = old.uses[i] as number;
    }
    this.#slots = larger;
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
