/**
 * The number that orders types which have all names in common (bpftool btf.c:btf_type_disambig_hash): h * 31 + v over names,
 * array lengths and members, in 64 bits. JavaScript multiplies no more than 32 of them, so a hash is two halves.
 */
import { BTF_KIND } from "../kinds.ts";
import { MAX_DEPTH, tooDeep } from "./limits.ts";
import { ENUMERATOR64_WORDS, ENUMERATOR_WORDS, MEMBER_WORDS, type RawTypes } from "./raw-types.ts";

const { ARRAY, STRUCT, UNION, ENUM, ENUM64 } = BTF_KIND;

/** A hash in the making. */
class Hash {
  /** 32 bits each. */
  high = 0;
  low = 0;

  /** h * 31 + high * 2 ** 32 + low; where `low` is negative, `high` is -1. */
  add(high: number, low: number): void {
    const bottom = (this.low & 0xffff) * 31 + (low & 0xffff);
    const top = (this.low >>> 16) * 31 + (low >>> 16) + (bottom >>> 16);
    this.low = (top << 16) | (bottom & 0xffff);
    this.high = (Math.imul(this.high, 31) + high + (top >>> 16)) | 0;
  }
}

/** Hashes of types by id, each computed when it is asked for. */
export class TypeHashes {
  readonly #types: RawTypes;
  /** Those of structs and unions include their members. */
  readonly #whole = new Map<number, Hash>();
  /** Those of structs and unions do not. */
  readonly #outer = new Map<number, Hash>();

  constructor(types: RawTypes) {
    this.#types = types;
  }

  /** Below 0 where the hash of type `a` is less. */
  compare(a: number, b: number): number {
    const left = this.#of(a, this.#whole);
    const right = this.#of(b, this.#whole);
    return (left.high >>> 0) - (right.high >>> 0) || (left.low >>> 0) - (right.low >>> 0);
  }

  /** From `known`, which is one of the two. `depth`: how many references lead here. */
  #of(id: number, known: Map<number, Hash>, depth = 0): Hash {
    let hash = known.get(id);
    if (hash === undefined) {
      if (depth > MAX_DEPTH) throw tooDeep(id);
      hash = this.#compute(id, known, depth);
      known.set(id, hash);
    }
    return hash;
  }

  #compute(id: number, known: Map<number, Hash>, depth: number): Hash {
    const types = this.#types;
    const hash = new Hash();
    this.#addName(hash, types.nameOffset(id));
    const target = types.reference(id);
    switch (types.kind(id)) {
      case ENUM:
        this.#addEnumerators(hash, id, ENUMERATOR_WORDS);
        break;
      case ENUM64:
        this.#addEnumerators(hash, id, ENUMERATOR64_WORDS);
        break;
      case STRUCT:
      case UNION:
        if (known === this.#whole) this.#addMembers(hash, id);
        break;
      case ARRAY:
        hash.add(0, types.arrayLength(id));
        break;
    }
    if (target === undefined) return hash;
    const { high, low } = this.#of(target, known, depth + 1);
    hash.add(high, low);
    return hash;
  }

  /** Adds the hash of the name at an offset of the strings; "" adds nothing. */
  #addName(hash: Hash, offset: number): void {
    const { bytes } = this.#types;
    const end = this.#types.nameEnd(offset);
    if (end === offset) return;
    const name = new Hash();
    for (let i = offset; i < end; i++) {
      // A byte from 0x80 on is negative, as `char` is.
      const char = ((bytes[i] as number) << 24) >> 24;
      name.add(char >> 31, char);
    }
    hash.add(name.high, name.low);
  }

  #addEnumerators(hash: Hash, id: number, itemWords: number): void {
    const types = this.#types;
    const end = types.tail(id) + types.vlen(id) * itemWords;
    for (let at = types.tail(id); at < end; at += itemWords) this.#addName(hash, types.offsetAt(at));
  }

  #addMembers(hash: Hash, id: number): void {
    const types = this.#types;
    const end = types.tail(id) + types.vlen(id) * MEMBER_WORDS;
    for (let at = types.tail(id); at < end; at += MEMBER_WORDS) {
      this.#addName(hash, types.offsetAt(at));
      const { high, low } = this.#of(types.itemType(at), this.#outer);
      hash.add(high, low);
    }
  }
}
