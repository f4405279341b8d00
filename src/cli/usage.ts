/** Mistakes on the command line that show a help text. */
import { InspectError, usageError } from "../errors.ts";

export { usageError };

/** Shows the help of the object at hand on stderr, and fails; bpftool says nothing else either. */
export function helpError(): InspectError {
  return new InspectError("usage", "", { data: { help: true } });
}

export function wantsHelp(error: unknown): boolean {
  return error instanceof InspectError && error.data.help === true;
}
