/** Directory entries as getdents64(2) writes them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendNumbers, decodeDirents } from "../../src/sys/dirents.ts";

const NAME = 19;
const DIRECTORY = 4;

/** struct linux_dirent64 of each name, in this machine's byte order; records are rounded up to 8 bytes. */
function dirents(names: readonly string[]): Uint8Array {
  return Buffer.concat(
    names.map((name) => {
      const size = Math.ceil((NAME + name.length + 1) / 8) * 8;
      const record = Buffer.alloc(size);
      new DataView(record.buffer, record.byteOffset).setUint16(16, size, true);
      record[18] = DIRECTORY;
      record.write(name, NAME, "latin1");
      return record;
    }),
  );
}

function numbersIn(bytes: Uint8Array, size = bytes.length): number[] {
  const numbers: number[] = [];
  appendNumbers(numbers, bytes, size);
  return numbers;
}

describe("directory entries", () => {
  const bytes = dirents([".", "..", "1", "42", "self", "4x", "4194304", "007"]);

  test("names that are numbers", () => expect(numbersIn(bytes)).toEqual([1, 42, 4_194_304, 7]));

  test("names", () => {
    const names = decodeDirents(bytes, bytes.length).map(({ name }) => name);
    expect(names).toEqual(["1", "42", "self", "4x", "4194304", "007"]);
  });

  test("bytes behind the size do not count", () => expect(numbersIn(bytes, 72)).toEqual([1]));

  test("whatever stands there: an end, and both readers agree", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => {
        const names = decodeDirents(junk, junk.length).map(({ name }) => name);
        const whole = names.filter((name) => /^[0-9]+$/.test(name)).map(Number);
        expect(numbersIn(junk).slice(0, whole.length).length).toBeLessThanOrEqual(whole.length);
      }),
    );
  });
});
