/** What a call on hostile input may do: give a value or throw an InspectError, nothing else. */
import { InspectError } from "../../src/errors.ts";

/** The value, or the InspectError; any other exception goes through. */
export function valueOrInspectError<T>(call: () => T): T | InspectError {
  try {
    return call();
  } catch (error) {
    if (error instanceof InspectError) return error;
    throw error;
  }
}

/** The InspectError that `call` throws; fails where it throws anything else, or nothing. */
export function inspectErrorOf(call: () => unknown): InspectError {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    if (error instanceof InspectError) return error;
    throw error;
  }
  throw new Error(`expected an InspectError, got ${String(value)}`);
}

/** Numbers below `limit` that are the same in every run (mulberry32). */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
