import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import type { LineInfo } from "../../src/btf/ext-info.ts";
import { LineCursor, lineAt, sourceLine } from "../../src/code/source-lines.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

/** Records at these slots; each has its index as line number. */
function records(...offsets: readonly number[]): LineInfo[] {
  return offsets.map((insnOff, line) => ({ insnOff, fileNameOff: 0, lineOff: 0, line, column: 0 }));
}

/** The record shown above each of the first `count` slots: its index, or "." for none. */
function shown(lines: readonly LineInfo[], count: number): string {
  const cursor = new LineCursor(lines);
  return Array.from({ length: count }, (_, pc) => cursor.at(pc)?.line ?? ".").join(" ");
}

describe("LineCursor.at()", () => {
  const ROWS: readonly (readonly [what: string, offsets: readonly number[], expected: string])[] = [
    ["no records", [], ". . . ."],
    ["one for each slot", [0, 1, 2, 3], "0 1 2 3"],
    ["gaps", [0, 3], "0 . . 1"],
    ["nothing before the first", [2], ". . 0 ."],
    // The skip count grows by one, not to the record found: the last of several is printed once for each.
    ["two at one slot", [0, 0, 2], "1 1 2 ."],
    ["three at one slot", [0, 0, 0], "2 2 2 ."],
    ["several at a later slot", [0, 2, 2, 3], "0 . 2 3"],
    ["all behind the end", [9, 10], ". . . ."],
    ["records out of order", [3, 1], ". . . 1"],
  ];
  test.each(ROWS)("at() with %s", (_, offsets, expected) => {
    expect(shown(records(...offsets), 4)).toBe(expected);
  });

  test("at() catches up one record at a time behind a slot that was skipped", () => {
    const cursor = new LineCursor(records(0, 1, 2, 5));
    expect([0, 2, 3, 4, 5].map((pc) => cursor.at(pc)?.line)).toEqual([0, 2, 2, undefined, 3]);
  });
});

describe("lineAt()", () => {
  const lines = records(1, 3, 3, 7);
  const ROWS: readonly (readonly [pc: number, line: number | undefined])[] = [
    [0, undefined],
    [1, 0],
    [2, 0],
    [3, 2],
    [6, 2],
    [7, 3],
    [100, 3],
  ];
  test.each(ROWS)("lineAt(%i) is record %s", (pc, line) => expect(lineAt(lines, pc)?.line).toBe(line));

  test("lineAt() of no records", () => expect(lineAt([], 0)).toBeUndefined());
});

describe("sourceLine()", () => {
  const builder = new BtfBuilder();
  const lineOff = builder.string(" \t\v\f\r\n int a;  ");
  const fileNameOff = builder.string("/a/b.c");
  const btf = new Btf(builder.build());
  const ROWS: readonly (readonly [
    what: string,
    info: Partial<LineInfo>,
    text: string | undefined,
    file: string,
  ])[] = [
    ["trims blanks before the text, none behind", {}, "int a;  ", "/a/b.c"],
    ["keeps an empty line", { lineOff: 0 }, "", "/a/b.c"],
    ["has no text for a bad offset", { lineOff: 10_000 }, undefined, "/a/b.c"],
    ["has no file for a bad offset", { fileNameOff: 10_000 }, "int a;  ", ""],
  ];
  test.each(ROWS)("sourceLine() %s", (_, info, text, file) => {
    const line = { insnOff: 0, lineOff, fileNameOff, line: 12, column: 3, ...info };
    expect(sourceLine(btf, line)).toEqual({ text, file, line: 12, column: 3 });
  });
});
