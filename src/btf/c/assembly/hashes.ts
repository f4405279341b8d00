/**
 * The number that orders types which have all names in common (bpftool btf.c:btf_type_disambig_hash): h * 31 + v over names,
 * array lengths and members, in 64 bits. Each is computed when it is asked for.
 */
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_DEPTH } from "./limits";
import {
  arrayLength,
  byteAt,
  count,
  ENUMERATOR64_WORDS,
  ENUMERATOR_WORDS,
  isReference,
  itemType,
  kindOf,
  MEMBER_WORDS,
  nameEnd,
  nameOffset,
  offsetAt,
  referenceOf,
  tailOf,
  vlenOf,
} from "./types";

/** Hashes by type id, and 1 for those that are known. */
class Known {
  private hashes: usize = heap.alloc((<usize>count) << 3);
  private known: usize = heap.alloc(count);

  has(id: u32): bool {
    return load<u8>(this.known + id) !== 0;
  }

  get(id: u32): u64 {
    return load<u64>(this.hashes + ((<usize>id) << 3));
  }

  set(id: u32, hash: u64): void {
    store<u64>(this.hashes + ((<usize>id) << 3), hash);
    store<u8>(this.known + id, 1);
  }
}

/** Those of structs and unions include their members. */
let whole: Known = changetype<Known>(0);
/** Those of structs and unions do not. */
let outer: Known = changetype<Known>(0);

export function startHashes(): void {
  whole = new Known();
  outer = new Known();
}

export function hashOf(id: u32): u64 {
  return hashIn(whole, id, 0);
}

/** `depth`: how many references lead here. */
function hashIn(known: Known, id: u32, depth: u32): u64 {
  if (known.has(id)) return known.get(id);
  if (depth > MAX_DEPTH) fail(Problem.TooDeep, id);
  const hash = newHash(known, id, depth);
  known.set(id, hash);
  return hash;
}

function newHash(known: Known, id: u32, depth: u32): u64 {
  let hash = withName(0, nameOffset(id));
  switch (kindOf(id)) {
    case KIND.ENUM:
      hash = withEnumerators(hash, id, ENUMERATOR_WORDS);
      break;
    case KIND.ENUM64:
      hash = withEnumerators(hash, id, ENUMERATOR64_WORDS);
      break;
    case KIND.STRUCT:
    case KIND.UNION:
      if (known === whole) hash = withMembers(hash, id);
      break;
    case KIND.ARRAY:
      hash = hash * 31 + arrayLength(id);
      break;
  }
  return isReference(id) ? hash * 31 + hashIn(known, referenceOf(id), depth + 1) : hash;
}

/** With the hash of the name at an offset of the strings; "" adds nothing. */
function withName(hash: u64, offset: u32): u64 {
  const end = nameEnd(offset);
  if (end === offset) return hash;
  let name: u64 = 0;
  // A byte from 0x80 on is negative, as `char` is.
  for (let i = offset; i < end; i++) name = name * 31 + <u64>(<i64>(<i8>byteAt(i)));
  return hash * 31 + name;
}

function withEnumerators(start: u64, id: u32, itemWords: u32): u64 {
  let hash = start;
  const end = tailOf(id) + vlenOf(id) * itemWords;
  for (let at = tailOf(id); at < end; at += itemWords) hash = withName(hash, offsetAt(at));
  return hash;
}

function withMembers(start: u64, id: u32): u64 {
  let hash = start;
  const end = tailOf(id) + vlenOf(id) * MEMBER_WORDS;
  for (let at = tailOf(id); at < end; at += MEMBER_WORDS)
    hash = withName(hash, offsetAt(at)) * 31 + hashIn(outer, itemType(at), 0);
  return hash;
}
