import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Insn, InsnArray } from "../../src/insn/insn.ts";
import { insn, insns } from "../support/insns.ts";

/** The eight bytes that the fields stand for, made apart from the decoder. */
function encode({ code, dst, src, off, imm }: Insn, littleEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes[0] = code;
  bytes[1] = littleEndian ? src * 16 + dst : dst * 16 + src;
  if (littleEndian) bytes.writeInt16LE(off, 2);
  else bytes.writeInt16BE(off, 2);
  if (littleEndian) bytes.writeInt32LE(imm, 4);
  else bytes.writeInt32BE(imm, 4);
  return Uint8Array.from(bytes);
}

describe("InsnArray.at()", () => {
  const FIELDS: readonly (readonly [hex: string, littleEndian: boolean, fields: Insn])[] = [
    ["7911700000000000", true, { code: 0x79, dst: 1, src: 1, off: 0x70, imm: 0 }],
    ["bf2af8ff00000080", true, { code: 0xbf, dst: 10, src: 2, off: -8, imm: -0x80000000 }],
    ["bfa2fff880000000", false, { code: 0xbf, dst: 10, src: 2, off: -8, imm: -0x80000000 }],
    ["ffffffffffffffff", true, { code: 0xff, dst: 15, src: 15, off: -1, imm: -1 }],
  ];
  test.each(FIELDS)("at() decodes %s (little-endian: %s)", (hex, littleEndian, fields) => {
    expect(new InsnArray(Buffer.from(hex, "hex"), littleEndian).at(0)).toEqual(fields);
  });

  test("at() loses nothing: the fields give the same bytes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.boolean(), (bytes, littleEndian) => {
        const fields = new InsnArray(bytes, littleEndian).at(0) as Insn;
        expect(encode(fields, littleEndian)).toEqual(bytes);
      }),
    );
  });

  test("at() reads a view that does not start at the buffer's start", () => {
    const whole = insns(insn(0x95), insn(0xb7, { imm: 7 }));
    expect(new InsnArray(whole.subarray(8)).at(0)).toEqual({ code: 0xb7, dst: 0, src: 0, off: 0, imm: 7 });
  });

  test.each([-1, 1, 2 ** 31])("at() gives undefined for pc %i outside of the program", (pc) => {
    expect(new InsnArray(insn(0x95)).at(pc)).toBeUndefined();
  });
});

describe("InsnArray", () => {
  test.each([
    [0, 0, 0],
    [1, 0, 1],
    [7, 0, 7],
    [8, 1, 0],
    [15, 1, 7],
  ])("of %i bytes has %i slots, and %i bytes are left over", (bytes, slots, leftOver) => {
    const array = new InsnArray(new Uint8Array(bytes));
    expect([array.length, array.leftOver]).toEqual([slots, leftOver]);
    expect([...array.instructions()].length).toBe(slots);
  });

  test("instructions() steps over the second slot of 64-bit loads, and over a missing one", () => {
    const load = insn(0x18);
    const array = new InsnArray(insns(load, insn(0), insn(0x95), load));
    expect([...array.instructions()].map(({ pc, slots }) => [pc, slots])).toEqual([
      [0, 2],
      [2, 1],
      [3, 2],
    ]);
  });

  test("slice() gives the bytes of slots as they lie in memory", () => {
    const array = new InsnArray(insns(insn(0x95), insn(0x18, { imm: 1 }), insn(0, { imm: 2 })));
    expect(Buffer.from(array.slice(1, 2)).toString("hex")).toBe("18000000010000000000000002000000");
  });
});
