/** Broken BTF gives a value or an InspectError, and an end. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { signature } from "../../src/btf/signature.ts";
import { type BtfValue, decodeValue, sizeOf } from "../../src/btf/value.ts";
import { writeValue } from "../../src/btf/value-json.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import { InspectError } from "../../src/errors.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile } from "../support/data.ts";
import { seededRandom, valueOrInspectError } from "../support/outcome.ts";
import { jsonText } from "../support/rendered.ts";

const FILES = ["all_kinds.btf", "values.btf"].map((name) => ({
  name,
  bytes: dataFile(import.meta.url, `data/${name}`),
}));
const VALUE = dataFile(import.meta.url, "data/value1.bin");

/** Reads all that a blob has; returns the error of the blob as a whole, if it has one. */
function exercise(bytes: Uint8Array): InspectError | undefined {
  const btf = valueOrInspectError(() => new Btf(bytes));
  if (btf instanceof InspectError) return btf;
  for (let id = 0; id <= btf.typeCount; id++) {
    valueOrInspectError(() => btf.type(id));
    valueOrInspectError(() => signature(btf, id));
    valueOrInspectError(() => sizeOf(btf, id));
    const json = valueOrInspectError(() =>
      jsonText((out) => writeValue(out, planValue(btf, id), VALUE, 0, { plain: false })),
    );
    // Names are bytes of any kind, and JSON all the same.
    if (typeof json === "string") JSON.parse(json);
  }
  return undefined;
}

/** Header field of a file that says how long its types are. */
const TYPES_SIZE_AT = 12;

describe.each(FILES)("$name", ({ bytes }) => {
  test("cut at every length", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(exercise(bytes.subarray(0, length)), `${length} bytes`).toBeInstanceOf(InspectError);
    }
  });

  test("with types cut at every length", () => {
    const size = bytes.readUInt32LE(TYPES_SIZE_AT);
    let whole = 0;
    for (let length = 0; length <= size; length++) {
      const copy = Buffer.from(bytes);
      copy.writeUInt32LE(length, TYPES_SIZE_AT);
      if (exercise(copy) === undefined) whole++;
    }
    expect(whole).toBe(new Btf(bytes).typeCount); // cut between two types, or not at all
  });

  test("with flipped bytes", () => {
    const random = seededRandom(bytes.length);
    let readable = 0;
    for (let round = 0; round < 1500; round++) {
      const copy = Buffer.from(bytes);
      for (let flips = random(3); flips >= 0; flips--) copy[random(copy.length)] = random(256);
      if (exercise(copy) === undefined) readable++;
    }
    expect(readable).toBeGreaterThan(100); // or the flips reach no further than the header
  });
});

/** Values in a tree, lists and structs included. */
function countValues(value: BtfValue): number {
  let count = 0;
  for (const open = [value]; open.length > 0; count++) {
    const next = open.pop();
    if (next?.kind === "list") for (const item of next.items) open.push(item);
    if (next?.kind === "fields") for (const field of next.fields) open.push(field.value);
  }
  return count;
}

/** Crafted blobs. */
const CRAFTED: readonly (readonly [what: string, make: (builder: BtfBuilder) => void])[] = [
  ["a typedef of itself", (b) => b.ref("TYPEDEF", 1, "T")],
  [
    "a ring of modifiers",
    (b) => {
      b.ref("CONST", 2);
      b.ref("VOLATILE", 3);
      b.ref("TYPE_TAG", 1, "t");
    },
  ],
  ["a pointer to itself", (b) => b.ref("PTR", 1)],
  ["an array of itself", (b) => b.raw("ARRAY", { tail: [1, 1, 0xffffffff] })],
  ["an array of 2 ** 32 - 1 bytes", (b) => b.array(b.int("c", 1), 0xffffffff)],
  ["an array of 2 ** 32 - 1 chars", (b) => b.array(b.int("char", 1), 0xffffffff)],
  ["an array of nothing, many times", (b) => b.array(b.composite("STRUCT", "E", 0, []), 0xffffffff)],
  [
    "arrays of arrays of arrays",
    (b) => {
      let type = b.int("c", 1);
      for (let i = 0; i < 40; i++) type = b.array(type, 0xffffffff);
    },
  ],
  ["a struct in itself", (b) => b.composite("STRUCT", "S", 4, [["s", 1, 0]])],
  [
    "a struct twice in itself",
    (b) =>
      b.composite("STRUCT", "S", 4, [
        ["a", 1, 0],
        ["b", 1, 0],
      ]),
  ],
  [
    "a struct with members far behind its end",
    (b) => b.composite("STRUCT", "S", 4, [["m", b.int("i", 4), 0xfffffff8]]),
  ],
  ["an INT of 255 bits at bit 255", (b) => b.int("i", 4, { bits: 255, bitOffset: 255 })],
  ["an INT of no bits", (b) => b.int("i", 0, { bits: 0, encoding: 1 })],
  ["an ENUM of size 0", (b) => b.raw("ENUM", { vlen: 1, sizeOrType: 0, tail: [0, 1] })],
  ["an ENUM of 2 ** 32 - 1 bytes", (b) => b.raw("ENUM", { vlen: 1, sizeOrType: 0xffffffff, tail: [0, 1] })],
  ["a FLOAT of no bytes", (b) => b.raw("FLOAT", { name: "f", sizeOrType: 0 })],
  ["a VAR of itself", (b) => b.variable("v", 1)],
  ["a DATASEC of itself", (b) => b.section(".s", 4, [[1, 0, 4]])],
  [
    "a DATASEC far behind the end",
    (b) => b.section(".s", 4, [[b.variable("v", b.int("i", 4)), 0xffffffff, 4]]),
  ],
  ["a prototype that returns itself", (b) => b.proto(1, [])],
  ["a prototype that takes itself", (b) => b.proto(0, [["", 1]])],
  ["a prototype that returns and takes itself", (b) => b.proto(1, [["", 1]])],
  ["a function of itself", (b) => b.raw("FUNC", { name: "f", sizeOrType: 1 })],
  ["names past the strings", (b) => b.raw("INT", { sizeOrType: 4, tail: [0x20] })],
];

describe("crafted BTF", () => {
  test.each(CRAFTED)("%s", (_, make) => {
    const builder = new BtfBuilder();
    make(builder);
    expect(exercise(builder.build())).toBeUndefined();
  });

  test.each(["STRUCT", "DATASEC"] as const)("decodeValue() bounds its values: %s of itself", (kind) => {
    // The small one first: without bounds, the large one takes all memory.
    for (const vlen of [3, 0xffff]) {
      const builder = new BtfBuilder();
      const item = kind === "STRUCT" ? [0, 1, 0] : [1, 0, 4];
      builder.raw(kind, { vlen, tail: Array.from({ length: vlen }, () => item).flat() });
      const value = decodeValue(new Btf(builder.build()), 1, VALUE);
      expect(countValues(value), `${vlen} members`).toBeLessThanOrEqual(2 * 2 ** 20);
    }
  });

  test("more items than there are bytes", () => {
    for (const kind of ["STRUCT", "UNION", "ENUM", "ENUM64", "FUNC_PROTO", "DATASEC"] as const) {
      const builder = new BtfBuilder();
      builder.raw(kind, { vlen: 0xffff });
      expect(exercise(builder.build()), kind).toBeInstanceOf(InspectError);
    }
  });
});
