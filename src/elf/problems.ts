/** What is wrong with one part of a file need not keep the rest from being read. */
import { InspectError } from "../errors.ts";

/** Is told of each part that cannot be read. */
export type ElfProblems = (problem: InspectError) => void;

/** What `read` gives; `otherwise` where it fails and there are `problems` to tell, else its error is thrown. */
export function tolerate<T>(problems: ElfProblems | undefined, otherwise: () => T, read: () => T): T {
  if (!problems) return read();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    problems(error);
    return otherwise();
  }
}

/** Tells of what is wrong with a part; without `problems` it is thrown. */
export function tell(problems: ElfProblems | undefined, error: InspectError): void {
  if (!problems) throw error;
  problems(error);
}
