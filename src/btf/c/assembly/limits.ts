/** Bounds for types that a broken or hostile BTF makes up. */
import * as bounds from "../bounds";
import { fail, Problem } from "./host";

export const MAX_DEPTH: u32 = bounds.MAX_DEPTH;
export const MAX_NESTING: u32 = bounds.MAX_NESTING;
export const MAX_NAME: u32 = bounds.MAX_NAME;
export const MAX_DEFINITION: u32 = bounds.MAX_DEFINITION;

/** Steps that are left for the whole dump, which ../definitions.ts gives. */
let left: i64 = 0;

export function setBudget(steps: i64): void {
  left = steps;
}

/** `id` is the type at work. */
export function spend(id: u32, steps: i64 = 1): void {
  left -= steps;
  if (left < 0) fail(Problem.TooMuch, id);
}
