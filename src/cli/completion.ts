/** Shell completion: the script is yargs', and calls back with --get-yargs-completions. */
import { toByteText } from "../bytes/text.ts";
import { COMMANDS, isAbsent, isObject } from "./commands.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import { OPTION_SPECS } from "./options.ts";
import { isPrefix, matchKeyword, type Words } from "./words.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `completion [bash|zsh|fish]`: prints the script to be sourced. */
export async function completion(words: Words, { out }: Context): Promise<void> {
  const shell = matchKeyword(words.peek() ?? "", SHELLS) ?? "bash";
  const { default: yargs } = await import("yargs");
  const { SHELL } = process.env;
  process.env.SHELL = `/bin/${shell}`; // where yargs looks for the shell to write for
  try {
    yargs([])
      .scriptName("bpflens")
      .completion("completion")
      .parse("completion", {}, (_error, _argv, script) => out.write(`${toByteText(script)}\n`));
  } finally {
    if (SHELL === undefined) delete process.env.SHELL;
    else process.env.SHELL = SHELL;
  }
}

/** Answers the script: words that may stand where the cursor is, one on a line. */
export function completeWords(argv: readonly string[], io: Io): number {
  // --get-yargs-completions bpflens WORD... CURRENT
  const typed = argv.slice(argv.indexOf("--get-yargs-completions") + 2);
  const before = typed.slice(0, -1).filter((word) => !word.startsWith("-"));
  for (const word of candidates(before, typed.at(-1) ?? "")) io.out.write(`${toByteText(word)}\n`);
  return 0;
}

function candidates(before: readonly string[], current: string): string[] {
  if (current.startsWith("-"))
    return [...OPTION_SPECS.map(({ long }) => long), ...ownOptions(before)]
      .map((name) => `--${name}`)
      .filter((word) => word.startsWith(current));
  const [object] = before;
  const entry = COMMANDS.find(({ word }) => object !== undefined && word.startsWith(object));
  const table =
    object === undefined ? COMMANDS : entry && isObject(entry) && before.length === 1 ? entry.commands : [];
  return table.filter((row) => !isAbsent(row) && row.word.startsWith(current)).map(({ word }) => word);
}

/** Options of the command that the words name. */
function ownOptions([object, word]: readonly string[]): readonly string[] {
  if (object === undefined || word === undefined) return [];
  const entry = COMMANDS.find((candidate) => isPrefix(object, candidate.word));
  if (!entry || isAbsent(entry) || !isObject(entry)) return [];
  const command = entry.commands.find((candidate) => isPrefix(word, candidate.word));
  return command && !isAbsent(command) ? (command.options ?? []) : [];
}
