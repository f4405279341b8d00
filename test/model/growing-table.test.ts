import { describe, expect, test } from "vitest";
import { GrowingTable } from "../../src/model/growing-table.ts";

describe("GrowingTable", () => {
  test("of() has the order that bpftool printed: map_ids 30,26,27,29", () => {
    const table = new GrowingTable<number>();
    for (const id of [26, 27, 29, 30]) table.add(24, id);
    expect(table.of(24)).toEqual([30, 26, 27, 29]);
  });

  // It grows with the elements number 1, 4, 7, 13, 25 and 49; then all lists are turned around.
  const ROWS: readonly (readonly [count: number, expected: readonly number[]])[] = [
    [1, [1]],
    [2, [2, 1]],
    [3, [3, 2, 1]],
    [4, [4, 1, 2, 3]],
    [6, [6, 5, 4, 1, 2, 3]],
    [7, [7, 3, 2, 1, 4, 5, 6]],
    [12, [12, 11, 10, 9, 8, 7, 3, 2, 1, 4, 5, 6]],
    [13, [13, 6, 5, 4, 1, 2, 3, 7, 8, 9, 10, 11, 12]],
  ];
  test.each(ROWS)("of() after %i elements", (count, expected) => {
    const table = new GrowingTable<number>();
    for (let i = 1; i <= count; i++) table.add(7, i);
    expect(table.of(7)).toEqual(expected);
    expect(table.size).toBe(count);
  });

  test("growth turns the lists of all ids around", () => {
    const table = new GrowingTable<string>();
    table.add(1, "a");
    table.add(1, "b");
    table.add(2, "c");
    expect(table.of(1)).toEqual(["b", "a"]);
    table.add(2, "d");
    expect([table.of(1), table.of(2)]).toEqual([
      ["a", "b"],
      ["d", "c"],
    ]);
  });

  test("of() an id that was never added", () => {
    expect(new GrowingTable().of(1)).toEqual([]);
    expect(new GrowingTable().size).toBe(0);
  });
});
