/** What is too much for a graph: it would take minutes or all of the memory, and nobody could look at it. */
import { unsupportedError } from "../../errors.ts";
import type { Picture } from "./picture.ts";

const MAX_BOXES = 20_000;
const MAX_LINES = 200_000;

/** Throws where a picture is too large to be laid out. */
export function checkSize({ functions }: Picture): void {
  let [boxes, lines] = [0, 0];
  for (const func of functions) {
    boxes += func.boxes.length;
    for (const box of func.boxes) lines += box.lines.length;
  }
  if (boxes > MAX_BOXES) throw tooLarge(boxes, "blocks", MAX_BOXES);
  if (lines > MAX_LINES) throw tooLarge(lines, "lines", MAX_LINES);
}

function tooLarge(count: number, what: string, most: number): Error {
  return unsupportedError(
    `Cannot draw ${count} ${what}, at most ${most}: 'func NAME' draws one function, .dot and .json files take all`,
  );
}

/** Characters of a graph as text: a program of a million instructions has a third of that. */
const MAX_TEXT = 300_000_000;

/** Counts the text of a graph while it is made; throws when it is too much. */
export function textBudget(): (text: string) => string {
  let left = MAX_TEXT;
  return (text) => {
    left -= text.length;
    if (left >= 0) return text;
    throw unsupportedError(`Cannot draw a graph with more than ${MAX_TEXT} characters of text`);
  };
}
