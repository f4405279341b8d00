/** What the module asks of TypeScript. */

/** Bytes that are done, good until the call returns. */
export declare function write(start: usize, length: usize): void;

/** Throws. `subject` is the id of a type, or the offset of a name in the strings. */
export declare function fail(problem: Problem, subject: u32): void;

/** As in ../problems.ts. */
export const enum Problem {
  TooDeep,
  TooNested,
  ContainsItself,
  NameTooLong,
  DefinitionTooLong,
  TooMuch,
  NoVariable,
}
