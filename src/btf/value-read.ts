/**
 * Values out of bytes, as a plan's nodes say. Numbers are exact: number as long as it can hold them, bigint beyond. None
 * of these looks for the end of the bytes.
 */
import type { BitsNode, ListNode, NumberSize, TextNode } from "./value-plan.ts";

/** So many bytes make a safe integer. */
const SAFE_BYTES = 6;

const scratch = new DataView(new ArrayBuffer(8));

/** What is read as a machine number. */
interface NumberLayout {
  readonly size: NumberSize;
  readonly signed: boolean;
}

export function readNumber(
  bytes: Uint8Array,
  at: number,
  { size, signed }: NumberLayout,
  littleEndian: boolean,
): number | bigint {
  switch (size) {
    case 1:
      return signed ? ((bytes[at] as number) << 24) >> 24 : (bytes[at] as number);
    case 2:
      return signed ? (read16(bytes, at, littleEndian) << 16) >> 16 : read16(bytes, at, littleEndian);
    case 4:
      return signed ? read32(bytes, at, littleEndian) : read32(bytes, at, littleEndian) >>> 0;
    case 8: {
      const upper = read32(bytes, littleEndian ? at + 4 : at, littleEndian);
      const lower = read32(bytes, littleEndian ? at : at + 4, littleEndian);
      return join(signed ? upper : upper >>> 0, lower);
    }
  }
}

function read16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [low, high] = littleEndian ? [at, at + 1] : [at + 1, at];
  return (bytes[low] as number) | ((bytes[high] as number) << 8);
}

/** As a signed number. */
function read32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const third = bytes[at + 2] as number;
  const fourth = bytes[at + 3] as number;
  return littleEndian
    ? first | (second << 8) | (third << 16) | (fourth << 24)
    : fourth | (third << 8) | (second << 16) | (first << 24);
}

/** The number of two 32-bit halves: `upper`, in the sign of the result, and any 32 bits. */
function join(upper: number, lower: number): number | bigint {
  const value = upper * 2 ** 32 + (lower >>> 0);
  if (Number.isSafeInteger(value)) return value;
  scratch.setInt32(0, upper);
  scratch.setInt32(4, lower);
  return upper < 0 ? scratch.getBigInt64(0) : scratch.getBigUint64(0);
}

/** Of two, up to those that safe integers are made of. */
const POWERS = Array.from({ length: SAFE_BYTES * 8 + 1 }, (_, exponent) => 2 ** exponent);

function power(exponent: number): number {
  return POWERS[exponent] as number;
}

/** Bits, counted as the byte order counts them. */
export function readBits(
  bytes: Uint8Array,
  at: number,
  { size, shift, count, signed }: BitsNode,
  littleEndian: boolean,
): number | bigint {
  const dropped = littleEndian ? shift : size * 8 - shift - count;
  if (size > SAFE_BYTES) return readManyBits(bytes, at, size, dropped, count, signed, littleEndian);
  let value = 0;
  for (let i = 0; i < size; i++)
    value = value * 0x100 + (bytes[littleEndian ? at + size - 1 - i : at + i] as number);
  const kept = Math.floor(value / power(dropped));
  const limit = power(count);
  const bits = kept - Math.floor(kept / limit) * limit;
  return signed && bits >= limit / 2 ? bits - limit : bits;
}

function readManyBits(
  bytes: Uint8Array,
  at: number,
  size: number,
  dropped: number,
  count: number,
  signed: boolean,
  littleEndian: boolean,
): bigint {
  const part = Uint8Array.from(bytes.subarray(at, at + size));
  if (littleEndian) part.reverse();
  let value = 0n;
  for (const byte of part) value = (value << 8n) | BigInt(byte);
  value >>= BigInt(dropped);
  return signed ? BigInt.asIntN(count, value) : BigInt.asUintN(count, value);
}

/** Of 4 bytes: the shortest decimal that is this float and no other. */
export function readFloat(bytes: Uint8Array, at: number, size: 4 | 8, littleEndian: boolean): number {
  for (let i = 0; i < size; i++) scratch.setUint8(i, bytes[at + i] as number);
  return size === 8 ? scratch.getFloat64(0, littleEndian) : shortest(scratch.getFloat32(0, littleEndian));
}

/** So many digits tell every float (FLT_DECIMAL_DIG); of those that fewer tell, these are right (FLT_DIG). */
const MAX_DIGITS = 9;
const SURE_DIGITS = 6;
const MIN_NORMAL = 2 ** -126;

function shortest(float: number): number {
  const least = Math.abs(float) < MIN_NORMAL ? 1 : SURE_DIGITS;
  for (let digits = least; digits <= MAX_DIGITS; digits++) {
    const decimal = Number(float.toPrecision(digits));
    if (Object.is(Math.fround(decimal), float)) return decimal;
  }
  return float;
}

/** Where a text ends: at a NUL with only printable characters before it; -1 where the bytes are no text. */
export function textEnd(bytes: Uint8Array, at: number, { length }: TextNode, end: number): number {
  const stop = at + length;
  for (let i = at; i < stop && stop <= end; i++) {
    const byte = bytes[i] as number;
    if (byte === 0) return i;
    if (!isPrintable(byte)) return -1;
  }
  return -1;
}

export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** Items of a list that start before `end`. */
export function itemCount({ count, stride }: ListNode, at: number, end: number): number {
  return stride > 0 ? Math.min(count, Math.ceil((end - at) / stride)) : count;
}
