/** Text in the making: definitions; one that fails in the middle is not handed on. */
import { fail, Problem, write } from "./host";
import { MAX_DEFINITION, MAX_NAME } from "./limits";
import { END_OF_DEFINITION, MAX_TABS, TEXTS, Token } from "./tokens";
import { bytesStart } from "./types";

/** Whole definitions are handed on when they have so many bytes. */
const ENOUGH: usize = 1 << 16;
/** What one piece needs, at most. */
const ROOM: usize = MAX_NAME;
/** Bytes for prefixes of a BTF without names. */
const LEAST_PREFIXES: u32 = 1 << 16;

const ZERO: u32 = 0x30;

/** Where definitions are put together, and behind it. */
let text: usize = 0;
let limit: usize = 0;
/** Where the next byte goes. */
let at: usize = 0;
/** The type that is being defined, and where its definition starts. */
let id: u32 = 0;
let start: usize = 0;

/** Text that comes again and again, each with a NUL behind it: as much as there are names, and no more. */
let prefixes: usize = 0;
let prefixesEnd: u32 = 0;
let prefixesLimit: u32 = 0;

/** `byteCount`: of the strings. */
export function startDraft(byteCount: u32): void {
  prefixesLimit = LEAST_PREFIXES + byteCount;
  prefixes = heap.alloc(prefixesLimit);
  prefixesEnd = 1;
  text = heap.alloc(2 * ENOUGH);
  limit = text + 2 * ENOUGH;
  at = text;
  start = text;
}

/** The definition of type `id` starts here. */
export function begin(type: u32): void {
  id = type;
  start = at;
}

/** It ends here. */
export function end(): void {
  start = at;
  if (start - text >= ENOUGH) flush();
}

/** Hands on all whole definitions. */
export function flush(): void {
  if (start > text) write(text, start - text);
  start = text;
  at = text;
}

/** Bytes that have not been handed on. */
export function length(): u32 {
  return <u32>(at - text);
}

/** The name that starts at an offset of the strings. */
export function putName(offset: u32): void {
  if (!put(bytesStart() + offset)) fail(Problem.NameTooLong, offset);
}

export function putToken(token: Token): void {
  put(TEXTS + token);
}

/** What `keepPrefix` has returned. */
export function putPrefix(prefix: u32): void {
  put(prefixes + prefix);
}

/** A new line inside so many braces. */
export function putLine(level: u32): void {
  reserve();
  store<u8>(at++, 0x0a);
  for (let tabs = min(level, MAX_TABS); tabs > 0; tabs--) store<u8>(at++, 0x09);
}

export function endDefinition(): void {
  putToken(END_OF_DEFINITION);
  end();
}

/** Text up to a NUL; false where there is too much of it. */
function put(from: usize): bool {
  reserve();
  const last = from + MAX_NAME;
  let to = at;
  let next = from;
  let byte = load<u8>(next);
  while (byte !== 0 && next < last) {
    store<u8>(to++, byte);
    byte = load<u8>(++next);
  }
  at = to;
  return byte === 0;
}

/** In decimal. */
export function putNumber(value: u64): void {
  reserve();
  let digits: usize = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  at += digits;
  let to = at;
  let rest = value;
  for (; digits > 0; digits--) {
    store<u8>(--to, <u8>(ZERO + <u32>(rest % 10)));
    rest /= 10;
  }
}

export function putSigned(value: i64): void {
  reserve();
  if (value < 0) store<u8>(at++, 0x2d);
  putNumber(value < 0 ? <u64>0 - <u64>value : <u64>value);
}

/** Remembers what was written since there were `from` bytes, to be written again; 0 where there is no room for that. */
export function keepPrefix(from: u32): u32 {
  const size = length() - from;
  const prefix = prefixesEnd;
  if (size > MAX_NAME || prefix + size >= prefixesLimit) return 0;
  memory.copy(prefixes + prefix, text + from, size);
  store<u8>(prefixes + prefix + size, 0);
  prefixesEnd += size + 1;
  return prefix;
}

function reserve(): void {
  if (at + ROOM > limit) grow();
}

function grow(): void {
  if (at - start > MAX_DEFINITION) fail(Problem.DefinitionTooLong, id);
  const size = limit - text;
  const larger = heap.alloc(2 * size);
  memory.copy(larger, text, at - text);
  at = larger + (at - text);
  start = larger + (start - text);
  text = larger;
  limit = larger + 2 * size;
}
