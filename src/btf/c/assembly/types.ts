/**
 * The types, as RawTypes has them. What is asked about an id must be in its range, 0 (void) to `count` - 1; what is asked about
 * a word is its index. Behind the last word are some zeros, which void begins at.
 */
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_NAME } from "./limits";

const TYPE_WORDS: u32 = 3;
/** Words of a member, enumerator or parameter; the first is the name. */
export const MEMBER_WORDS: u32 = 3;
export const ENUMERATOR_WORDS: u32 = 2;
export const ENUMERATOR64_WORDS: u32 = 3;
export const PARAMETER_WORDS: u32 = 2;

/** One more than the largest type id. */
export let count: u32 = 0;
export let bytesLength: u32 = 0;
let words: usize = 0;
let starts: usize = 0;
let kinds: usize = 0;
let bytes: usize = 0;

/** Room for what TypeScript fills in. */
export function allocateTypes(typeCount: u32, wordCount: u32, byteCount: u32): void {
  count = typeCount;
  bytesLength = byteCount;
  words = heap.alloc((wordCount + 4) << 2);
  starts = heap.alloc(typeCount << 2);
  kinds = heap.alloc(typeCount);
  bytes = heap.alloc(byteCount + 1);
}

export function wordsStart(): usize {
  return words;
}
export function startsStart(): usize {
  return starts;
}
export function kindsStart(): usize {
  return kinds;
}
export function bytesStart(): usize {
  return bytes;
}

export function word(at: u32): u32 {
  return load<u32>(words + ((<usize>at) << 2));
}

function startOf(id: u32): u32 {
  return load<u32>(starts + ((<usize>id) << 2));
}

export function byteAt(offset: u32): u32 {
  return load<u8>(bytes + offset);
}

export function kindOf(id: u32): u32 {
  return load<u8>(kinds + id);
}

/** Whether a type says something about another one, an array about its elements included. */
export function isReference(id: u32): bool {
  switch (kindOf(id)) {
    case KIND.PTR:
    case KIND.ARRAY:
    case KIND.TYPEDEF:
    case KIND.VOLATILE:
    case KIND.CONST:
    case KIND.RESTRICT:
    case KIND.TYPE_TAG:
      return true;
    default:
      return false;
  }
}

/** The type that a reference is about. */
export function referenceOf(id: u32): u32 {
  return kindOf(id) === KIND.ARRAY ? elementOf(id) : targetOf(id);
}

/** How many items a type has. */
export function vlenOf(id: u32): u32 {
  return word(startOf(id) + 1) & 0xff_ffff;
}

export function flagOf(id: u32): bool {
  return word(startOf(id) + 1) >>> 31 === 1;
}

/** In bytes, of a type that is no reference. */
export function sizeIn(id: u32): u32 {
  return word(startOf(id) + 2);
}

/** The type that a reference refers to, that a function returns. */
export function targetOf(id: u32): u32 {
  return word(startOf(id) + 2);
}

/** Index of the first word behind the three that all types have: an array's element, the first item. */
export function tailOf(id: u32): u32 {
  return startOf(id) + TYPE_WORDS;
}

/** Type of the elements of an array. */
export function elementOf(id: u32): u32 {
  return word(tailOf(id));
}

export function arrayLength(id: u32): u32 {
  return word(tailOf(id) + 2);
}

/** Type of a member or parameter. */
export function itemType(item: u32): u32 {
  return word(item + 1);
}

/** Of the member of a type with such a flag, in bits. */
export function bitOffset(member: u32, flag: bool): u32 {
  const value = word(member + 2);
  return flag ? value & 0xff_ffff : value;
}

/** Bits of a bit field; 0 where the member is none. */
export function bitSize(member: u32, flag: bool): u32 {
  return flag ? word(member + 2) >>> 24 : 0;
}

export function hasName(id: u32): bool {
  return byteAt(nameOffset(id)) !== 0;
}

/** Where the name of a type starts in the strings. */
export function nameOffset(id: u32): u32 {
  return offsetAt(startOf(id));
}

/** Where the name starts whose offset is word `at`; that of "" where the strings do not reach that far. */
export function offsetAt(at: u32): u32 {
  const offset = word(at);
  return offset < bytesLength ? offset : 0;
}

/** Offset of the NUL behind the name that starts at an offset of the strings. */
export function nameEnd(start: u32): u32 {
  let end = start;
  while (byteAt(end) !== 0) end++;
  if (end - start > MAX_NAME) fail(Problem.NameTooLong, start);
  return end;
}

/** `name` is ASCII. */
export function isNamed(id: u32, name: string): bool {
  const start = nameOffset(id);
  for (let i = 0; i < name.length; i++) if (byteAt(start + i) !== <u32>name.charCodeAt(i)) return false;
  return byteAt(start + name.length) === 0;
}
