/** Help texts, made by yargs from the command table. Loaded only when a help text is to be shown. */
import yargs from "yargs";
import { COMMANDS, type Command, isAbsent, isObject, type TopEntry } from "./commands.ts";
import type { Context } from "./context.ts";
import { DEFINITIONS } from "./definitions.ts";
import { OPTION_SPECS, OWN_OPTIONS, type OwnOption } from "./options.ts";
import { isPrefix, type Words } from "./words.ts";

const WIDTH = 80;

/** `help [OBJECT]`, `OBJECT help` and a line without words: the text on stderr, `null` in JSON. */
export function showHelp(words: Words, context: Context): void {
  const word = words.peek();
  const object = word === undefined ? undefined : COMMANDS.find((entry) => isPrefix(word, entry.word));
  writeHelp(object ? [object.word] : context.command, context);
}

/** `path` is the words of the command at hand; its object's help is shown, or that of all objects. */
export function writeHelp(path: readonly string[], { json, err }: Pick<Context, "json" | "err">): void {
  if (json) json.null();
  else err.write(helpText(path[0]));
}

export function helpText(objectWord?: string): string {
  const object = COMMANDS.find((entry) => entry.word === objectWord);
  const rows =
    object && isObject(object) ? objectRows(object.word, object.commands) : COMMANDS.flatMap(topRows);
  const parser = yargs([])
    .scriptName("bpflens")
    .usage("Usage: $0 [OPTIONS] OBJECT COMMAND ...")
    .updateStrings({ "Commands:": "Commands (any beginning of a word will do):" })
    .help(false)
    .version(false)
    .wrap(WIDTH);
  for (const [usage, summary] of rows) parser.command(usage, summary);
  for (const { short, long, value, summary } of OPTION_SPECS) {
    parser.option(long, { alias: short, describe: summary, type: value ? "string" : "boolean" });
  }
  for (const { title, options } of ownOptions(object && isObject(object) ? [object] : COMMANDS)) {
    for (const name of options) {
      const spec: { value?: string; short?: string; summary: string } = OWN_OPTIONS[name];
      const type = spec.value === undefined ? "boolean" : "string";
      parser.option(name, {
        describe: spec.summary,
        type,
        group: `Options of ${title}:`,
        ...(spec.short !== undefined && { alias: spec.short }),
      });
    }
  }
  let text = "";
  parser.showHelp((help) => {
    text = help;
  });
  // yargs would fold it.
  return `${text}\n\n${objects()}\n${EPILOGUE}\n`;
}

/** Options that are not global, under the commands that have them. */
function ownOptions(entries: readonly TopEntry[]): { title: string; options: readonly OwnOption[] }[] {
  const owners = new Map<OwnOption, string[]>();
  for (const entry of entries) {
    if (isAbsent(entry) || !isObject(entry)) continue;
    for (const command of entry.commands) {
      const options = isAbsent(command) || command.word === "list" ? [] : (command.options ?? []);
      for (const option of options)
        owners.set(option, [...(owners.get(option) ?? []), `${entry.word} ${command.word}`]);
    }
  }
  const titles = new Map<string, OwnOption[]>();
  for (const [option, commands] of owners) {
    const title = commands.join(", ");
    titles.set(title, [...(titles.get(title) ?? []), option]);
  }
  return [...titles].map(([title, options]) => ({ title, options }));
}

/** One line, since bpftool's completion script looks for it. */
function objects(): string {
  return `OBJECT := { ${COMMANDS.filter((entry) => !isAbsent(entry) && isObject(entry))
    .map(({ word }) => word)
    .join(" | ")} }`;
}

function definition(name: keyof typeof DEFINITIONS): string {
  return `${name} := ${DEFINITIONS[name]}`;
}

const EPILOGUE = `${definition("PROG")}
${definition("MAP")}    ${definition("LINK")}
${definition("STRUCT_OPS_MAP")}
${definition("BTF_SRC")}
${definition("FORMAT")}    ${definition("DATA")}
${definition("SOURCE")},
          also from BPFLENS_FROM`;

type Row = readonly [usage: string, summary: string];

function topRows(entry: TopEntry): Row[] {
  if (isAbsent(entry)) return [];
  return isObject(entry) ? objectRows(entry.word, entry.commands) : [row(entry)];
}

function objectRows(word: string, commands: readonly (TopEntry | Command)[]): Row[] {
  return commands.flatMap((command) =>
    isAbsent(command) || isObject(command) || command.word === "list" || command.word === "help"
      ? []
      : [row(command, word)],
  );
}

function row({ word, usage, summary }: Command, object = ""): Row {
  return [[object, word, usage].filter(Boolean).join(" "), summary];
}
