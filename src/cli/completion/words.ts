/**
 * The answer to a completion script: words that may stand where the cursor is, each on a line, with a tab and what it is behind it.
 *
 * A line `:files insns:` or `:folders ` asks the shell for its own files or folders; what stands behind the blank is the
 * beginning of the word that is no part of the path.
 */
import { toByteText } from "../../bytes/text.ts";
import { InspectError } from "../../errors.ts";
import { Registry } from "../../model/registry.ts";
import { terminalText } from "../../render/terminal-text.ts";
import { openSource } from "../../sources/open.ts";
import type { Value } from "./grammar.ts";
import { requestOf } from "./request.ts";
import { type Candidate, type Found, valuesOf } from "./values.ts";
import { expected } from "./walk.ts";

/** A word may not end its line or look like a question for files. */
const OFFERED = /^[^\0-\x1f\x7f:][^\0-\x1f\x7f]*$/;

/** `typed` are the words behind `bpflens`, the last one up to the cursor; `from` is the source if they name none. Byte text. */
export async function completionLines(typed: readonly string[], from: string): Promise<string[]> {
  const request = requestOf(typed);
  if (!request) return [];
  const { grammar, before, current, prefix } = request;
  let registry: Promise<Registry> | undefined;
  const ask = () => {
    registry ??= openSource(request.from ?? from).then((source) => new Registry(source));
    return registry;
  };
  let question: Question | undefined;
  const lines = new Map<string, string>();
  const offer = ({ word, about }: Candidate, start: string) => {
    if (!word.startsWith(current.slice(start.length - prefix.length)) || !OFFERED.test(word)) return;
    const whole = `${start}${word}`;
    if (!lines.has(whole)) lines.set(whole, about ? `${whole}\t${shown(about)}` : whole);
  };
  for (const atom of expected(grammar, before)) {
    if (atom.kind === "keyword") {
      if (!atom.hidden && atom.word !== "-") offer({ word: atom.word, about: atom.summary ?? "" }, prefix);
    } else if (!current.startsWith(atom.prefix)) {
      offer({ word: atom.prefix }, prefix);
    } else {
      const start = `${prefix}${atom.prefix}`;
      const found = await findOrNothing(atom, ask, current.slice(atom.prefix.length));
      if (typeof found === "string") question = narrower({ wanted: found, start }, question);
      else for (const candidate of found) offer(candidate, start);
    }
  }
  return [...lines.values(), ...(question ? [`:${question.wanted} ${question.start}`] : [])];
}

interface Question {
  readonly wanted: "files" | "folders";
  readonly start: string;
}

/** Files are asked for with their folders. */
function narrower(one: Question, other: Question | undefined): Question {
  if (!other || one.start.length > other.start.length) return one;
  return one.start === other.start && one.wanted === "files" ? one : other;
}

/** A source that cannot be read has nothing to offer; a shell's line is no place for errors. */
async function findOrNothing(value: Value, ask: () => Promise<Registry>, typed: string): Promise<Found> {
  try {
    const values = valuesOf(value);
    return typeof values === "function" ? values(await ask(), typed) : values;
  } catch (error) {
    if (error instanceof InspectError) return [];
    throw error;
  }
}

/** No name may steer the terminal. */
function shown(about: string): string {
  return toByteText(terminalText(about));
}
