/**
 * The number that orders types which have all names in common (bpftool btf.c:btf_type_disasm_hash): h * 31 + v over names,
 * array lengths and members, in 64 bits. JavaScript multiplies no more than 32 of them, so a hash is two halves.
 */
import { BTF_KIND } from "../kinds.ts";
import { ENUMERATOR64_WORDS, ENUMERATOR_WORDS, MEMBER_WORDS, type RawTypes } from "./raw-types.ts";

const { PTR, ARRAY, STRUCT, UNION, ENUM, TYPEDEF, VOLATILE, CONST, RESTRICT, DECL_TAG, TYPE_TAG } = BTF_KIND;
const { FUNC_PROTO, ENUM64 } = BTF_KIND;

/** A hash in the making: two halves of 32 bits. */
class Hash {
  high = 0;
  low = 0;

  /** h * 31 + high * 2 ** 32 + low; a negative `low` has a `high` of -1. */
  add(high: number, low: number): void {
    const bottom = (this.low & 0xffff) * 31 + (low & 0xffff);
    const top = (this.low >>> 16) * 31 + (low >>> 16) + (bottom >>> 16);
    this.low = (top << 16) | (bottom & 0xffff);
    this.high = (Math.imul(this.high, 31) + high + (top >>> 16)) | 0;
  }
}

/** Hashes of all types, by id; each is computed when it is asked for. */
class HashTable {
  readonly known: Uint8Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;

  constructor(count: number) {
    this.known = new Uint8Array(count);
    this.high = new Uint32Array(count);
    this.low = new Uint32Array(count);
  }
}

export class TypeHashes {
  readonly #types: RawTypes;
  /** Those of structs and unions include their members. */
  readonly #whole: HashTable;
  /** Those of structs and unions do not. */
  readonly #outer: HashTable;

  /** References from one type to the next must end. */
  constructor(types: RawTypes) {
    this.#types = types;
    this.#whole = new HashTable(types.count);
    this.#outer = new HashTable(types.count);
  }

  /**
   * What has the same hash by itself: a pointer or modifier adds nothing to the hash of its target. Types with one alias
   * need no hash to tell that their hashes are equal.
   */
  alias(id: number): number {
    const types = this.#types;
    let alias = id;
    while (isReference(types.kind(alias)) && !types.hasName(alias)) alias = types.target(alias);
    return alias;
  }

  isZero(id: number): boolean {
    const alias = this.alias(id);
    if (this.#types.kind(alias) === FUNC_PROTO && !this.#types.hasName(alias)) return true;
    this.#need(alias, this.#whole);
    return this.#whole.high[alias] === 0 && this.#whole.low[alias] === 0;
  }

  compare(a: number, b: number): number {
    const [left, right] = [this.alias(a), this.alias(b)];
    this.#need(left, this.#whole);
    this.#need(right, this.#whole);
    const { high, low } = this.#whole;
    return (high[left] as number) - (high[right] as number) || (low[left] as number) - (low[right] as number);
  }

  #need(id: number, table: HashTable): void {
    if (table.known[id] === 1) return;
    const hash = this.#compute(id, table);
    table.known[id] = 1;
    table.high[id] = hash.high;
    table.low[id] = hash.low;
  }

  #compute(id: number, table: HashTable): Hash {
    const types = this.#types;
    const kind = types.kind(id);
    const hash = new Hash();
    this.#addName(hash, types.nameOffset(id));
    if (isReference(kind)) {
      this.#addType(hash, types.target(id), table);
    } else if (kind === ARRAY) {
      hash.add(0, types.arrayLength(id));
      this.#addType(hash, types.element(id), table);
    } else if (kind === ENUM || kind === ENUM64) {
      this.#addEnumerators(hash, id, kind === ENUM ? ENUMERATOR_WORDS : ENUMERATOR64_WORDS);
    } else if ((kind === STRUCT || kind === UNION) && table === this.#whole) {
      this.#addMembers(hash, id);
    }
    return hash;
  }

  #addType(hash: Hash, id: number, table: HashTable): void {
    this.#need(id, table);
    hash.add(table.high[id] as number, table.low[id] as number);
  }

  /** Adds the hash of the name at an offset of the strings; "" adds nothing. */
  #addName(hash: Hash, offset: number): void {
    const { bytes } = this.#types;
    const end = this.#types.nameEnd(offset);
    if (end === offset) return;
    const name = new Hash();
    for (let i = offset; i < end; i++) {
      // A byte from 0x80 on is negative, as \`char\` is.
      const char = ((bytes[i] as number) << 24) >> 24;
      name.add(char >> 31, char);
    }
    hash.add(name.high, name.low);
  }

  #addEnumerators(hash: Hash, id: number, itemWords: number): void {
    const types = this.#types;
    const end = types.tail(id) + types.vlen(id) * itemWords;
    for (let at = types.tail(id); at < end; at += itemWords) this.#addName(hash, types.words[at] as number);
  }

  #addMembers(hash: Hash, id: number): void {
    const types = this.#types;
    const end = types.tail(id) + types.vlen(id) * MEMBER_WORDS;
    for (let at = types.tail(id); at < end; at += MEMBER_WORDS) {
      this.#addName(hash, types.words[at] as number);
      this.#addType(hash, types.itemType(at), this.#outer);
    }
  }
}

function isReference(kind: number): boolean {
  switch (kind) {
    case PTR:
    case TYPEDEF:
    case VOLATILE:
    case CONST:
    case RESTRICT:
    case TYPE_TAG:
    case DECL_TAG:
      return true;
    default:
      return false;
  }
}
