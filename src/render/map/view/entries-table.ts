/** The entries of a map as a table. */
import type { TextSink } from "../../../bytes/sink.ts";
import type { BtfValue } from "../../../btf/value.ts";
import type { MapContents } from "../../../model/contents.ts";
import { entryErrorText } from "../entry.ts";
import type { TableColumn } from "./cells.ts";
import type { Column } from "./columns.ts";
import { CPU, type EntriesView, entryColumns, forEachViewedRow } from "./entries.ts";
import { NONE } from "./node.ts";
import { readNode } from "./read.ts";
import type { Row } from "./rows.ts";
import { TableWriter } from "./table.ts";
import { cutText, terminalText } from "../../terminal-text.ts";

/** Columns of the terminal: a longer heading would leave no room for a cell beside it. */
const MAX_HEADING = 60;
/** Values, or bytes of text, that are read for one cell: more than a line has room for. */
const CELL_LIMIT = 256;

/** Nothing is written where the map cannot be listed: the contents' end tells why. */
export function entriesTable(out: TextSink, view: EntriesView, contents: MapContents): void {
  const { keys, cpu, values } = entryColumns(view);
  const table = new TableWriter(out, [
    ...keys.map(tableColumn),
    ...(cpu ? [{ heading: CPU, side: "right", lines: false } as const] : []),
    ...values.map(tableColumn),
  ]);
  let rows = 0;
  forEachViewedRow(view, contents, (row, parts) => {
    rows++;
    const read = ({ part, node, offset }: Column) =>
      readNode(node, parts[part], offset, { left: CELL_LIMIT });
    table.row([
      ...keys.map(read),
      ...(cpu ? [cpuValue(row)] : []),
      ...(row.errno === undefined
        ? values.map(read)
        : errorCells(entryErrorText(view.map, row.errno), values.length)),
    ]);
  });
  if (rows > 0 || contents.end.errno === undefined) table.end();
}

function tableColumn({ heading, node }: Column): TableColumn {
  const leaf = node.kind === "leaf" ? node : undefined;
  return {
    heading: cutText(terminalText(heading), MAX_HEADING),
    side: leaf?.number ? "right" : "left",
    lines: leaf?.lines ?? false,
  };
}

function cpuValue({ cpu }: Row): BtfValue {
  return cpu === undefined ? NONE : { kind: "number", value: BigInt(cpu) };
}

/** The text stands in the first column of the value. */
function errorCells(text: string, columns: number): BtfValue[] {
  return Array.from({ length: columns }, (_, i) => (i === 0 ? { kind: "text", value: text } : NONE));
}
