/** Stacks: what their addresses are called, and how often that is asked. */
import { expect, test } from "vitest";
import { buildIdLeaf } from "../../src/render/map/view/build-ids.ts";
import { StackNames } from "../../src/render/map/view/stacks.ts";
import { valueText } from "../../src/render/map/view/value-text.ts";

const KERNEL = 0xffffffff81000000n;

function batch(...stacks: bigint[][]) {
  const values = new Uint8Array(BigUint64Array.from(stacks.flat()).buffer);
  return { count: stacks.length, keys: new Uint8Array(), values, valueSize: 8 * (stacks[0]?.length ?? 0) };
}

test("names are asked for once for each batch, of addresses of the kernel that are new", () => {
  const asked: bigint[][] = [];
  const names = new StackNames((addresses) => {
    asked.push([...addresses]);
    return new Map([[KERNEL, "schedule"]]);
  }, true);
  const leaf = names.leaf();
  const read = (values: Uint8Array, at: number) => valueText(leaf.read(values, at, at + 24, { left: 9 }));

  const first = batch([KERNEL, KERNEL + 5n, 0x400000n], [KERNEL, 0n, KERNEL + 9n]);
  names.enter(first);
  expect(read(first.values, 0)).toBe("[schedule, 0xffffffff81000005, 0x400000]");
  names.enter(first);
  expect(read(first.values, 24)).toBe("[schedule]");
  expect(asked).toEqual([[KERNEL, KERNEL + 5n]]);

  names.enter(batch([KERNEL + 5n, KERNEL + 7n, 0n]));
  names.enter(batch([KERNEL + 5n, KERNEL, 0x10n]));
  expect(asked).toEqual([[KERNEL, KERNEL + 5n], [KERNEL + 7n]]);
});

test("build ids with offsets, addresses without", () => {
  const values = Buffer.alloc(4 * 32);
  values.writeInt32LE(1, 0);
  values.fill(0xab, 4, 24);
  values.writeBigUInt64LE(0x1234n, 24);
  values.writeInt32LE(2, 32);
  values.writeBigUInt64LE(0x400000n, 56);
  expect(valueText(buildIdLeaf(true).read(values, 0, values.length, { left: 9 }))).toBe(
    `[${"ab".repeat(20)}+0x1234, 0x400000]`,
  );
});
