/** Lines of text that comes in pieces. */

/** Whole lines with their newlines, and the beginning of the next, "" where there is none. */
export function takeLines(text: string): { readonly lines: readonly string[]; readonly rest: string } {
  const end = text.lastIndexOf("\n") + 1;
  const lines = end === 0 ? [] : text.slice(0, end).split(/(?<=\n)/);
  return { lines, rest: text.slice(end) };
}
