/** Lines of text in pictures: parts that a renderer may set apart, in columns of a fixed-width font. */
import { displayWidth, terminalText } from "../terminal-text.ts";

export type SpanKind =
  | "pc"
  | "insn"
  | "jump"
  | "call"
  | "exit"
  | "note"
  | "opcodes"
  | "proto"
  | "place"
  | "source";

export interface Span {
  readonly kind: SpanKind;
  /** An ordinary string without control characters. */
  readonly text: string;
  /** Number of the function that it calls or hands out. */
  readonly func?: number;
}

export type Line = readonly Span[];

/** Columns; what is longer goes on in the next line. */
const MAX_WIDTH = 100;
const INDENT = "      ";
const TAB = "    ";

/** No code has lines that long; of what pretends to be some the beginning will do. */
const MAX_LENGTH = 2000;

export function span(kind: SpanKind, byteText: string, func?: number): Span {
  const text = plainText(byteText.slice(0, MAX_LENGTH));
  return {
    kind,
    text: byteText.length > MAX_LENGTH ? `${text}…` : text,
    ...(func !== undefined && { func }),
  };
}

/** Byte text as an ordinary string without control characters. */
export function plainText(byteText: string): string {
  return terminalText(byteText.replaceAll("\t", TAB));
}

export function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

/** The line in as many lines as it takes. */
export function wrapLine(line: Line): Line[] {
  if (displayWidth(lineText(line)) <= MAX_WIDTH) return [line];
  const lines: Span[][] = [[]];
  let room = MAX_WIDTH;
  for (const part of line) {
    for (let rest = part.text; rest !== ""; ) {
      const head = fitting(rest, room);
      (lines.at(-1) as Span[]).push({ ...part, text: head });
      rest = rest.slice(head.length);
      room -= displayWidth(head);
      if (rest === "") break;
      lines.push([{ kind: part.kind, text: INDENT }]);
      room = MAX_WIDTH - INDENT.length;
    }
  }
  return lines;
}

/** The beginning of a text that fits, up to a blank where there is one in its second half; at least a character. */
function fitting(text: string, room: number): string {
  let end = 0;
  let used = 0;
  for (const char of text.slice(0, 2 * MAX_WIDTH)) {
    used += displayWidth(char);
    if (used > room && end > 0) break;
    end += char.length;
  }
  if (end === text.length) return text;
  const blank = text.lastIndexOf(" ", end - 1) + 1;
  return text.slice(0, blank > end / 2 ? blank : end);
}
