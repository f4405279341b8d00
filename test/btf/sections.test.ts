/** The sections of BTF: words in either byte order, kinds of which only the size is told, and whatever else may come. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { BTF_KIND } from "../../src/btf/kinds.ts";
import { isBtf, kindFlagOf, kindOf, parseSections, vlenOf } from "../../src/btf/sections.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile } from "../support/data.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";

const ALL_KINDS = dataFile(import.meta.url, "data/all_kinds.btf");

interface Layout {
  /** Bytes that follow once. */
  readonly fixed: number;
  /** Bytes that follow for each of vlen. */
  readonly each: number;
}

/** BTF with a section of layouts (struct btf_layout: u8 info_sz, u8 elem_sz, u16 flags), one for each kind from 0 on. */
function withLayouts(blob: Uint8Array, layouts: readonly Layout[], littleEndian = true): Uint8Array {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const headerSize = view.getUint32(4, littleEndian);
  const body = blob.subarray(headerSize);
  const bytes = new Uint8Array(32 + body.length + layouts.length * 4);
  bytes.set(blob.subarray(0, 24));
  bytes.set(body, 32);
  const out = new DataView(bytes.buffer);
  out.setUint32(4, 32, littleEndian);
  out.setUint32(24, body.length, littleEndian);
  out.setUint32(28, layouts.length * 4, littleEndian);
  for (const [kind, { fixed, each }] of layouts.entries())
    bytes.set([fixed, each], 32 + body.length + kind * 4);
  return bytes;
}

const LAST_KIND = BTF_KIND.ENUM64;
/** Layouts that say nothing of the known kinds; then those of the kinds behind them. */
const layoutsBehind = (...behind: readonly Layout[]): Layout[] => [
  ...Array.from({ length: LAST_KIND + 1 }, () => ({ fixed: 0, each: 0 })),
  ...behind,
];

test("kind, flag and vlen of the info word", () => {
  expect([kindOf(0x8400_0002), kindFlagOf(0x8400_0002), vlenOf(0x8400_0002)]).toEqual([4, true, 2]);
  expect([kindOf(0xffff_ffff), kindFlagOf(0xffff_ffff), vlenOf(0xffff_ffff)]).toEqual([127, true, 0xff_ffff]);
  expect([kindOf(0x7f00_0000), kindFlagOf(0x7f00_0000), vlenOf(0x0001_0000)]).toEqual([127, false, 0x1_0000]);
  expect([kindOf(0), kindFlagOf(0), vlenOf(0)]).toEqual([0, false, 0]);
});

test.each([
  [[0x9f, 0xeb], true],
  [[0xeb, 0x9f], true],
  [[0x9f, 0xeb, 1, 0], true],
  [[0x9f], false],
  [[], false],
  [[0xeb, 0xeb], false],
  [[0x7f, 0x45, 0x4c, 0x46], false],
])("isBtf(%j) is %s", (bytes, is) => expect(isBtf(Uint8Array.from(bytes))).toBe(is));

describe("words", () => {
  test("those of a big-endian blob are those of the little-endian one", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4, { encoding: 1 });
    builder.composite("STRUCT", "S", 8, [["a", int, 0]]);
    builder.section(".data", 4, [[builder.variable("v", int), 0, 4]]);
    const [little, big] = [true, false].map((order) => parseSections(builder.build(order)));
    expect(big?.words).toEqual(little?.words);
    expect(big?.starts).toEqual(little?.starts);
    expect(Buffer.from(big?.strings ?? [])).toEqual(Buffer.from(little?.strings ?? []));
    expect([little?.littleEndian, big?.littleEndian]).toEqual([true, false]);
  });

  test("starts: of each type, then the end", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4); // 4 words
    builder.ref("PTR", int); // 3
    builder.array(int, 3); // 6
    builder.composite("STRUCT", "s", 4, [["a", int, 0]]); // 6
    expect([...parseSections(builder.build()).starts]).toEqual([0, 4, 7, 13, 19]);
    expect([...parseSections(new BtfBuilder().build()).starts]).toEqual([0]);
  });

  test.each([1, 2, 3])("a blob at an odd place: %i", (shift) => {
    const room = new Uint8Array(ALL_KINDS.length + shift);
    room.set(ALL_KINDS, shift);
    const moved = parseSections(room.subarray(shift));
    const straight = parseSections(Uint8Array.from(ALL_KINDS));
    expect(moved.words).toEqual(straight.words);
    expect(moved.starts).toEqual(straight.starts);
  });

  test("reading leaves the blob as it is", () => {
    const builder = new BtfBuilder();
    builder.int("int", 4);
    const blob = builder.build(false);
    const before = Uint8Array.from(blob);
    parseSections(blob);
    expect(blob).toEqual(before);
  });
});

describe("a wide vlen", () => {
  /** More than 16 bits: the kernel has 24 of them. */
  const COUNT = 70_000;

  test.each([true, false])("enumerators (little-endian: %s)", (littleEndian) => {
    const builder = new BtfBuilder();
    const name = builder.string("X");
    const tail = Array.from({ length: COUNT }, (_, i) => [name, i]).flat();
    builder.raw("ENUM", { name: "many", vlen: COUNT, sizeOrType: 4, tail });
    const int = builder.int("int", 4);
    const btf = new Btf(builder.build(littleEndian));
    expect(btf.typeCount).toBe(3);
    const type = btf.type(1);
    if (type?.kind !== "ENUM") throw new Error("no ENUM");
    expect(type.values.length).toBe(COUNT);
    expect(type.values.at(-1)).toEqual({ name: "X", value: COUNT - 1 });
    expect(btf.type(int)).toMatchObject({ kind: "INT", name: "int" });
  });

  test("the largest there is, without its items", () => {
    const builder = new BtfBuilder();
    builder.raw("STRUCT", { vlen: 0xff_ffff, tail: [0, 0, 0] });
    expect(inspectErrorOf(() => new Btf(builder.build())).message).toBe(
      "Cannot parse BTF: type [1] at offset 0x18 runs over the end of the types",
    );
  });
});

describe("kinds that are not known", () => {
  const NEW = LAST_KIND + 1;

  function blob(littleEndian = true): Uint8Array {
    const builder = new BtfBuilder();
    builder.int("int", 4);
    builder.raw(NEW, { name: "novel", vlen: 2, tail: [1, 2, 3, 4, 5] });
    builder.composite("STRUCT", "after", 4, [["a", 1, 0]]);
    return builder.build(littleEndian);
  }

  test("without a layout they are an error: what is behind them cannot be found", () => {
    const message = `type [2] at offset 0x28 has the unknown kind ${NEW}`;
    expect(inspectErrorOf(() => new Btf(blob())).message).toBe(`Cannot parse BTF: ${message}`);
    // The layouts do not reach that far.
    const short = withLayouts(blob(), layoutsBehind());
    expect(inspectErrorOf(() => new Btf(short)).message).toContain(`has the unknown kind ${NEW}`);
  });

  test.each([true, false])("with a layout they are passed over (little-endian: %s)", (littleEndian) => {
    const bytes = withLayouts(blob(littleEndian), layoutsBehind({ fixed: 4, each: 8 }), littleEndian);
    const btf = new Btf(bytes);
    expect(btf.littleEndian).toBe(littleEndian);
    expect(btf.typeCount).toBe(4);
    expect(btf.type(2)).toEqual({ kind: "UNKN", id: 2, name: "novel" });
    expect(btf.type(3)).toMatchObject({ kind: "STRUCT", name: "after", members: [{ name: "a" }] });
  });

  test("layouts do not change what is known", () => {
    const wrong = Array.from({ length: LAST_KIND + 1 }, () => ({ fixed: 40, each: 40 }));
    const bytes = withLayouts(blob(), [...wrong, { fixed: 4, each: 8 }]);
    expect(new Btf(bytes).type(3)).toMatchObject({ kind: "STRUCT", name: "after" });
  });

  test.each([
    { fixed: 3, each: 8 },
    { fixed: 4, each: 2 },
  ])("sizes that are no whole words are no sizes: %j", (layout) => {
    const bytes = withLayouts(blob(), layoutsBehind(layout));
    expect(inspectErrorOf(() => new Btf(bytes)).message).toContain(`has the unknown kind ${NEW}`);
  });

  test("sizes that lead over the end", () => {
    const bytes = withLayouts(blob(), layoutsBehind({ fixed: 252, each: 252 }));
    expect(inspectErrorOf(() => new Btf(bytes)).message).toContain(
      "type [2] at offset 0x30 runs over the end",
    );
  });

  test("layouts past the end of the blob", () => {
    const bytes = withLayouts(blob(), layoutsBehind({ fixed: 4, each: 8 }));
    new DataView(bytes.buffer).setUint32(28, 0xffff_fff0, true);
    expect(inspectErrorOf(() => new Btf(bytes)).code).toBe("malformed");
  });

  test("kind 0 has no size, whatever a layout says", () => {
    const builder = new BtfBuilder();
    builder.raw(0);
    const bytes = withLayouts(builder.build(), [{ fixed: 4, each: 0 }]);
    expect(inspectErrorOf(() => new Btf(bytes)).message).toContain("has the unknown kind 0");
  });

  test("a longer header without layouts is fine", () => {
    expect(new Btf(withLayouts(ALL_KINDS, [])).typeCount).toBe(new Btf(ALL_KINDS).typeCount);
  });
});

test("types that are no whole words", () => {
  const bytes = Uint8Array.from(ALL_KINDS);
  const view = new DataView(bytes.buffer);
  view.setUint32(12, view.getUint32(12, true) - 2, true);
  expect(inspectErrorOf(() => parseSections(bytes)).message).toMatch(/are not whole words$/);
});

test("firstId names the types of split BTF in errors", () => {
  const builder = new BtfBuilder();
  builder.int("int", 4);
  builder.raw(99);
  expect(inspectErrorOf(() => parseSections(builder.build(), 1000)).message).toContain(
    "type [1001] at offset 0x28",
  );
});

test("whatever the bytes say, there are sections or an InspectError", () => {
  const edit = fc.tuple(fc.nat(ALL_KINDS.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), fc.nat(ALL_KINDS.length), (edits, length) => {
      const bytes = Uint8Array.from(ALL_KINDS);
      for (const [at, value] of edits) bytes[at] = value;
      const sections = valueOrInspectError(() => parseSections(bytes.subarray(0, length)));
      if ("starts" in sections) expect(sections.starts.at(-1)).toBe(sections.words.length);
    }),
    { numRuns: 500 },
  );
});
