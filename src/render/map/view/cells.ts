/** The cells of a row as text, by the columns that they stand in. */
import type { BtfValue } from "../../../btf/value.ts";
import { valueText } from "./value-text.ts";

export interface TableColumn {
  /** An ordinary string, fit for a terminal. */
  readonly heading: string;
  /** Numbers stand on the right and are never cut. */
  readonly side: "left" | "right";
  /** Each item of a list stands on a line of its own. */
  readonly lines: boolean;
}

/** Each line has at most `width` columns of the terminal, where it is no number. */
export function cellText({ lines }: TableColumn, value: BtfValue, width?: number): string {
  if (!lines || value.kind !== "list") return valueText(value, width);
  return value.items.map((item) => valueText(item, width)).join("\n");
}
