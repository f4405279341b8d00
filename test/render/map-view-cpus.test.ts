/** Values of all CPUs as one. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import { addExactly, type Combine, cpusSource } from "../../src/render/map/view/cpus.ts";
import { readNode } from "../../src/render/map/view/read.ts";
import { typedNode } from "../../src/render/map/view/typed.ts";
import { valueText } from "../../src/render/map/view/value-text.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

const builder = new BtfBuilder();
const u32 = builder.int("unsigned int", 4);
const s32 = builder.int("int", 4, { encoding: 1 });
const u64 = builder.int("unsigned long long", 8);
const char = builder.int("char", 1, { encoding: 1 });
const bool = builder.int("_Bool", 1, { encoding: 4 });
const double = builder.raw("FLOAT", { name: "double", sizeOrType: 8 });
const pointer = builder.ref("PTR", 0);
const colour = builder.raw("ENUM", {
  name: "colour",
  vlen: 2,
  sizeOrType: 4,
  tail: [builder.string("RED"), 0, builder.string("BLUE"), 1],
});
const struct = builder.composite("STRUCT", "stats", 32, [
  ["count", u64, 0],
  ["delta", s32, 64],
  ["slots", builder.array(u32, 2), 96],
  ["comm", builder.array(char, 8), 160],
  ["inner", builder.composite("STRUCT", "inner", 4, [["x", u32, 0]]), 224],
]);
const btf = new Btf(builder.build());

/** The values of CPUs, one after the other, as one line. */
function combined(typeId: number, combine: Combine, values: readonly Buffer[], left = 1000): string {
  const size = values[0]?.length ?? 0;
  const bytes = Buffer.concat(values);
  const starts = values.map((_, cpu) => cpu * size);
  const node = typedNode(planValue(btf, typeId));
  return valueText(readNode(node, cpusSource({ bytes, starts, size }, combine), 0, { left }));
}

function stats(count: bigint, delta: number, slots: [number, number], comm: string, x: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(count, 0);
  bytes.writeInt32LE(delta, 8);
  bytes.writeUInt32LE(slots[0], 12);
  bytes.writeUInt32LE(slots[1], 16);
  bytes.write(comm, 20, "latin1");
  bytes.writeUInt32LE(x, 28);
  return bytes;
}

const u64s = (...values: bigint[]) =>
  values.map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return bytes;
  });
const u32s = (...values: number[]) => values.map((value) => Buffer.from(Uint32Array.of(value).buffer));
const doubles = (...values: number[]) => values.map((value) => Buffer.from(Float64Array.of(value).buffer));

const MAX = 0xffff_ffff_ffff_ffffn;

describe("numbers", () => {
  test.each<[string, number, Combine, Buffer[], string]>([
    ["a sum beyond u64", u64, "sum", u64s(MAX, MAX, 3n), "36893488147419103233"],
    ["a sum that grows beyond what a number holds", u64, "sum", u64s(2n ** 53n - 1n, 2n), "9007199254740993"],
    ["the largest", u64, "max", u64s(5n, MAX, 7n), "18446744073709551615"],
    ["signed ones", s32, "sum", u32s(0xffff_ffff, 0xffff_fffe), "-3"],
    ["the largest of signed ones", s32, "max", u32s(0xffff_fffb, 0xffff_fffe), "-2"],
    ["one CPU", u32, "sum", u32s(7), "7"],
    ["no CPU", u32, "sum", [], ""],
    ["floats", double, "sum", doubles(0.5, 0.25), "0.75"],
    ["the largest float", double, "max", doubles(-1, -0.5), "-0.5"],
    ["a sum that is no float", double, "sum", doubles(1e308, 1e308), "Infinity"],
    ["floats that are no numbers", double, "sum", doubles(1, Number.NaN), "[1, NaN]"],
  ])("%s", (_, type, combine, values, text) => {
    expect(combined(type, combine, values)).toBe(text);
  });
});

describe("what is no number", () => {
  test.each<[string, number, Buffer[], string]>([
    ["the same enumerator", colour, u32s(1, 1), "BLUE"],
    ["enumerators", colour, u32s(1, 0, 1), "[BLUE, RED]"],
    ["values without a name", colour, u32s(7, 7), "7"],
    ["other values without a name are not added", colour, u32s(7, 8), "[7, 8]"],
    ["pointers", pointer, u64s(16n, 32n), "[0x10, 0x20]"],
    ["bools", bool, [Buffer.of(1), Buffer.of(1)], "true"],
  ])("%s", (_, type, values, text) => {
    expect(combined(type, "sum", values)).toBe(text);
  });

  test("each CPU has the whole budget for its text", () => {
    const text = builder.array(char, 8);
    const more = new Btf(builder.build());
    const node = typedNode(planValue(more, text));
    const bytes = Buffer.from("abcdefg\0abcdefg\0abcdefg\0", "latin1");
    const values = { bytes, starts: [0, 8, 16], size: 8 };
    expect(valueText(readNode(node, cpusSource(values, "sum"), 0, { left: 12 }))).toBe("abcdefg");
  });
});

test("structs member by member", () => {
  const cpus = [stats(5n, -3, [1, 2], "sh", 7), stats(MAX, 2, [10, 20], "sh", 9)];
  expect(combined(struct, "sum", cpus)).toBe(
    "{count: 18446744073709551620, delta: -1, slots: [11, 22], comm: sh, inner: {x: 16}}",
  );
  expect(combined(struct, "max", cpus)).toBe(
    "{count: 18446744073709551615, delta: 2, slots: [10, 20], comm: sh, inner: {x: 9}}",
  );
});

test("the budget ends what is read", () => {
  const array = builder.array(u32, 100);
  const node = typedNode(planValue(new Btf(builder.build()), array));
  const values = { bytes: new Uint8Array(800), starts: [0, 400], size: 400 };
  expect(valueText(readNode(node, cpusSource(values, "sum"), 0, { left: 4 }))).toBe("[0, 0, 0]");
});

test.each([
  [1, 2, 3],
  [2 ** 53 - 1, 1, 2n ** 53n],
  [5n, 7, 12n],
  [-(2 ** 53 - 1), -10, -(2n ** 53n) - 9n],
])("addExactly(%s, %s)", (a, b, sum) => {
  expect(addExactly(a, b)).toBe(sum);
});
