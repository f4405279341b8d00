import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexByte, hexByte0x, hexDump, hexText, parseHex } from "../../src/bytes/hex.ts";

const COUNTED = Uint8Array.from({ length: 40 }, (_, i) => i);

test("hexByte(), hexByte0x() give two lowercase digits", () => {
  expect([hexByte(0), hexByte(0xaf), hexByte(0x1ff), hexByte0x(0x0b)]).toEqual(["00", "af", "ff", "0x0b"]);
});

describe("hexDump()", () => {
  const ROWS: readonly (readonly [length: number, expected: string])[] = [
    [0, ""],
    [1, "00"],
    [8, "00 01 02 03 04 05 06 07"],
    [9, "00 01 02 03 04 05 06 07  08"],
    [16, "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f"],
    [17, "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n10"],
    [
      33,
      "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n" +
        "10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f\n20",
    ],
  ];
  test.each(ROWS)("hexDump() of %i bytes", (length, expected) => {
    expect(hexDump(COUNTED.subarray(0, length))).toBe(expected);
  });

  test("hexDump() takes another separator", () => {
    expect(hexDump(COUNTED.subarray(0, 10), "")).toBe("0001020304050607  0809");
  });
});

describe("parseHex()", () => {
  test("parseHex() reads what hexText() writes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseHex(hexText(bytes))).toEqual(bytes);
      }),
    );
  });

  test("parseHex() reads both cases", () => expect(parseHex("aBCd")).toEqual(Uint8Array.of(0xab, 0xcd)));

  test.each(["a", "abc", "0x12", "zz", "12 4", " 12", "12\n", "１２"])("parseHex() refuses %j", (text) => {
    expect(parseHex(text)).toBeUndefined();
  });
});
