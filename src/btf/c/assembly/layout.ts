/** Where members lie: what a compiler does by itself, and what it has to be told. */
import { putLine, putNumber, putToken } from "./draft";
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_DEPTH, spend } from "./limits";
import { CHAR, END_OF_MEMBER, INT_KEYWORD, LONG, SHORT, Token, WIDTH } from "./tokens";
import {
  arrayLength,
  bitOffset,
  bitSize,
  count,
  elementOf,
  flagOf,
  itemType,
  kindOf,
  MEMBER_WORDS,
  sizeIn,
  tailOf,
  targetOf,
  vlenOf,
} from "./types";

/** In place of the alignment of a type that is being looked at. */
const OPEN: i32 = -1;
/** An array of so many bytes has no size (libbpf btf.c:btf__resolve_size). */
const SIZE_LIMIT: u64 = 1 << 32;

/** What a filler costs: a struct without members may need any number of them. */
const FILLER_STEPS: u64 = 2;

/** In bytes. */
export let pointerSize: u32 = 8;
/** By type id; 0 where it is not known yet. */
let alignments: usize = 0;
/** By type id; 0 where it is not known yet. */
let sizes: usize = 0;
/** 1 for composites whose members or size do not fit their alignment, by type id. */
let misfits: usize = 0;

export function startLayout(pointer: u32): void {
  pointerSize = pointer;
  alignments = heap.alloc(count << 2);
  sizes = heap.alloc(count << 2);
  misfits = heap.alloc(count);
}

/** In bytes, at least 1; 1 for a composite that looks packed (libbpf btf.c:btf__align_of). */
export function alignmentOf(id: u32, depth: u32 = 0): u32 {
  const place = alignments + ((<usize>id) << 2);
  const known = load<i32>(place);
  if (known > 0) return known;
  if (known === OPEN) fail(Problem.ContainsItself, id);
  if (depth > MAX_DEPTH) fail(Problem.TooDeep, id);
  store<i32>(place, OPEN);
  const alignment = newAlignment(id, depth);
  store<i32>(place, alignment);
  return alignment;
}

function newAlignment(id: u32, depth: u32): u32 {
  switch (kindOf(id)) {
    case KIND.INT:
    case KIND.ENUM:
    case KIND.ENUM64:
    case KIND.FLOAT:
      return max<u32>(1, min(pointerSize, sizeIn(id)));
    case KIND.PTR:
      return pointerSize;
    case KIND.TYPEDEF:
    case KIND.VOLATILE:
    case KIND.CONST:
    case KIND.RESTRICT:
    case KIND.TYPE_TAG:
      return alignmentOf(targetOf(id), depth + 1);
    case KIND.ARRAY:
      return alignmentOf(elementOf(id), depth + 1);
    case KIND.STRUCT:
    case KIND.UNION:
      return compositeAlignment(id, depth);
    default:
      return 1;
  }
}

function compositeAlignment(id: u32, depth: u32): u32 {
  const flag = flagOf(id);
  const end = tailOf(id) + vlenOf(id) * MEMBER_WORDS;
  let largest: u32 = 1;
  let fits = true;
  for (let member = tailOf(id); member < end; member += MEMBER_WORDS) {
    const alignment = alignmentOf(itemType(member), depth + 1);
    if (bitSize(member, flag) === 0 && bitOffset(member, flag) % (8 * alignment) !== 0) fits = false;
    if (alignment > largest) largest = alignment;
  }
  if (fits && sizeIn(id) % largest === 0) return largest;
  store<u8>(misfits + id, 1);
  return 1;
}

/** Whether a compiler would lay out a struct or union otherwise; no union is (libbpf btf_dump.c:btf_is_struct_packed). */
export function isPacked(id: u32): bool {
  return kindOf(id) === KIND.STRUCT && alignmentOf(id) === 1 && load<u8>(misfits + id) === 1;
}

/** In bytes; 0 where a type has none (libbpf btf.c:btf__resolve_size). */
export function sizeOfType(id: u32): u32 {
  const place = sizes + ((<usize>id) << 2);
  const known = load<u32>(place);
  if (known !== 0) return known;
  const size = newSize(id);
  store<u32>(place, size);
  return size;
}

function newSize(id: u32): u32 {
  let times: u64 = 1;
  let at = id;
  for (let depth: u32 = 0; depth <= MAX_DEPTH; depth++) {
    switch (kindOf(at)) {
      case KIND.INT:
      case KIND.STRUCT:
      case KIND.UNION:
      case KIND.ENUM:
      case KIND.ENUM64:
      case KIND.FLOAT:
      case KIND.DATASEC:
        return withinLimit(times * sizeIn(at));
      case KIND.PTR:
        return withinLimit(times * pointerSize);
      case KIND.ARRAY:
        times = withinLimit(times * arrayLength(at));
        at = elementOf(at);
        break;
      case KIND.TYPEDEF:
      case KIND.VOLATILE:
      case KIND.CONST:
      case KIND.RESTRICT:
      case KIND.TYPE_TAG:
      case KIND.DECL_TAG:
      case KIND.VAR:
        at = targetOf(at);
        break;
      default:
        return 0;
    }
  }
  fail(Problem.TooDeep, id);
  return 0;
}

function withinLimit(size: u64): u32 {
  return size < SIZE_LIMIT ? <u32>size : 0;
}

/**
 * Bit fields without names, for the bits `from` to `to` of struct `id` (libbpf btf_dump.c:btf_dump_emit_bit_padding).
 * `alignment`: of what follows, in bytes. `betweenBitFields`: what precedes and what follows are bit fields.
 */
export function putPadding(
  id: u32,
  from: u64,
  to: u64,
  alignment: u32,
  betweenBitFields: bool,
  level: u32,
): void {
  let at = from;
  const bits = largestWithin(from, to);
  if (bits > 0) {
    const type = bits === 8 * <u64>pointerSize ? LONG : integerOf(bits);
    at = roundUp(from, bits);
    const skipped = at - from;
    const left = to - at;
    if (skipped > 0 && betweenBitFields) putFiller(type, skipped, level);
    else if (skipped > 0 && (left === 0 ? roundUp(from, 8 * alignment) !== at : left <= skipped))
      putFiller(type, 0, level);
    const times = left / bits;
    spend(id, FILLER_STEPS * times);
    for (let i: u64 = 0; i < times; i++) putFiller(type, bits, level);
    at += times * bits;
  }
  if (at < to) putFiller(integerOf(smallestOf(to - at)), to - at, level);
}

function putFiller(type: Token, bits: u64, level: u32): void {
  putLine(level);
  putToken(type);
  putWidth(bits);
  putToken(END_OF_MEMBER);
}

/** Of a bit field. */
export function putWidth(bits: u64): void {
  putToken(WIDTH);
  putNumber(bits);
}

function integerOf(bits: u64): Token {
  if (bits === 8) return CHAR;
  if (bits === 16) return SHORT;
  return bits === 32 ? INT_KEYWORD : LONG;
}

/** Bits of the largest integer that begins between two bits; 0 where none does. */
function largestWithin(from: u64, to: u64): u64 {
  for (let bits: u64 = 8 * pointerSize; bits >= 8; bits /= 2) if (roundUp(from, bits) <= to) return bits;
  return 0;
}

function smallestOf(wanted: u64): u64 {
  let smallest: u64 = 8 * pointerSize;
  while (smallest > 8 && smallest / 2 >= wanted) smallest /= 2;
  return smallest;
}

function roundUp(value: u64, step: u64): u64 {
  return ((value + step - 1) / step) * step;
}
