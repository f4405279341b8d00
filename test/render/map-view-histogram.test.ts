/** Histograms: slots, and the look of BCC. */
import { describe, expect, test } from "vitest";
import { histogramJson, histogramsPlain } from "../../src/render/map/view/histogram.ts";
import { type Histogram, Slots } from "../../src/render/map/view/slots.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const plain = (...histograms: Histogram[]) => plainText((out) => histogramsPlain(out, histograms));
const json = (histogram: Histogram) => jsonText((writer) => histogramJson(writer, histogram));

function ofSlots(counts: Readonly<Record<number, number | bigint>>, name = ""): Histogram {
  const slots = new Slots();
  for (const [slot, count] of Object.entries(counts)) slots.add(Number(slot), count);
  return slots.histogram(name);
}

function ofValues(...values: (number | bigint)[]): Histogram {
  const slots = new Slots();
  for (const value of values) slots.count(value);
  return slots.histogram("");
}

test("bitehist", () => {
  expect(plain(ofSlots({ 1: 3, 2: 0, 3: 3395, 4: 1, 5: 2, 6: 738, 7: 3, 12: 0 }))).toBe(`\
     value               : count     distribution
         0 -> 1          : 3        |                                        |
         2 -> 3          : 0        |                                        |
         4 -> 7          : 3395     |****************************************|
         8 -> 15         : 1        |                                        |
        16 -> 31         : 2        |                                        |
        32 -> 63         : 738      |********                                |
        64 -> 127        : 3        |                                        |
`);
});

test("numbers of more than 32 bits leave less room for stars", () => {
  const lines = plain(ofSlots({ 33: 7n })).split("\n");
  expect(lines[0]).toBe("               value                         : count     distribution");
  expect(lines[1]).toBe("                   0 -> 1                    : 0        |                    |");
  expect(lines[33]).toBe("          4294967296 -> 8589934591           : 7        |********************|");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("a name, numbers below 0, several histograms", () => {
  const slots = new Slots();
  for (const value of [-1, -5n, 0, 1]) slots.count(value);
  expect(plain(slots.histogram("delta\x1b"), ofSlots({}, "other"))).toBe(`\
delta\\x1b
     value               : count     distribution
   below 0               : 2
         0 -> 1          : 2        |****************************************|

other
     value               : count     distribution
`);
});

test("JSON", () => {
  expect(json(ofSlots({ 1: 3, 3: 2n ** 64n }, "bytes"))).toBe(
    '{"name":"bytes","rows":[{"low":0,"high":1,"count":3},{"low":2,"high":3,"count":0},{"low":4,"high":7,"count":18446744073709551616}]}',
  );
  expect(json(ofValues(-1))).toBe('{"negative":1,"rows":[]}');
});

describe("slots of values", () => {
  test.each<[number | bigint, bigint, bigint]>([
    [0, 0n, 1n],
    [1, 0n, 1n],
    [2, 2n, 3n],
    [3n, 2n, 3n],
    [4, 4n, 7n],
    [2 ** 31, 2n ** 31n, 2n ** 32n - 1n],
    [2 ** 32, 2n ** 32n, 2n ** 33n - 1n],
    [2 ** 53 - 1, 2n ** 52n, 2n ** 53n - 1n],
    [2n ** 64n - 1n, 2n ** 63n, 2n ** 64n - 1n],
    [2n ** 70n, 2n ** 70n, 2n ** 71n - 1n],
  ])("%s", (value, low, high) => {
    expect(ofValues(value).rows.at(-1)).toEqual({ low, high, count: 1 });
  });
});

test("slots that are numbered from 0", () => {
  expect(ofSlots({ 0: 1, 1: 2 }).rows).toEqual([
    { low: 0n, high: 1n, count: 1 },
    { low: 2n, high: 3n, count: 2 },
  ]);
});

test("counts below 0, as a counter that was not meant for this may have, have no stars", () => {
  expect(plain(ofSlots({ 1: -5, 2: -1 }))).toContain(
    "         0 -> 1          : -5       |                                        |",
  );
});
