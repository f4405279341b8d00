/** How wide columns are: as wide as their cells, and where that is too much, text and lists give way. */

export interface ColumnWidth {
  /** The widest cell, heading included. */
  readonly wanted: number;
  /** Its cells may be cut to this width; undefined for numbers. */
  readonly least?: number;
}

/** What the bars of a table with so many columns take, and the blanks beside them. */
export function frameWidth(columns: number): number {
  return 3 * columns + 1;
}

/** Columns of the terminal that a table takes. */
export function tableWidth(widths: readonly number[]): number {
  return frameWidth(widths.length) + widths.reduce((sum, width) => sum + width, 0);
}

/** Widths that together take at most `room` columns of the terminal, frame included; undefined where they cannot. */
export function fitWidths(columns: readonly ColumnWidth[], room: number): number[] | undefined {
  const widths = columns.map(({ wanted }) => wanted);
  for (let excess = tableWidth(widths) - room; excess > 0; excess--) {
    const widest = widestThatGivesWay(columns, widths);
    if (widest < 0) return undefined;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** Its index; -1 where none does. */
function widestThatGivesWay(columns: readonly ColumnWidth[], widths: readonly number[]): number {
  let widest = -1;
  for (const [i, { least }] of columns.entries()) {
    const width = widths[i] as number;
    if (least !== undefined && width > least && width > (widths[widest] ?? 0)) widest = i;
  }
  return widest;
}
