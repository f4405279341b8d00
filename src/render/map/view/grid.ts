/**
 * The lines of a table, one at a time, in the look of cli-table3 with `compact`: that package lays out all rows at
 * once, in a time that grows with their square.
 */
import { toByteText } from "../../../bytes/text.ts";
import { displayWidth } from "../../terminal-text.ts";

export interface GridColumn {
  readonly side: "left" | "right";
  /** Columns of a terminal, without the blanks around. */
  readonly width: number;
}

const BAR = toByteText("│");

/** `┌─────┬───┐` as byte text, with its newline. */
export function rule(columns: readonly GridColumn[], [left, middle, right]: readonly string[]): string {
  const dashes = columns.map(({ width }) => "─".repeat(width + 2));
  return toByteText(`${left}${dashes.join(middle)}${right}\n`);
}

export const TOP = ["┌", "┬", "┐"];
export const BETWEEN = ["├", "┼", "┤"];
export const BOTTOM = ["└", "┴", "┘"];

/** A row as byte text. Cells are ordinary strings and may have several lines; a wider one moves what is behind it. */
export function gridRow(columns: readonly GridColumn[], cells: readonly string[]): string {
  if (!cells.some((cell) => cell.includes("\n"))) return gridLine(columns, cells);
  const parts = cells.map((cell) => cell.split("\n"));
  const height = Math.max(...parts.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, line) =>
    gridLine(
      columns,
      parts.map((part) => part[line] ?? ""),
    ),
  );
  return lines.join("");
}

function gridLine(columns: readonly GridColumn[], cells: readonly string[]): string {
  let text = BAR;
  for (const [i, { side, width }] of columns.entries()) {
    const cell = cells[i] ?? "";
    const blanks = " ".repeat(Math.max(0, width - displayWidth(cell)));
    const content = toByteText(cell);
    text += side === "right" ? ` ${blanks}${content} ${BAR}` : ` ${content}${blanks} ${BAR}`;
  }
  return `${text}\n`;
}
