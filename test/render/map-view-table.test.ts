/** Tables: their look, their widths, and that short ones and streamed ones are alike. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromByteText } from "../../src/bytes/text.ts";
import type { BtfValue } from "../../src/btf/value.ts";
import type { TableColumn } from "../../src/render/map/view/cells.ts";
import { TableWriter } from "../../src/render/map/view/table.ts";
import { tableLayout } from "../../src/render/map/view/table-layout.ts";
import { fitWidths } from "../../src/render/map/view/widths.ts";
import { plainText } from "../support/rendered.ts";

const number = (value: number | bigint): BtfValue => ({ kind: "number", value: BigInt(value) });
const text = (value: string): BtfValue => ({ kind: "text", value });

const right = (heading: string): TableColumn => ({ heading, side: "right", lines: false });
const left = (heading: string): TableColumn => ({ heading, side: "left", lines: false });

function table(columns: readonly TableColumn[], rows: readonly (readonly BtfValue[])[]): string {
  const written = plainText((out) => {
    const writer = new TableWriter(out, columns);
    for (const row of rows) writer.row(row);
    writer.end();
  });
  return fromByteText(written);
}

const widestLine = (written: string) => Math.max(...written.split("\n").map((line) => line.length));

test("numbers stand on the right, text on the left", () => {
  const written = table(
    [right("pid"), left("comm"), right("count")],
    [
      [number(1), text("systemd"), number(12)],
      [number(31771), text("sh"), number(18446744073709551615n)],
    ],
  );
  expect(written).toBe(`\
┌───────┬─────────┬──────────────────────┐
│   pid │ comm    │                count │
├───────┼─────────┼──────────────────────┤
│     1 │ systemd │                   12 │
│ 31771 │ sh      │ 18446744073709551615 │
└───────┴─────────┴──────────────────────┘
`);
});

test("a table without rows has headings", () => {
  expect(table([right("key"), left("value")], [])).toBe(`\
┌─────┬───────┐
│ key │ value │
└─────┴───────┘
`);
});

test("lists of lines stand below each other", () => {
  const frames: TableColumn = { heading: "stack", side: "left", lines: true };
  const stack = (...names: string[]): BtfValue => ({ kind: "list", items: names.map(text) });
  expect(
    table(
      [right("key"), frames],
      [
        [number(7), stack("do_exit", "exit")],
        [number(8), stack()],
      ],
    ),
  ).toBe(`\
┌─────┬─────────┐
│ key │ stack   │
├─────┼─────────┤
│   7 │ do_exit │
│     │ exit    │
│   8 │         │
└─────┴─────────┘
`);
});

test("text and lists give way to fit 80 columns", () => {
  const long: BtfValue = { kind: "list", items: Array.from({ length: 60 }, (_, i) => number(i)) };
  const written = table([right("key"), left("a"), left("b")], [[number(1), text("x".repeat(70)), long]]);
  expect(widestLine(written)).toBeLessThanOrEqual(80);
  expect(written).toContain(`│ ${"x".repeat(32)}… │ [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …] `);
});

test("what does not fit 80 columns is upright", () => {
  const names = Array.from({ length: 6 }, (_, i) => `member_number_${i}`);
  const rows = [1, 2].map((row) => names.map((_, i) => number(10 * row + i)));
  const written = table(
    [...names.map(right), left("comm")],
    rows.map((row) => [...row, text("sh")]),
  );
  expect(written).toBe(`\
┌─────────────────┬────┐
│ member_number_0 │ 10 │
│ member_number_1 │ 11 │
│ member_number_2 │ 12 │
│ member_number_3 │ 13 │
│ member_number_4 │ 14 │
│ member_number_5 │ 15 │
│ comm            │ sh │
├─────────────────┼────┤
│ member_number_0 │ 20 │
│ member_number_1 │ 21 │
│ member_number_2 │ 22 │
│ member_number_3 │ 23 │
│ member_number_4 │ 24 │
│ member_number_5 │ 25 │
│ comm            │ sh │
└─────────────────┴────┘
`);
});

describe("long tables", () => {
  const columns = [right("key"), left("comm")];
  const rows = (count: number) => Array.from({ length: count }, (_, i) => [number(i), text(`task ${i}`)]);

  test.each([499, 500, 501, 2000])("%i rows", (count) => {
    const lines = table(columns, rows(count)).split("\n");
    expect(lines).toHaveLength(count + 5);
    expect(lines[3]).toMatch(/^│ +0 │ task 0 +│$/);
    expect(lines[count + 2]).toMatch(new RegExp(`^│ +${count - 1} │ task ${count - 1} +│$`));
    expect(lines[count + 3]).toMatch(/^└─+┴─+┘$/);
    expect(lines[count + 4]).toBe("");
  });

  test("the first rows tell the widths, and a wider one takes what it needs", () => {
    const lines = table(columns, [...rows(501), [number(123_456_789), text("x")]]).split("\n");
    expect(lines.at(-4)).toBe("│    500 │ task 500 │");
    expect(lines.at(-3)).toBe("│ 123456789 │ x        │");
  });

  test("rows leave as they come", () => {
    let written = 0;
    const write = (piece: string) => {
      written += piece.length;
    };
    const writer = new TableWriter({ write }, columns);
    for (const row of rows(500)) writer.row(row);
    expect(written).toBe(0);
    writer.row([number(1), text("x")]);
    const before = written;
    writer.row([number(2), text("y")]);
    expect(before).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(before);
  });
});

test("a streamed table looks as cli-table3 draws it", () => {
  const none = fc.constant({ kind: "none" } as const);
  const words = fc.oneof(
    none,
    fc.string({ maxLength: 60 }).map((value) => text(Buffer.from(value, "utf8").toString("latin1"))),
  );
  const numbers = fc.oneof(none, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(number));
  const columns = [left("key"), right("some number"), left("x")];
  fc.assert(
    fc.property(fc.array(fc.tuple(words, numbers, words), { minLength: 1, maxLength: 8 }), (rows) => {
      const layout = tableLayout(columns, rows);
      fc.pre(layout.widths !== undefined);
      const streamed = layout.head + rows.map(layout.row).join("") + layout.foot;
      expect(table(columns, rows)).toBe(fromByteText(streamed));
    }),
  );
});

describe("fitWidths", () => {
  test.each([
    ["all as wide as they want", [{ wanted: 5 }, { wanted: 7, least: 3 }], 30, [5, 7]],
    [
      "the widest gives way first",
      [
        { wanted: 20, least: 5 },
        { wanted: 10, least: 5 },
      ],
      30,
      [13, 10],
    ],
    [
      "then both",
      [
        { wanted: 20, least: 5 },
        { wanted: 10, least: 5 },
      ],
      20,
      [6, 7],
    ],
    ["numbers never do", [{ wanted: 20 }, { wanted: 10, least: 5 }], 32, [20, 5]],
    ["there is no room", [{ wanted: 20 }, { wanted: 10, least: 5 }], 31, undefined],
  ])("%s", (_, columns, room, widths) => {
    expect(fitWidths(columns, room)).toEqual(widths);
  });
});
