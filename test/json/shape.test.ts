import { describe, expect, test } from "vitest";
import {
  array,
  bigInteger,
  boolean,
  check,
  finite,
  integer,
  map,
  object,
  oneOf,
  type Shape,
  text,
  variant,
} from "../../src/json/shape.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const U8 = integer(0, 255);
const I64 = bigInteger(-(2n ** 63n), 2n ** 63n - 1n);
const WORD = text(/^[a-z]*$/, 5, "a word");
const POINT = object({ x: U8 }, { name: WORD });
const ANIMAL = variant<{ readonly kind: string }>("kind", {
  cat: object({ kind: oneOf("cat"), lives: U8 }),
  dog: object({ kind: oneOf("dog") }),
});

describe("check() gives what fits", () => {
  const ROWS: readonly (readonly [what: string, shape: Shape<unknown>, value: unknown, result: unknown])[] = [
    ["the least integer", U8, 0, 0],
    ["the greatest integer", U8, 255, 255],
    ["the least bigint", I64, "-9223372036854775808", -(2n ** 63n)],
    ["leading zeros of a bigint", I64, "007", 7n],
    ["text", WORD, "abcde", "abcde"],
    ["no text", WORD, "", ""],
    ["true", boolean, true, true],
    ["a float", finite, -1.5, -1.5],
    ["one of some words", oneOf("a", "b"), "b", "b"],
    ["an empty array", array(U8, 2), [], []],
    ["a full array", array(U8, 2), [1, 2], [1, 2]],
    ["a changed value", map(U8, (value) => value * 2), 4, 8],
    ["an object without what may be absent", POINT, { x: 1 }, { x: 1 }],
    ["an object with it", POINT, { x: 1, name: "a" }, { x: 1, name: "a" }],
    ["an object without what nobody knows", POINT, { x: 1, y: 2 }, { x: 1 }],
    ["a kind", ANIMAL, { kind: "cat", lives: 9 }, { kind: "cat", lives: 9 }],
  ];
  test.each(ROWS)("%s", (_, shape, value, result) => expect(check(shape, value)).toStrictEqual(result));
});

describe("check() tells where something else stands", () => {
  const ROWS: readonly (readonly [what: string, shape: Shape<unknown>, value: unknown, message: string])[] = [
    ["too small", U8, -1, "document: expected a whole number from 0 to 255"],
    ["too great", U8, 256, "document: expected a whole number from 0 to 255"],
    ["not whole", U8, 1.5, "document: expected a whole number from 0 to 255"],
    ["not a number", U8, "1", "document: expected a whole number from 0 to 255"],
    ["NaN", U8, Number.NaN, "document: expected a whole number from 0 to 255"],
    [
      "a bigint out of range",
      I64,
      "9223372036854775808",
      "document: expected a string of digits, a number from -9223372036854775808 to 9223372036854775807",
    ],
    [
      "digits of another kind",
      bigInteger(0n, 9n),
      "0x1",
      "document: expected a string of digits, a number from 0 to 9",
    ],
    [
      "a bigint as a number",
      bigInteger(0n, 9n),
      5,
      "document: expected a string of digits, a number from 0 to 9",
    ],
    ["long text", WORD, "abcdef", "document: expected a word"],
    ["other text", WORD, "A", "document: expected a word"],
    ["no text at all", WORD, null, "document: expected a word"],
    ["a number for a boolean", boolean, 1, "document: expected true or false"],
    ["a float that is not finite", finite, Number.POSITIVE_INFINITY, "document: expected a finite number"],
    ["another word", oneOf("a", "b"), "c", 'document: expected "a" or "b"'],
    ["an object for an array", array(U8, 2), { length: 0 }, "document: expected an array"],
    ["a long array", array(U8, 2), [1, 2, 3], "document: expected at most 2 elements"],
    ["an element", array(U8, 2), [1, null], "[1]: expected a whole number from 0 to 255"],
    ["an array for an object", POINT, [], "document: expected an object"],
    ["null for an object", POINT, null, "document: expected an object"],
    ["a key that must be there", POINT, {}, "x: expected a whole number from 0 to 255"],
    ["a key that may be absent", POINT, { x: 1, name: 2 }, "name: expected a word"],
    ["null where absence is meant", POINT, { x: 1, name: null }, "name: expected a word"],
    [
      "deep inside",
      array(object({ points: array(POINT, 9) }), 9),
      [{ points: [{ x: 1 }, { x: 2, name: "B" }] }],
      "[0].points[1].name: expected a word",
    ],
    ["an unknown kind", ANIMAL, { kind: "cow" }, 'kind: expected "cat" or "dog"'],
    ["an inherited kind", ANIMAL, { kind: "toString" }, 'kind: expected "cat" or "dog"'],
    ["a kind that is no object", ANIMAL, "cat", "document: expected an object"],
    ["a key of a kind", ANIMAL, { kind: "cat" }, "lives: expected a whole number from 0 to 255"],
  ];
  test.each(ROWS)("%s", (_, shape, value, message) => {
    const error = inspectErrorOf(() => check(shape, value));
    expect([error.message, error.code]).toEqual([message, "malformed"]);
  });

  test("nesting ends, whatever the shape allows", () => {
    type Nest = { readonly in?: Nest };
    const nest: Shape<Nest> = (value, place) => object({}, { in: nest })(value, place);
    const deep = (levels: number): unknown => (levels === 0 ? {} : { in: deep(levels - 1) });
    expect(check(nest, deep(200))).toEqual(deep(200));
    expect(inspectErrorOf(() => check(nest, deep(300))).message).toContain("levels");
  });
});
