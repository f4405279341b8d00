/** Entries as the rows of a view. */
import { valueLimit } from "../../../btf/value-plan.ts";
import type { EntryBatch, MapContents } from "../../../model/contents.ts";
import type { MapInfo } from "../../../model/records.ts";
import { isPerCpu } from "../../../uapi/map-traits.ts";
import { forEachCpu } from "../entry.ts";
import { forEachEntry } from "../dump.ts";
import { type Combine, cpusSource } from "./cpus.ts";
import type { Budget } from "./node.ts";
import { bytesSource, type LeafSource } from "./read.ts";

/** What becomes of the values of all CPUs. */
export type PerCpu = Combine | "each";

/** An entry; of per-CPU maps what one CPU has, or all together. Good until the next row. */
export interface Row {
  readonly batch: EntryBatch;
  readonly at: number;
  /** Offsets of its values in those of the batch. */
  readonly starts: readonly number[];
  /** The CPU that has the value, in rows for each CPU. */
  readonly cpu?: number;
  /** Why the value could not be read. */
  readonly errno?: number;
}

/** At most `limit` entries. */
export function forEachRow(
  map: MapInfo,
  contents: MapContents,
  limit: number,
  perCpu: PerCpu,
  visit: (row: Row) => void,
): void {
  const ofCpus = isPerCpu(map.type);
  forEachEntry(map, contents, limit, (batch, at, errno) => {
    if (errno !== undefined) return visit({ batch, at, starts: [], errno });
    if (!ofCpus) return visit({ batch, at, starts: [at * batch.valueSize] });
    const starts: number[] = [];
    forEachCpu(map.valueSize, batch, at, (cpu, start) => {
      if (perCpu === "each") visit({ batch, at, starts: [start], cpu });
      else starts.push(start);
    });
    if (perCpu !== "each") visit({ batch, at, starts });
  });
}

/** The key and value of a row, and how much of them may be read. */
export interface RowParts {
  readonly key: LeafSource;
  readonly value: LeafSource;
  readonly budget: Budget;
}

export function rowParts(
  { keySize, valueSize }: MapInfo,
  { batch, at, starts }: Row,
  combine: PerCpu,
): RowParts {
  const [start = 0] = starts;
  return {
    key: bytesSource(batch.keys, at * keySize, keySize),
    value:
      combine === "each" || starts.length === 1
        ? bytesSource(batch.values, start, valueSize)
        : cpusSource({ bytes: batch.values, starts, size: valueSize }, combine),
    budget: { left: valueLimit(keySize + starts.length * valueSize) },
  };
}
