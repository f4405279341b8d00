/** What is wrong with types that make no C: each is a malformed error that names one of them. */
import { type InspectError, malformedError } from "../../errors.ts";
import { BTF_KINDS } from "../kinds.ts";
import { MAX_DEFINITION, MAX_DEPTH, MAX_NESTING } from "./bounds.ts";
import type { RawTypes } from "./raw-types.ts";

/** `subject` is the id of a type, or where a name starts in the strings. */
type Problem = (subject: number, types: Subjects) => string;
type Subjects = Pick<RawTypes, "bytes" | "kinds">;

/** By number, as in assembly/host.ts. */
const PROBLEMS: readonly Problem[] = [
  (id) => `type [${id}] is nested more than ${MAX_DEPTH} deep`,
  (id) => `type [${id}] is nested more than ${MAX_NESTING} deep`,
  (id) => `type [${id}] contains itself`,
  (start, { bytes }) =>
    `the name at offset ${start} of the strings has ${bytes.indexOf(0, start) - start} bytes`,
  (id) => `type [${id}] takes more than ${MAX_DEFINITION} bytes of C`,
  (id) => `type [${id}] is too much to write: types multiply`,
  (id, { kinds }) => {
    const kind = kinds[id] as number;
    return `type [${id}] (${BTF_KINDS[kind] ?? kind}) is no type of a variable`;
  },
];

export const NAME_TOO_LONG = 3;

export function problem(number: number, subject: number, types: Subjects): InspectError {
  return malformedError("BTF", PROBLEMS[number]?.(subject, types) ?? `type [${subject}] makes no C`);
}
