/** Mistakes on the command line that show a help text. */
import { InspectError, usageError } from "../errors.ts";

export { usageError };

/** Shows the help of the object at hand on stderr, and fails; bpftool says nothing else either. */
export function helpError(): InspectError {
  return new InspectError("usage", "", { data: { help: true } });
}

/** Too few words, in bpftool's words; the help of the object at hand follows (bpftool main.h:REQ_ARGS). */
export function missingWords(word: string, wanted: number, found: number): InspectError {
  const message = `'${word}' needs at least ${wanted} arguments, ${found} found`;
  return new InspectError("usage", message, { data: { showHelp: true } });
}

export function wantsHelp(error: unknown): boolean {
  return error instanceof InspectError && error.data.help === true;
}
