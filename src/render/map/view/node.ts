/**
 * How keys and values are read for people: a plan (btf/value-plan.ts) with fewer kinds of nodes. Integers can be
 * computed with, char arrays are text, and what a name or type says of the bytes (form.ts) becomes part of the node.
 *
 * Offsets and sizes are in bytes. `end` is where the bytes of the whole key or value end: what lies past it is none.
 */
import type { BtfValue } from "../../../btf/value.ts";

export type ViewNode = ViewLeaf | ViewList | ViewFields;

export interface ViewLeaf {
  readonly kind: "leaf";
  readonly read: ReadLeaf;
  /** What can be added and compared: integers have `integer`, too. */
  readonly number?: "integer" | "float";
  /** The same integer that `read` gives. */
  readonly integer?: ReadInteger;
  /** Each item of its list stands on a line of its own. */
  readonly lines?: true;
}

export type ReadLeaf = (bytes: Uint8Array, at: number, end: number, budget: Budget) => BtfValue;
export type ReadInteger = (bytes: Uint8Array, at: number, end: number) => number | bigint | undefined;

/** `count` times the same, `stride` bytes apart. */
export interface ViewList {
  readonly kind: "list";
  readonly item: ViewNode;
  readonly stride: number;
  readonly count: number;
}

export interface ViewFields {
  readonly kind: "fields";
  readonly fields: readonly ViewField[];
}

export interface ViewField {
  /** Byte text; "" where the members of the node stand for themselves. */
  readonly name: string;
  readonly offset: number;
  readonly node: ViewNode;
}

/** So many values and bytes of text may still be read. */
export interface Budget {
  left: number;
}

export const NONE: BtfValue = { kind: "none" };

export function leaf(read: ReadLeaf): ViewLeaf {
  return { kind: "leaf", read };
}

export function integerLeaf(integer: ReadInteger): ViewLeaf {
  const read: ReadLeaf = (bytes, at, end) => numberValue(integer(bytes, at, end));
  return { kind: "leaf", read, number: "integer", integer };
}

/** A leaf of exactly `size` bytes. */
export function textLeaf(size: number, text: (bytes: Uint8Array, at: number) => string): ViewLeaf {
  return leaf((bytes, at, end) => (at + size > end ? NONE : { kind: "text", value: text(bytes, at) }));
}

export function numberValue(value: number | bigint | undefined): BtfValue {
  return value === undefined ? NONE : { kind: "number", value: BigInt(value) };
}
