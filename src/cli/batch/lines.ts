/** The commands of a batch file: comments, continued lines, quoted words (bpftool main.c:do_batch, make_args). */
import { ioError, usageError } from "../../errors.ts";

/** Bytes of one command with its end, words of one command. */
const MAX_LINE = 65_535;
const MAX_WORDS = 4095;

/**
 * The words of each command, as byte text; lines without words are passed over. `lines` end in a newline, but for the
 * last. Errors count the commands before them.
 */
export function* batchCommands(lines: Iterable<string>): Generator<string[]> {
  const rest = lines[Symbol.iterator]();
  let commands = 0;
  for (let next = rest.next(); !next.done; next = rest.next()) {
    if (next.value.length >= MAX_LINE) throw ioError("reading batch file failed: Argument list too long");
    let line = withoutComment(next.value);
    while (line.includes("\\\n")) {
      const more = rest.next();
      if (more.done) throw usageError(`missing continuation line on command ${commands}`);
      line = line.slice(0, -2) + withoutComment(more.value);
      if (line.length >= MAX_LINE) throw usageError(`command ${commands} is too long`);
    }
    const words = splitWords(line, commands);
    if (words.length === 0) continue;
    yield words;
    commands++;
  }
}

/** The newline behind it belongs to a comment. */
function withoutComment(line: string): string {
  const start = line.indexOf("#");
  return start < 0 ? line : line.slice(0, start);
}

/** Blanks part words; a quote at the start of a word ends with its like. */
function splitWords(line: string, command: number): string[] {
  const words: string[] = [];
  const word = /[ \t\r\n]*(?:(['"])|([^ \t\r\n]+))/y;
  for (let match = word.exec(line); match; match = word.exec(line)) {
    if (words.length >= MAX_WORDS) throw usageError(`too many arguments to command ${command}`);
    const [, quote, plain] = match;
    if (plain !== undefined) {
      words.push(plain);
      continue;
    }
    const start = word.lastIndex;
    const end = line.indexOf(quote as string, start);
    if (end < 0) throw usageError(`unterminated quoted string in command ${command}`);
    words.push(line.slice(start, end));
    word.lastIndex = end + 1;
  }
  return words;
}
