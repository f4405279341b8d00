/**
 * Histograms in the look of BCC's print_log2_hist (bitehist and its relatives), and as JSON:
 *
 *     {"name":"bytes","negative":2,"rows":[{"low":0,"high":1,"count":3}]}
 */
import type { TextSink } from "../../../bytes/sink.ts";
import { toByteText } from "../../../bytes/text.ts";
import type { JsonWriter } from "../../../json/writer.ts";
import type { Histogram, HistogramRow } from "./slots.ts";
import { terminalText } from "../../terminal-text.ts";

interface Layout {
  /** Digits of a limit of a slot. */
  readonly digits: number;
  readonly stars: number;
}

/** Up to 32 bits; wider numbers leave less room for stars. */
const NARROW: Layout = { digits: 10, stars: 40 };
const WIDE: Layout = { digits: 20, stars: 20 };
const NARROW_SLOTS = 32;
const COUNT_DIGITS = 8;

export function histogramsPlain(out: TextSink, histograms: readonly Histogram[]): void {
  for (const [i, histogram] of histograms.entries()) {
    if (i > 0) out.write("\n");
    histogramPlain(out, histogram);
  }
}

function histogramPlain(out: TextSink, { name, rows, negative }: Histogram): void {
  const { digits, stars } = rows.length > NARROW_SLOTS ? WIDE : NARROW;
  const range = 2 * digits + 4;
  const most = rows.reduce((max, { count }) => (count > max ? count : max), 0 as number | bigint);
  if (name !== "") out.write(`${toByteText(terminalText(name))}\n`);
  out.write(`${"value".padStart(digits).padEnd(range)} : count     distribution\n`);
  if (negative > 0) out.write(row("below 0".padStart(digits).padEnd(range), negative, ""));
  for (const { low, high, count } of rows) {
    const limits = `${String(low).padStart(digits)} -> ${String(high).padEnd(digits)}`;
    out.write(row(limits, count, `|${"*".repeat(share(count, most, stars)).padEnd(stars)}|`));
  }
}

function row(range: string, count: number | bigint, bar: string): string {
  return `${`${range} : ${String(count).padEnd(COUNT_DIGITS)} ${bar}`.trimEnd()}\n`;
}

/** Stars for a count, of `stars` for the largest. */
function share(count: number | bigint, most: number | bigint, stars: number): number {
  return count > 0 ? Number((BigInt(stars) * BigInt(count)) / BigInt(most)) : 0;
}

export function histogramJson(json: JsonWriter, { name, rows, negative }: Histogram): void {
  json.startObject();
  if (name !== "") json.stringField("name", name);
  if (negative > 0) json.numberField("negative", negative);
  json.key("rows").startArray();
  for (const each of rows) rowJson(json, each);
  json.endArray().endObject();
}

function rowJson(json: JsonWriter, { low, high, count }: HistogramRow): void {
  json.startObject().numberField("low", low).numberField("high", high);
  json.numberField("count", count).endObject();
}
