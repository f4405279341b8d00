import { describe, expect, test } from "vitest";
import { decodeCoreRelos, decodeFuncInfo, decodeLineInfo } from "../../src/btf/ext-info.ts";
import { u32s } from "../support/insns.ts";
import { inspectErrorOf } from "../support/outcome.ts";

describe("decodeFuncInfo()", () => {
  const expected = [
    { insnOff: 0, typeId: 7 },
    { insnOff: 73, typeId: 9 },
  ];

  test("decodeFuncInfo() reads records", () => expect(decodeFuncInfo(u32s(0, 7, 73, 9))).toEqual(expected));

  test("decodeFuncInfo() steps over what longer records have behind", () => {
    expect(decodeFuncInfo(u32s(0, 7, 99, 73, 9, 99), 12)).toEqual(expected);
  });

  test("decodeFuncInfo() reads big-endian", () => {
    const bytes = Buffer.from(u32s(0, 7, 73, 9)).swap32();
    expect(decodeFuncInfo(bytes, 8, false)).toEqual(expected);
  });

  test("decodeFuncInfo() leaves a cut record out", () => {
    expect(decodeFuncInfo(u32s(0, 7, 73, 9).subarray(0, 15))).toEqual(expected.slice(0, 1));
  });

  test.each([0, 4, 7])("decodeFuncInfo() refuses records of %i bytes", (size) => {
    const error = inspectErrorOf(() => decodeFuncInfo(u32s(0, 7), size));
    expect(error.message).toBe(`Cannot parse func_info: records of ${size} bytes are shorter than 8`);
  });
});

describe("decodeLineInfo()", () => {
  test("decodeLineInfo() tells line and column apart: 22 and 10 bits", () => {
    expect(decodeLineInfo(u32s(1, 2, 3, (42 << 10) | 29, 5, 6, 7, 0xffffffff))).toEqual([
      { insnOff: 1, fileNameOff: 2, lineOff: 3, line: 42, column: 29 },
      { insnOff: 5, fileNameOff: 6, lineOff: 7, line: 0x3fffff, column: 0x3ff },
    ]);
  });

  test("decodeLineInfo() of no bytes", () => expect(decodeLineInfo(new Uint8Array())).toEqual([]));

  test("decodeLineInfo() refuses short records", () => {
    const error = inspectErrorOf(() => decodeLineInfo(u32s(1, 2, 3, 4), 8));
    expect(error.message).toBe("Cannot parse line_info: records of 8 bytes are shorter than 16");
  });
});

describe("decodeCoreRelos()", () => {
  const expected = [
    { insnOff: 8, typeId: 4, accessStrOff: 20, kind: 0 },
    { insnOff: 64, typeId: 5, accessStrOff: 31, kind: 11 },
  ];

  test("reads records", () => {
    expect(decodeCoreRelos(u32s(8, 4, 20, 0, 64, 5, 31, 11))).toEqual(expected);
  });

  test("steps over what longer records have behind", () => {
    expect(decodeCoreRelos(u32s(8, 4, 20, 0, 99, 64, 5, 31, 11, 99), 20)).toEqual(expected);
  });

  test("refuses records that are too short", () => {
    const error = inspectErrorOf(() => decodeCoreRelos(u32s(8, 4, 20), 12));
    expect(error.message).toBe("Cannot parse core_relo: records of 12 bytes are shorter than 16");
  });
});
