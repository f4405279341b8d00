/** Cells of several lines as columns with two blanks between, no lines drawn. */
import Table from "cli-table3";
import type { TextSink } from "../../bytes/sink.ts";
import { toByteText } from "../../bytes/text.ts";
import { displayWidth, terminalText } from "../terminal-text.ts";

const GAP = "  ";
/** Columns are made no narrower than that. */
const NARROWEST = 16;

const PARTS = ["", "-mid", "-left", "-right"];
const NO_LINES = {
  ...Object.fromEntries(
    ["top", "bottom", "mid"].flatMap((line) => PARTS.map((part) => [`${line}${part}`, ""])),
  ),
  ...{ left: "", "left-mid": "", "mid-mid": "", right: "", "right-mid": "", middle: GAP },
};
const STYLE = { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true };

/**
 * Rows of cells of lines (byte text); nothing without rows. What is wider than `width` is folded, the widest column first.
 * Nothing is left out.
 */
export function writeColumns(
  out: TextSink,
  head: readonly string[],
  rows: readonly (readonly (readonly string[])[])[],
  width = Number.POSITIVE_INFINITY,
): void {
  if (rows.length === 0) return;
  const cells = rows.map((row) => row.map((lines) => lines.map(terminalText)));
  const widths = head.map((heading, i) =>
    Math.max(displayWidth(heading), ...cells.flatMap((row) => (row[i] ?? []).map(displayWidth))),
  );
  const fitting = fitted(widths, width - GAP.length * (head.length - 1));
  const table = new Table({ head: [...head], chars: NO_LINES, style: STYLE });
  for (const row of cells)
    table.push(row.map((lines, i) => lines.flatMap((line) => folded(line, fitting[i] ?? 0)).join("\n")));
  out.write(`${toByteText(table.toString().replace(/ +$/gm, ""))}\n`);
}

/** The widest columns give way until all fit into `room`, or are as narrow as may be. */
function fitted(widths: readonly number[], room: number): number[] {
  const fitting = [...widths];
  let excess = fitting.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...fitting);
    if (widest <= NARROWEST) break;
    fitting[fitting.lastIndexOf(widest)] = widest - 1;
    excess--;
  }
  return fitting;
}

const CONTINUED = "  ";

/** Lines of at most `width` columns, broken at a blank where there is one in the second half. */
function folded(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const char of text) {
    if (displayWidth(line + char) > width) {
      const blank = line.trimEnd().lastIndexOf(" ");
      const at = blank > width / 2 ? blank + 1 : line.length;
      lines.push(line.slice(0, at));
      line = `${CONTINUED}${line.slice(at)}`;
    }
    line += char;
  }
  return [...lines, line];
}
