/** Against the order that comparing gives. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Budget } from "../../../src/btf/c/limits.ts";
import { sortByNames } from "../../../src/btf/c/sort-names.ts";

/** Strings with one character for each byte, and where each starts. */
function nameTable(names: readonly string[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(names.length);
  let text = "";
  for (const [id, name] of names.entries()) {
    offsets[id] = text.length;
    text += `${name}\0`;
  }
  return { bytes: Uint8Array.from(Buffer.from(text, "latin1")), offsets };
}

function sorted(first: readonly string[], second: readonly string[]): number[] {
  const one = nameTable(first);
  const two = nameTable(second);
  const bytes = Uint8Array.from([...one.bytes, ...two.bytes]);
  const names = [one.offsets, two.offsets.map((offset) => offset + one.bytes.length)];
  const ids = Array.from(first.keys());
  return [...sortByNames(ids, { bytes, names, compare: (a, b) => b - a }, new Budget(0))];
}

function compared(first: readonly string[], second: readonly string[]): number[] {
  const compare = (a = "", b = "") => (a < b ? -1 : a > b ? 1 : 0);
  return Array.from(first.keys()).sort(
    (a, b) => compare(first[a], first[b]) || compare(second[a], second[b]) || b - a,
  );
}

/** Few letters, so that names have much in common; bytes from 0x80 on come last. */
const name = fc.string({ unit: fc.constantFrom("a", "b", "_", "\xff"), maxLength: 12 });
const alike = fc.tuple(fc.constantFrom("", "trace_event_raw_", "bpf_"), name).map((parts) => parts.join(""));

test("few and many names, by bytes, then by the second ones, then as told", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(alike, name), { maxLength: 200 }), (pairs) => {
      const first = pairs.map(([left]) => left);
      const second = pairs.map(([, right]) => right);
      expect(sorted(first, second)).toEqual(compared(first, second));
    }),
  );
});

test("many that are the same", () => {
  const same = Array.from({ length: 100 }, () => "same");
  expect(sorted(same, same)).toEqual(compared(same, same));
});

test("names that have much in common have a price", () => {
  const { bytes, offsets } = nameTable(["x".repeat(4_000_000)]);
  const ids = Array.from({ length: 100 }, (_, id) => id);
  const shifted = Uint32Array.from(ids, (id) => (offsets[0] as number) + id);
  const keys = { bytes, names: [shifted], compare: () => 0 };
  expect(() => sortByNames(ids, keys, new Budget(0))).toThrow("too much to write");
});
