/** Bytes that may be text. */
import { hexByte } from "../../../bytes/hex.ts";
import { byteText } from "../../../bytes/text.ts";
import type { BtfValue } from "../../../btf/value.ts";
import { type Budget, leaf, NONE, type ViewLeaf } from "./node.ts";

/** Control characters other than tab and line feed. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

/**
 * A char array of `length` bytes, with or without a NUL. It is text where it reads as text up to its NUL, or where
 * nothing is lost if it is printed as such, since only NULs follow; else it is a list of numbers.
 */
export function charsLeaf(length: number): ViewLeaf {
  return leaf((bytes, at, end, budget) => {
    if (at + length > end) return NONE;
    const nul = bytes.subarray(at, at + length).indexOf(0);
    const stop = nul < 0 ? at + length : at + nul;
    if (!isText(bytes, at, stop) && !isZero(bytes, stop, at + length))
      return numbers(bytes, at, at + length, budget);
    return { kind: "text", value: byteText(bytes, at, at + take(budget, stop - at)) };
  });
}

function isText(bytes: Uint8Array, from: number, to: number): boolean {
  return !CONTROL.test(byteText(bytes, from, to));
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function numbers(bytes: Uint8Array, from: number, to: number, budget: Budget): BtfValue {
  const items = [...bytes.subarray(from, from + take(budget, to - from))];
  return { kind: "list", items: items.map((byte) => ({ kind: "number", value: BigInt(byte) })) };
}

/** `01 02 0a`, for bytes of which no type is known. */
export function hexLeaf(length: number): ViewLeaf {
  return leaf((bytes, at, end, budget) => {
    if (at + length > end) return NONE;
    const shown = bytes.subarray(at, at + take(budget, length));
    return { kind: "text", value: Array.from(shown, hexByte).join(" ") };
  });
}

/** At most `wanted`, of what the budget has left. */
function take(budget: Budget, wanted: number): number {
  const taken = Math.max(0, Math.min(wanted, budget.left));
  budget.left -= taken;
  return taken;
}
