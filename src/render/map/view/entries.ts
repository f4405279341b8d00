/** The entries of a map, to be shown: what their rows and columns are. */
import type { MapContents } from "../../../model/contents.ts";
import type { MapInfo } from "../../../model/records.ts";
import { isPerCpu } from "../../../uapi/map-traits.ts";
import { type Column, columnsOf } from "./columns.ts";
import type { MapNodes } from "./map-nodes.ts";
import { forEachRow, type PerCpu, type Row, type RowParts, rowParts } from "./rows.ts";

export interface EntriesView {
  readonly map: MapInfo;
  readonly nodes: MapNodes;
  readonly perCpu: PerCpu;
  /** Of entries, not of rows. */
  readonly limit: number;
}

/** Between those of the key and those of the value stands the CPU, where each has a row of its own. */
export interface EntryColumns {
  readonly keys: readonly Column[];
  readonly cpu: boolean;
  readonly values: readonly Column[];
}

export const CPU = "cpu";

export function entryColumns({ map, nodes, perCpu }: EntriesView): EntryColumns {
  const cpu = perCpu === "each" && isPerCpu(map.type);
  const columns = columnsOf(nodes, cpu ? [CPU] : []);
  return {
    cpu,
    keys: columns.filter(({ part }) => part === "key"),
    values: columns.filter(({ part }) => part === "value"),
  };
}

export function forEachViewedRow(
  { map, nodes, perCpu, limit }: EntriesView,
  contents: MapContents,
  visit: (row: Row, parts: RowParts) => void,
): void {
  forEachRow(map, contents, limit, perCpu, (row) => {
    nodes.enter?.(row.batch);
    visit(row, rowParts(map, row, perCpu));
  });
}
