/** Cells of several lines as columns with two blanks between, no lines drawn. */
import type { TextSink } from "../../bytes/sink.ts";
import { toByteText } from "../../bytes/text.ts";
import { displayWidth, terminalText } from "../terminal-text.ts";

const GAP = "  ";
/** Columns are made no narrower than that. */
const NARROWEST = 16;

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
  const cells = [
    head.map((heading) => [heading]),
    ...rows.map((row) => row.map((lines) => lines.map(terminalText))),
  ];
  const limits = fitted(widthsOf(cells), width - GAP.length * (head.length - 1));
  const folds = cells.map((row) =>
    row.map((lines, i) => lines.flatMap((line) => folded(line, limits[i] ?? 0))),
  );
  const widths = widthsOf(folds);
  for (const row of folds) {
    const height = row.reduce((most, { length }) => Math.max(most, length), 0);
    for (let i = 0; i < height; i++) out.write(`${lineOf(row, i, widths)}\n`);
  }
}

type Cells = readonly (readonly string[])[];

/** Of each column, in columns of a terminal. */
function widthsOf(rows: readonly Cells[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, lines] of row.entries())
      for (const line of lines) widths[i] = Math.max(widths[i] ?? 0, displayWidth(line));
  return widths;
}

function lineOf(row: Cells, at: number, widths: readonly number[]): string {
  const parts = row.map((lines, i) => {
    const line = lines[at] ?? "";
    return line + " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(line)));
  });
  return toByteText(parts.join(GAP).trimEnd());
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
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const char of text) {
    const more = displayWidth(char);
    if (used + more > width) {
      const blank = line.trimEnd().lastIndexOf(" ");
      const at = blank > width / 2 ? blank + 1 : line.length;
      lines.push(line.slice(0, at));
      line = CONTINUED + line.slice(at);
      used = displayWidth(line);
    }
    line += char;
    used += more;
  }
  return [...lines, line];
}
