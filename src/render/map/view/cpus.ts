/**
 * The values of all CPUs as one (`--percpu sum`, `max`): member by member, in exact numbers that may be larger than the
 * type of the member. What is no number (text, names of enumerators, pointers, addresses) stands for itself where all
 * CPUs have the same, else there is a list of what the CPUs have, each different value once, in the order of the CPUs.
 */
import type { BtfValue } from "../../../btf/value.ts";
import { type Budget, NONE, numberValue, type ReadInteger, type ViewLeaf } from "./node.ts";
import type { LeafSource } from "./read.ts";
import { valueText } from "./value-text.ts";

export type Combine = "sum" | "max";

/** Where the values of an entry are: their offsets in bytes, and how many bytes each has. */
export interface CpuValues {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly size: number;
}

export function cpusSource(values: CpuValues, combine: Combine): LeafSource {
  return {
    size: values.size,
    read: (leaf, offset, budget) => combineLeaf(leaf, combine, values, offset, budget),
  };
}

function combineLeaf(
  { integer, number, read }: ViewLeaf,
  combine: Combine,
  values: CpuValues,
  offset: number,
  budget: Budget,
): BtfValue {
  if (integer) return numberValue(combineIntegers(integer, combine, values, offset));
  const { bytes, starts, size } = values;
  const { left } = budget;
  const all = starts.map((start) => read(bytes, start + offset, start + size, { left }));
  return (number && combineFloats(all, combine)) ?? oneOfEach(all);
}

/** undefined where there are no CPUs, or the number is not within the value. */
export function combineIntegers(
  integer: ReadInteger,
  combine: Combine,
  { bytes, starts, size }: CpuValues,
  offset: number,
): number | bigint | undefined {
  let result: number | bigint | undefined;
  for (const start of starts) {
    const value = integer(bytes, start + offset, start + size);
    if (value === undefined) return undefined;
    if (result === undefined) result = value;
    else if (combine === "sum") result = addExactly(result, value);
    else if (value > result) result = value;
  }
  return result;
}

export function addExactly(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return BigInt(a) + BigInt(b);
}

/** undefined where one of them is not finite. */
function combineFloats(all: readonly BtfValue[], combine: Combine): BtfValue | undefined {
  let result: number | undefined;
  for (const value of all) {
    if (value.kind !== "float") return undefined;
    if (result === undefined) result = value.value;
    else result = combine === "sum" ? result + value.value : Math.max(result, value.value);
  }
  if (result === undefined) return undefined;
  return Number.isFinite(result) ? { kind: "float", value: result } : { kind: "text", value: String(result) };
}

function oneOfEach(all: readonly BtfValue[]): BtfValue {
  const different = new Map(all.map((value) => [`${value.kind} ${valueText(value)}`, value]));
  const items = [...different.values()];
  return items.length > 1 ? { kind: "list", items } : (items[0] ?? NONE);
}
