import { describe, expect, test } from "vitest";
import { ByteReader } from "../../src/bytes/reader.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const BYTES = Uint8Array.of(0x80, 1, 2, 3, 4, 5, 6, 0xff);
const little = new ByteReader(BYTES, { what: "test" });
const big = new ByteReader(BYTES, { littleEndian: false, what: "test" });

describe("ByteReader", () => {
  type Read = (reader: ByteReader) => number | bigint;
  const READS: readonly (readonly [
    name: string,
    read: Read,
    little: number | bigint,
    big: number | bigint,
  ])[] = [
    ["u8(0)", (r) => r.u8(0), 0x80, 0x80],
    ["u16(0)", (r) => r.u16(0), 0x0180, 0x8001],
    ["u16(1)", (r) => r.u16(1), 0x0201, 0x0102],
    ["u32(0)", (r) => r.u32(0), 0x03020180, 0x80010203],
    ["u32(4)", (r) => r.u32(4), 0xff060504, 0x040506ff],
    ["i32(4)", (r) => r.i32(4), 0xff060504 - 2 ** 32, 0x040506ff],
    ["u64(0)", (r) => r.u64(0), 0xff06050403020180n, 0x80010203040506ffn],
  ];
  test.each(READS)("%s reads both byte orders", (_, read, expectedLittle, expectedBig) => {
    expect(read(little)).toBe(expectedLittle);
    expect(read(big)).toBe(expectedBig);
  });

  const PAST: readonly (readonly [name: string, read: (r: ByteReader) => unknown, detail: string])[] = [
    ["u8(8)", (r) => r.u8(8), "1 bytes at offset 0x8"],
    ["u16(7)", (r) => r.u16(7), "2 bytes at offset 0x7"],
    ["u32(5)", (r) => r.u32(5), "4 bytes at offset 0x5"],
    ["i32(6)", (r) => r.i32(6), "4 bytes at offset 0x6"],
    ["u64(1)", (r) => r.u64(1), "8 bytes at offset 0x1"],
    ["u8(-1)", (r) => r.u8(-1), "1 bytes at offset 0x-1"],
    ["slice(4, 5)", (r) => r.slice(4, 5), "5 bytes at offset 0x4"],
    ["slice(0, -1)", (r) => r.slice(0, -1), "-1 bytes at offset 0x0"],
    ["slice(2 ** 53, 1)", (r) => r.slice(2 ** 53, 1), "1 bytes at offset 0x20000000000000"],
  ];
  test.each(PAST)("%s is past the end", (_, read, detail) => {
    const error = inspectErrorOf(() => read(little));
    expect(error.message).toBe(`Cannot parse test: ${detail} are past the end (8 bytes)`);
    expect(error.code).toBe("malformed");
  });

  test("slice() shares the bytes, the empty slice at the end included", () => {
    expect(little.slice(7, 1)).toEqual(Uint8Array.of(0xff));
    expect(little.slice(8, 0).length).toBe(0);
    expect(little.slice(0, 8).buffer).toBe(BYTES.buffer);
  });

  test("reads a view that does not start at the buffer's start", () => {
    expect(new ByteReader(BYTES.subarray(1, 3), { what: "test" }).u16(0)).toBe(0x0201);
    inspectErrorOf(() => new ByteReader(BYTES.subarray(1, 3), { what: "test" }).u16(1));
  });
});
