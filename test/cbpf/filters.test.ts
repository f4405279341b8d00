/** What tcpdump compiles, in all forms that we read: the listing is tcpdump's own. */
import { describe, expect, test } from "vitest";
import { classicWarnings } from "../../src/cbpf/check.ts";
import { type ClassicForm, parseClassic } from "../../src/cbpf/program.ts";
import { classicPlain } from "../../src/render/cbpf/listing.ts";
import { hexText } from "../../src/bytes/hex.ts";
import { plainText } from "../support/rendered.ts";
import { arrayOf, FILTERS, initialisersOf, insnsOfNumbers, numbersOf } from "./recorded.ts";

function read(input: Uint8Array | string, options: { littleEndian?: boolean } = {}) {
  const { form, insns, warnings } = parseClassic(Buffer.from(input), options);
  return {
    form,
    listing: plainText((out) => classicPlain(out, insns)),
    warnings: [...warnings, ...classicWarnings(insns)],
  };
}

test("many filters of many link types", () => {
  expect(FILTERS.length).toBeGreaterThanOrEqual(140);
  const linkTypes = new Set(FILTERS.map(({ heading }) => /-y (\S+)/.exec(heading)?.[1]));
  expect(linkTypes.size).toBeGreaterThanOrEqual(35);
});

describe.each(FILTERS)("$heading", ({ numbers, listing }) => {
  const insns = insnsOfNumbers(numbers);
  const expected = (form: ClassicForm) => ({ form, listing, warnings: [] });

  test("what -ddd prints", () => expect(read(numbers)).toEqual(expected("numbers")));
  test("the same between commas", () => expect(read(numbersOf(insns, ","))).toEqual(expected("numbers")));
  test("what -dd prints", () => expect(read(initialisersOf(insns))).toEqual(expected("initialisers")));
  test("an array", () => expect(read(arrayOf(insns))).toEqual(expected("array")));
  test("a big-endian array", () =>
    expect(read(arrayOf(insns, false), { littleEndian: false })).toEqual(expected("array")));
  test("hex digits", () => expect(read(hexText(arrayOf(insns)))).toEqual(expected("hex")));
});
