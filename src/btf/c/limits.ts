/** Bounds for types that a broken or hostile BTF makes up: each ends in a malformed error that names a type. */
import { type InspectError, malformedError } from "../../errors.ts";

/** Types that lead to one another: pointers to pointers, structs in structs. */
export const MAX_DEPTH = 512;
/** Braces in braces and parentheses in parentheses, as clang bounds them. */
export const MAX_NESTING = 256;
/** Bytes of one name; the kernel allows 512. */
export const MAX_NAME = 1 << 12;
/** Bytes of one definition. */
export const MAX_DEFINITION = 1 << 24;

const STEPS = 1_000_000;
/** A type is met more than once: as itself, as a target, as a member. */
const STEPS_PER_ITEM = 16;

export function tooDeep(id: number, limit = MAX_DEPTH): InspectError {
  return malformedError("BTF", `type [${id}] is nested more than ${limit} deep`);
}

export function containsItself(id: number): InspectError {
  return malformedError("BTF", `type [${id}] contains itself`);
}

/** `start` is where the name starts in the strings of a BTF. */
export function nameTooLong(strings: Uint8Array, start: number): InspectError {
  const length = strings.indexOf(0, start) - start;
  return malformedError("BTF", `the name at offset ${start} of the strings has ${length} bytes`);
}

/** `id` is the type that is being defined. */
export function definitionTooLong(id: number): InspectError {
  return malformedError("BTF", `type [${id}] takes more than ${MAX_DEFINITION} bytes of C`);
}

/**
 * Steps that a whole dump may take. Anonymous types that contain one another twice double at each level; a real BTF
 * takes a few steps for each of its types, members, parameters and enumerators (`items`).
 */
export class Budget {
  #left: number;

  constructor(items: number) {
    this.#left = STEPS + STEPS_PER_ITEM * items;
  }

  /** `id` is the type at work. */
  spend(id: number, steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw malformedError("BTF", `type [${id}] is too much to write: types multiply`);
  }
}
