/**
 * How a table is laid out, as its first rows tell: a line for each row, or, where that does not fit the terminal, a line
 * for each cell, headings on the left.
 */
import type { BtfValue } from "../../../btf/value.ts";
import { cellText, type TableColumn } from "./cells.ts";
import { BETWEEN, BOTTOM, type GridColumn, gridRow, rule, TOP } from "./grid.ts";
import { displayWidth } from "../../terminal-text.ts";
import { fitWidths, frameWidth, tableWidth } from "./widths.ts";

/** Byte text of whole lines, for rows that leave as they come. */
export interface TableLayout {
  /** The widths of columns, where each row is one line. */
  readonly widths: readonly number[] | undefined;
  readonly head: string;
  row(cells: readonly BtfValue[]): string;
  /** Between two rows. */
  readonly between: string;
  readonly foot: string;
}

/** Columns of the terminal. */
const ROOM = 80;
/** Text and lists are not cut below this. */
const LEAST_WIDTH = 12;
const MORE_DIGITS = 3;

/** `more`: rows will follow that are not known yet. */
export function tableLayout(
  columns: readonly TableColumn[],
  rows: readonly (readonly BtfValue[])[],
  more = false,
): TableLayout {
  const cells = columns.map((column, i) => widestCell(column, i, rows));
  const fitting = fitWidths(
    columns.map(({ heading, side }, i) => ({
      wanted: Math.max(displayWidth(heading), cells[i] as number),
      ...(side === "left" && { least: Math.max(LEAST_WIDTH, displayWidth(heading)) }),
    })),
    ROOM,
  );
  if (!fitting) return uprightLayout(columns, Math.max(...cells));
  return flatLayout(columns, more ? withReserve(columns, fitting) : fitting);
}

/** Numbers of rows to come may have more digits, as far as there is room for them. */
function withReserve(columns: readonly TableColumn[], widths: readonly number[]): number[] {
  let spare = ROOM - tableWidth(widths);
  return widths.map((width, i) => {
    const digits = columns[i]?.side === "right" ? Math.min(MORE_DIGITS, spare) : 0;
    spare -= digits;
    return width + digits;
  });
}

function widestCell(column: TableColumn, at: number, rows: readonly (readonly BtfValue[])[]): number {
  let widest = 0;
  for (const row of rows)
    for (const line of cellText(column, row[at] as BtfValue).split("\n"))
      widest = Math.max(widest, displayWidth(line));
  return widest;
}

function flatLayout(columns: readonly TableColumn[], widths: readonly number[]): TableLayout {
  const grid = columns.map(({ side }, i): GridColumn => ({ side, width: widths[i] as number }));
  const headings = columns.map(({ heading }) => heading);
  // A cell that is wider than those before moves what is behind it, as long as that fits.
  const spare = ROOM - tableWidth(widths);
  const limits = widths.map((width) => width + spare);
  return {
    widths,
    head: rule(grid, TOP) + gridRow(grid, headings) + rule(grid, BETWEEN),
    row: (cells) =>
      gridRow(
        grid,
        columns.map((column, i) => cellText(column, cells[i] as BtfValue, limits[i])),
      ),
    between: "",
    foot: rule(grid, BOTTOM),
  };
}

/** `widest`: of all cells. */
function uprightLayout(columns: readonly TableColumn[], widest: number): TableLayout {
  const names = Math.max(...columns.map(({ heading }) => displayWidth(heading)));
  const width = Math.min(widest, Math.max(LEAST_WIDTH, ROOM - frameWidth(2) - names));
  const grid: GridColumn[] = [
    { side: "left", width: names },
    { side: "left", width },
  ];
  return {
    widths: undefined,
    head: rule(grid, TOP),
    row: (cells) =>
      columns
        .map((column, i) => gridRow(grid, [column.heading, cellText(column, cells[i] as BtfValue, width)]))
        .join(""),
    between: rule(grid, BETWEEN),
    foot: rule(grid, BOTTOM),
  };
}
