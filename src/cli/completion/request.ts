/** What is asked for: the words that were typed, and the grammar that the word under the cursor belongs to. */
import { COMMANDS, type Command, isAbsent, isObject, type TopEntry } from "../commands.ts";
import { OPTION_SPECS, OWN_OPTIONS, type OwnOption, parseLine } from "../options.ts";
import { isPrefix } from "../words.ts";
import { type Node, parseUsage } from "./grammar.ts";

export interface Request {
  readonly grammar: Node;
  /** Words that the grammar has behind it. */
  readonly before: readonly string[];
  /** What there is of the word, and what stands before it in the shell's word: `--from=`. */
  readonly current: string;
  readonly prefix: string;
  /** The source that the line names. */
  readonly from: string | undefined;
}

/** Stands for the word under the cursor: no byte text has it. */
const CURSOR = "\u0100";

/** `typed` are the words behind `bpflens`, the last one up to the cursor; undefined where nothing can follow. */
export function requestOf(typed: readonly string[]): Request | undefined {
  const current = typed.at(-1) ?? "";
  const line = parse([...typed.slice(0, -1), CURSOR]);
  if (!line) return undefined;
  const from = line.options.from === CURSOR ? undefined : line.options.from;
  const value = awaitedValue(line.options);
  if (value !== undefined) return { from, grammar: parseUsage(value), before: [], current, prefix: "" };
  const words = line.words.slice(0, -1);
  if (!current.startsWith("-") || typed.slice(0, -1).includes("--"))
    return { from, grammar: lineGrammar(), before: words, current, prefix: "" };
  const [, prefix, rest] = /^(--[^=]*=)(.*)$/s.exec(current) ?? [];
  if (prefix === undefined || rest === undefined)
    return { from, grammar: optionGrammar(words), before: [], current, prefix: "" };
  const named = parse([`${prefix}${CURSOR}`]);
  const joined = named && awaitedValue(named.options);
  if (joined === undefined) return undefined;
  return { from, grammar: parseUsage(joined), before: [], current: rest, prefix };
}

function parse(argv: readonly string[]) {
  const line = parseLine(argv);
  return "error" in line || line.only ? undefined : line;
}

/** What the option takes that the cursor is behind. */
function awaitedValue(options: NonNullable<ReturnType<typeof parse>>["options"]): string | undefined {
  for (const { value } of OPTION_SPECS) if (value && options[value.becomes] === CURSOR) return value.name;
  const [own] = Object.entries(options.own).find(([, value]) => value === CURSOR) ?? [];
  if (own === undefined) return undefined;
  const spec: { readonly value?: string; readonly summary: string } = OWN_OPTIONS[own as OwnOption];
  return spec.value;
}

/** All lines: every entry of the command table with its usage. */
function lineGrammar(): Node {
  return { kind: "choice", nodes: COMMANDS.map(entryGrammar) };
}

function entryGrammar(entry: TopEntry): Node {
  if (isAbsent(entry)) return { kind: "keyword", word: entry.word, hidden: true };
  const { word, summary } = entry;
  const rest: Node = isObject(entry)
    ? { kind: "choice", nodes: entry.commands.map(entryGrammar) }
    : parseUsage(entry.usage);
  return { kind: "sequence", nodes: [{ kind: "keyword", word, summary }, rest] };
}

/** The options of all commands, and those of the one that the words name. */
function optionGrammar(words: readonly string[]): Node {
  const own = (commandOf(words)?.options ?? []).map((long) => ({ long, ...OWN_OPTIONS[long] }));
  const nodes = [...own, ...OPTION_SPECS].map(
    ({ long, summary }): Node => ({
      kind: "keyword",
      word: `--${long}`,
      summary,
    }),
  );
  return { kind: "choice", nodes };
}

function commandOf([object = "", word = ""]: readonly string[]): Command | undefined {
  const entry = COMMANDS.find((candidate) => isPrefix(object, candidate.word));
  if (!entry || isAbsent(entry)) return undefined;
  if (!isObject(entry)) return entry;
  const command = entry.commands.find((candidate) => isPrefix(word, candidate.word));
  return command && !isAbsent(command) ? command : undefined;
}
