import { describe, expect, test } from "vitest";
import { wantsHelp } from "../../src/cli/usage.ts";
import { isPrefix, matchKeyword, parseId, Words } from "../../src/cli/words.ts";
import { inspectErrorOf } from "../support/outcome.ts";

describe("parseId() is strtoul with base 0, cut to 32 bits", () => {
  const ROWS: readonly (readonly [word: string, value: number | undefined])[] = [
    ["0", 0],
    ["121", 121],
    ["0x79", 121],
    ["0X7F", 127],
    ["0171", 121],
    ["00", 0],
    ["", 0],
    ["4294967295", 0xffffffff],
    ["4294967296", 0],
    ["4294967417", 121],
    ["-1", 0xffffffff],
    ["-0x1", 0xffffffff],
    ["+5", 5],
    [" \t5", 5],
    ["18446744073709551615", 0xffffffff],
    // Overflow gives ULONG_MAX, whatever the sign.
    ["18446744073709551616", 0xffffffff],
    ["99999999999999999999999", 0xffffffff],
    ["-99999999999999999999999", 0xffffffff],
    ["-18446744073709551615", 1],
    ["08", undefined],
    ["0x", undefined],
    ["0xg", undefined],
    ["12 ", undefined],
    ["12a", undefined],
    ["a", undefined],
    ["-", undefined],
    ["+", undefined],
    ["--1", undefined],
    ["- 1", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    // Without any digit nothing is consumed, and the blank is left over.
    [" ", undefined],
    ["\t\n", undefined],
  ];
  test.each(ROWS)("parseId(%j) is %s", (word, value) => expect(parseId(word)).toBe(value));
});

describe("matchKeyword(), isPrefix()", () => {
  const ROWS: readonly (readonly [word: string, match: string | undefined])[] = [
    ["", "show"],
    ["s", "show"],
    ["show", "show"],
    ["shows", undefined],
    ["st", "start"],
    ["S", undefined],
    ["x", undefined],
  ];
  test.each(ROWS)("matchKeyword(%j) is %s", (word, match) => {
    expect(matchKeyword(word, ["show", "start", "stop", "step"])).toBe(match);
  });

  test("isPrefix() takes the whole keyword, too", () => {
    expect([isPrefix("", "prog"), isPrefix("prog", "prog"), isPrefix("progs", "prog")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("Words", () => {
  test("take() and peek() go from front to back", () => {
    const words = new Words(["a", "b"]);
    expect([words.left, words.peek(), words.take(), words.left, words.take(), words.peek()]).toEqual([
      2,
      "a",
      "a",
      1,
      "b",
      undefined,
    ]);
  });

  test("take() of nothing asks for help", () => {
    expect(wantsHelp(inspectErrorOf(() => new Words([]).take()))).toBe(true);
  });

  test("rest() has what is left, and its own place", () => {
    const words = new Words(["a", "b", "c"]);
    words.take();
    const rest = words.rest();
    expect([rest.take(), rest.left, words.left]).toEqual(["b", 1, 2]);
  });

  test("end() wants nothing to be left", () => {
    const words = new Words(["a"]);
    expect(inspectErrorOf(() => words.end()).message).toBe("what is 'a'?");
    words.take();
    words.end();
  });
});
