/** Values as text of one line, and text that is fit for a terminal. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toByteText } from "../../src/bytes/text.ts";
import type { BtfValue } from "../../src/btf/value.ts";
import { cutText, displayWidth, terminalText } from "../../src/render/terminal-text.ts";
import { charsLeaf, hexLeaf } from "../../src/render/map/view/text-bytes.ts";
import { valueText } from "../../src/render/map/view/value-text.ts";

const number = (value: bigint): BtfValue => ({ kind: "number", value });
const text = (value: string): BtfValue => ({ kind: "text", value });
const list = (...items: BtfValue[]): BtfValue => ({ kind: "list", items });

describe("terminalText", () => {
  test.each([
    ["plain text", "bash", "bash"],
    ["an escape sequence", "\x1b[31mred", "\\x1b[31mred"],
    ["a newline", "%u\n", "%u\\x0a"],
    ["UTF-8", toByteText("naïve 日本 🦊"), "naïve 日本 🦊"],
    ["bytes that are no UTF-8", "a\xe9\x80", "a\\xe9\\x80"],
    ["a C1 control character", toByteText("\x9b2J"), "\\xc2\\x9b2J"],
    ["an override of direction", toByteText("a\u202eb"), "a\\xe2\\x80\\xaeb"],
    ["a line separator", toByteText("a\u2028b"), "a\\xe2\\x80\\xa8b"],
  ])("%s", (_, bytes, shown) => {
    expect(terminalText(bytes)).toBe(shown);
  });

  test("never lets a control character through", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(terminalText(Buffer.from(bytes).toString("latin1"))).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
});

describe("cutText", () => {
  test.each([
    ["bash", 4, "bash"],
    ["bashful", 4, "bas…"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["01 02 03 04", 9, "01 02 …"],
    ["01 02 03 04", 11, "01 02 03 04"],
  ])("%s in %i columns", (whole, width, cut) => {
    expect(cutText(whole, width)).toBe(cut);
    expect(displayWidth(cut)).toBeLessThanOrEqual(width);
  });

  test("is never too wide", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (whole, width) => {
        expect(displayWidth(cutText(whole, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("valueText", () => {
  const shape: BtfValue = {
    kind: "fields",
    fields: [
      { name: "x", value: number(1n) },
      { name: "", value: list(number(2n)) },
      { name: "name", value: text("a\tb") },
    ],
  };
  test.each<[string, BtfValue, string]>([
    ["u64", number(0xffff_ffff_ffff_ffffn), "18446744073709551615"],
    ["a pointer", { kind: "pointer", value: 0xffff888000000000n }, "0xffff888000000000"],
    ["a float", { kind: "float", value: -0 }, "-0"],
    ["a bool", { kind: "bool", value: true }, "true"],
    ["a character", { kind: "char", value: 0x41 }, "A"],
    ["no character", { kind: "char", value: 0x1b }, "\\x1b"],
    ["nothing", { kind: "none" }, ""],
    ["a list", list(number(1n), list(number(2n), number(3n))), "[1, [2, 3]]"],
    ["an empty list", list(), "[]"],
    ["a struct", shape, "{x: 1, [2], name: a\\x09b}"],
  ])("%s", (_, value, shown) => {
    expect(valueText(value)).toBe(shown);
  });

  test.each([
    [12, "[10, 11, 12]"],
    [11, "[10, 11, …]"],
    [10, "[10, …]"],
    [6, "[…]"],
  ])("a list in %i columns", (width, shown) => {
    expect(valueText(list(number(10n), number(11n), number(12n)), width)).toBe(shown);
  });

  test("a list in a list is cut by itself", () => {
    const row = list(...Array.from({ length: 20 }, (_, i) => number(BigInt(i))));
    expect(valueText(list(row, row), 24)).toBe("[[0, 1, 2, 3, 4, …], …]");
  });

  test("numbers are never cut", () => {
    expect(valueText(number(123456n), 3)).toBe("123456");
  });
});

describe("bytes that may be text", () => {
  const read = (bytes: string, left = 100) => {
    const all = Uint8Array.from(Buffer.from(bytes, "latin1"));
    return charsLeaf(all.length).read(all, 0, all.length, { left });
  };
  test.each<[string, string, BtfValue]>([
    ["up to a NUL", "bash\0\0\0\0", text("bash")],
    ["garbage behind the NUL", "bash\0\x01\x02\xff", text("bash")],
    ["without a NUL", "twelve bytes", text("twelve bytes")],
    ["UTF-8", "\xc3\xa9\0", text("\xc3\xa9")],
    ["an escape sequence, nothing behind", "\x1b[m\0", text("\x1b[m")],
    ["only NULs", "\0\0\0", text("")],
    ["no text", "\x02\0\x01", list(number(2n), number(0n), number(1n))],
  ])("%s", (_, bytes, value) => {
    expect(read(bytes)).toEqual(value);
  });

  test("no more than the budget has is read", () => {
    expect(read("bash", 2)).toEqual(text("ba"));
    expect(hexLeaf(3).read(Uint8Array.of(1, 2, 255), 0, 3, { left: 9 })).toEqual(text("01 02 ff"));
    expect(hexLeaf(3).read(Uint8Array.of(1, 2, 255), 0, 3, { left: 2 })).toEqual(text("01 02"));
  });

  test("what lies past the end is none", () => {
    expect(charsLeaf(4).read(new Uint8Array(8), 2, 5, { left: 9 })).toEqual({ kind: "none" });
    expect(hexLeaf(4).read(new Uint8Array(8), 2, 5, { left: 9 })).toEqual({ kind: "none" });
  });
});
