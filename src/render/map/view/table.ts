/**
 * Rows of values as a table. The first rows tell how it is laid out. A short one is drawn by cli-table3; of a longer
 * one each row leaves as it comes, in the same look, so that a million take no memory.
 */
import Table from "cli-table3";
import type { TextSink } from "../../../bytes/sink.ts";
import { toByteText } from "../../../bytes/text.ts";
import type { BtfValue } from "../../../btf/value.ts";
import { cellText, type TableColumn } from "./cells.ts";
import { type TableLayout, tableLayout } from "./table-layout.ts";

/** So many rows are looked at first. cli-table3 takes 0.3 s for the cells, and the square of that for more. */
const MAX_FIRST_ROWS = 500;
const MAX_FIRST_CELLS = 5000;

export class TableWriter {
  readonly #out: TextSink;
  readonly #columns: readonly TableColumn[];
  readonly #maxFirst: number;
  #first: (readonly BtfValue[])[] = [];
  /** Once rows leave as they come. */
  #layout: TableLayout | undefined;

  constructor(out: TextSink, columns: readonly TableColumn[]) {
    this.#out = out;
    this.#columns = columns;
    const fitting = Math.floor(MAX_FIRST_CELLS / Math.max(1, columns.length));
    this.#maxFirst = Math.max(1, Math.min(MAX_FIRST_ROWS, fitting));
  }

  /** One value for each column. */
  row(cells: readonly BtfValue[]): void {
    if (!this.#layout && this.#first.length < this.#maxFirst) return void this.#first.push(cells);
    const layout = this.#layout ?? this.#start(tableLayout(this.#columns, this.#first, true));
    this.#out.write(layout.between + layout.row(cells));
  }

  end(): void {
    let layout = this.#layout;
    if (!layout) {
      layout = tableLayout(this.#columns, this.#first);
      if (layout.widths) return this.#out.write(toByteText(`${this.#drawn(layout.widths)}\n`));
      this.#start(layout);
    }
    this.#out.write(layout.foot);
  }

  /** Writes what there is so far. */
  #start(layout: TableLayout): TableLayout {
    this.#layout = layout;
    this.#out.write(layout.head);
    for (const [i, cells] of this.#first.entries())
      this.#out.write((i > 0 ? layout.between : "") + layout.row(cells));
    this.#first = [];
    return layout;
  }

  #drawn(widths: readonly number[]): string {
    const table = new Table({
      head: this.#columns.map(({ heading }) => heading),
      colAligns: this.#columns.map(({ side }) => side),
      style: { head: [], border: [], compact: true },
    });
    for (const cells of this.#first)
      table.push(this.#columns.map((column, i) => cellText(column, cells[i] as BtfValue, widths[i])));
    return table.toString();
  }
}
