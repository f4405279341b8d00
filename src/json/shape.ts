/**
 * Checks that parsed JSON has the shape of a type, and gives it that type. Small and fast, since listings from
 * snapshots wait for it: a general validator takes as long as the rest of the listing.
 */
import { InspectError } from "../errors.ts";

/** Returns the value as a T, or throws a malformed error. */
export type Shape<T> = (value: unknown, place: Place) => T;

/**
 * Keys and indexes from the root to the value at hand; `keys` is undefined where nobody keeps book. Most documents are
 * right, and the place of a mistake is found by going through once more.
 */
export interface Place {
  depth: number;
  readonly keys: (string | number)[] | undefined;
}

/** JSON nests deeper only by malice. */
const MAX_DEPTH = 256;

/** `check(array(u32), value)`. The message of a failure begins with the place: `[3].tag: expected 16 hex digits`. */
export function check<T>(shape: Shape<T>, value: unknown): T {
  try {
    return shape(value, { depth: 0, keys: undefined });
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    return shape(value, { depth: 0, keys: [] });
  }
}

function fail({ keys = [] }: Place, expected: string): never {
  const where = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  throw new InspectError("malformed", `${where.replace(/^\./, "") || "document"}: expected ${expected}`);
}

/** Whole numbers of a range. */
export function integer(min: number, max: number): Shape<number> {
  return (value, place) => {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max)
      return value as number;
    return fail(place, `a whole number from ${min} to ${max}`);
  };
}

/** Strings of decimal digits that stand for whole numbers beyond 2^53. */
export function bigInteger(min: bigint, max: bigint): Shape<bigint> {
  let digits = 0;
  return (value, place) => {
    digits ||= max.toString().length;
    if (typeof value === "string" && value.length <= digits + 1 && /^-?[0-9]+$/.test(value)) {
      const number = BigInt(value);
      if (number >= min && number <= max) return number;
    }
    return fail(place, `a string of digits, a number from ${min} to ${max}`);
  };
}

/** Strings that match a pattern and are at most `longest` long. */
export function text(pattern: RegExp, longest: number, what: string): Shape<string> {
  return (value, place) =>
    typeof value === "string" && value.length <= longest && pattern.test(value) ? value : fail(place, what);
}

export const boolean: Shape<boolean> = (value, place) =>
  typeof value === "boolean" ? value : fail(place, "true or false");

export const finite: Shape<number> = (value, place) =>
  Number.isFinite(value) ? (value as number) : fail(place, "a finite number");

/** One of some strings. */
export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value, place) =>
    words.find((word) => word === value) ?? fail(place, words.map((word) => `"${word}"`).join(" or "));
}

export function array<T>(item: Shape<T>, longest: number): Shape<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return fail(place, "an array");
    if (value.length > longest) return fail(place, `at most ${longest} elements`);
    const items: T[] = [];
    place.depth++;
    for (let i = 0; i < value.length; i++) {
      place.keys?.push(i);
      items.push(item(value[i], place));
      place.keys?.pop();
    }
    place.depth--;
    return items;
  };
}

/** `shape`, then a change that cannot fail. */
export function map<T, U>(shape: Shape<T>, change: (value: T) => U): Shape<U> {
  return (value, place) => change(shape(value, place));
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Required<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };
type Optional<F extends Fields> = { readonly [K in keyof F]?: ReturnType<F[K]> };

/** Objects with these keys; `optional` ones may be absent. Other keys are left out of the result. */
export function object<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): Shape<Required<R> & Optional<O>> {
  // Of the shapes that there are, a run uses few.
  let made: { readonly shapes: Fields; readonly keys: readonly string[] } | undefined;
  return (value, place) => {
    if (made === undefined) {
      const shapes: Fields = { ...required, ...optional };
      made = { shapes, keys: Object.keys(shapes) };
    }
    const { shapes, keys } = made;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(place, "an object");
    if (place.depth > MAX_DEPTH) {
      return fail({ depth: 0, keys: place.keys?.slice(0, 1) }, `at most ${MAX_DEPTH} levels`);
    }
    const from = value as Record<string, unknown>;
    const result: Record<string, unknown> = {};
    place.depth++;
    // Counting loops without calls in between: this runs cold, where they cost more than the checks.
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (from[key] === undefined && !(key in required)) continue;
      place.keys?.push(key);
      result[key] = (shapes[key] as Shape<unknown>)(from[key], place);
      place.keys?.pop();
    }
    place.depth--;
    return result as Required<R> & Optional<O>;
  };
}

/** Objects of several kinds, told apart by the string under `tag`. */
export function variant<T>(tag: string, kinds: Readonly<Record<string, Shape<T>>>): Shape<T> {
  let kind: Shape<string> | undefined;
  return (value, place) => {
    kind ??= oneOf(...Object.keys(kinds));
    if (typeof value !== "object" || value === null) return fail(place, "an object");
    place.keys?.push(tag);
    const name = kind((value as Record<string, unknown>)[tag], place);
    place.keys?.pop();
    return (kinds[name] as Shape<T>)(value, place);
  };
}
