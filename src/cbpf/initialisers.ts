/**
 * Programs as C: what `tcpdump -dd` prints, `{ 0x28, 0, 0, 0x0000000c },` for each instruction. It may stand in the
 * array that it is meant for: `struct sock_filter code[] = { ... };`. Comments are skipped.
 */
import { FIELD_COUNT, insnOfFields } from "./fields.ts";
import type { ClassicInsn } from "./insn.ts";
import { errorAt, limitInsns, lineOf, quote } from "./mistakes.ts";

export function hasInitialisers(text: string): boolean {
  return text.includes("{");
}

/** Both kinds of comments; the last may be open. */
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g;
/** The beginning of an array, with or without its declaration. */
const ARRAY_START = /^(?:[^{}=]*=)?\s*\{(?=\s*(?:\{|$))/;
const ARRAY_END = /^[\s,]*\}\s*(?:;\s*)?$/;
const LIST_END = /^[\s,]*$/;
/** One instruction; without its brace where the text is cut. */
const ENTRY = /[\s,]*\{([^{}]*)(\}?)/y;

/** Throws a malformed error that tells the line. */
export function parseInitialisers(text: string): { insns: ClassicInsn[]; warnings: string[] } {
  const code = text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, " "));
  const start = ARRAY_START.exec(code)?.[0].length;
  const insns: ClassicInsn[] = [];
  let at = start ?? 0;
  for (let entry = entryAt(code, at); entry; entry = entryAt(code, at)) {
    const { body, closed, brace, end } = entry;
    if (!closed && end === code.length) {
      return {
        insns,
        warnings: [`line ${lineOf(text, brace)}: the last instruction is cut, and is left out`],
      };
    }
    insns.push(insnOfFields(fieldsOf(body), text, brace));
    limitInsns(insns.length);
    at = end;
  }
  const rest = code.slice(at);
  const ended = LIST_END.test(rest) || (start !== undefined && ARRAY_END.test(rest));
  if (!ended) throw strayText(text, at, rest);
  return { insns, warnings: [] };
}

function entryAt(code: string, at: number) {
  ENTRY.lastIndex = at;
  const match = ENTRY.exec(code);
  if (!match) return undefined;
  const [whole, body = "", closing] = match;
  const end = at + whole.length;
  return { body, closed: closing === "}", end, brace: at + whole.indexOf("{") };
}

/** Numbers may have C's suffixes. A comma may follow the last. */
function fieldsOf(body: string): string[] {
  const fields = body.split(",").map((field) => field.trim().replace(/(?<=[0-9a-fA-F])[uUlL]+$/, ""));
  if (fields.length > FIELD_COUNT && fields.at(-1) === "") fields.pop();
  return fields;
}

function strayText(text: string, at: number, rest: string) {
  const blanks = /^[\s,]*/.exec(rest)?.[0].length ?? 0;
  const found = rest.slice(blanks).split("\n", 1)[0] ?? "";
  return errorAt(text, at + blanks, `expected '{ code, jt, jf, k }', found ${quote(found)}`);
}
