/** How often each name was used: a hash table of names in place. */
import { spend } from "./limits";
import { byteAt, count, nameEnd } from "./types";

const LEAST_SLOTS: u32 = 1 << 10;
/** A kernel has a name for every third of its types. */
const TYPES_A_SLOT: u32 = 2;
/** Comparing more bytes of names than these has a price. */
const FREE_BYTES: u32 = 256;

/** Of a slot: where the name starts, its hash, and how often it was used, 0 where the slot is free. */
const OFFSET: usize = 0;
const HASH: usize = 4;
const USES: usize = 8;
const SLOT: usize = 12;

export class NameUses {
  private slots: usize;
  /** One less than there are slots, a power of two. */
  private mask: u32;
  private taken: u32 = 0;

  constructor() {
    let slots = LEAST_SLOTS;
    while (slots < count / TYPES_A_SLOT) slots *= 2;
    this.slots = heap.alloc(<usize>slots * SLOT);
    this.mask = slots - 1;
  }

  /** Which use this is of the name at an offset of the strings: 1 for the first. `id` is the type at work. */
  next(offset: u32, id: u32): u32 {
    const hash = hashOf(offset, nameEnd(offset));
    const slot = this.find(offset, hash, id);
    const use = load<u32>(slot, USES) + 1;
    store<u32>(slot, use, USES);
    if (use > 1) return use;
    store<u32>(slot, offset, OFFSET);
    store<u32>(slot, hash, HASH);
    if (++this.taken * 2 > this.mask) this.grow();
    return use;
  }

  /** The slot of a name, or a free one for it. */
  private find(offset: u32, hash: u32, id: u32): usize {
    let index = hash & this.mask;
    while (true) {
      const slot = this.slots + <usize>index * SLOT;
      if (load<u32>(slot, USES) === 0) return slot;
      if (load<u32>(slot, HASH) === hash && isSame(load<u32>(slot, OFFSET), offset, id)) return slot;
      spend(id);
      index = (index + 1) & this.mask;
    }
  }

  private grow(): void {
    const old = this.slots;
    const oldCount = this.mask + 1;
    this.mask = 2 * oldCount - 1;
    this.slots = heap.alloc(2 * <usize>oldCount * SLOT);
    for (let i: u32 = 0; i < oldCount; i++) {
      const from = old + <usize>i * SLOT;
      if (load<u32>(from, USES) === 0) continue;
      let index = load<u32>(from, HASH) & this.mask;
      while (load<u32>(this.slots + <usize>index * SLOT, USES) !== 0) index = (index + 1) & this.mask;
      memory.copy(this.slots + <usize>index * SLOT, from, SLOT);
    }
  }
}

function isSame(a: u32, b: u32, id: u32): bool {
  if (a === b) return true;
  let length: u32 = 0;
  while (byteAt(a + length) === byteAt(b + length) && byteAt(a + length) !== 0) length++;
  if (length > FREE_BYTES) spend(id, (length + FREE_BYTES - 1) / FREE_BYTES);
  return byteAt(a + length) === byteAt(b + length);
}

/** FNV-1a. */
function hashOf(start: u32, end: u32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = (hash ^ byteAt(i)) * 0x01000193;
  return hash ^ (hash >>> 15);
}
