import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteText, cString, fromByteText, toByteText } from "../../src/bytes/text.ts";

describe("cString()", () => {
  const bytes = Uint8Array.of(0x61, 0xe9, 0, 0x62, 0x63);
  const ROWS: readonly (readonly [start: number, end: number | undefined, expected: string])[] = [
    [0, undefined, "a\xe9"],
    [2, undefined, ""],
    [3, undefined, "bc"],
    [3, 4, "b"],
    [5, undefined, ""],
  ];
  test.each(ROWS)("cString() from %i to %s", (start, end, expected) => {
    expect(cString(bytes, start, end)).toBe(expected);
  });

  test("cString() reads a view that does not start at the buffer's start", () => {
    expect(cString(bytes.subarray(3))).toBe("bc");
  });
});

test("byteText() has one character for each byte, NUL and all", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = byteText(all);
  expect(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))).toEqual([...all]);
  expect(byteText(all.subarray(0x40), 1, 3)).toBe("AB");
});

describe("toByteText(), fromByteText()", () => {
  test("toByteText() has the UTF-8 bytes", () => expect(toByteText("é€")).toBe("\xc3\xa9\xe2\x82\xac"));

  test("fromByteText() reads back any text", () => {
    const unicode = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(unicode, (text) => {
        expect(fromByteText(toByteText(text))).toBe(text);
      }),
    );
  });

  test("fromByteText() replaces broken sequences", () => expect(fromByteText("a\xff")).toBe("a\ufffd"));
});
