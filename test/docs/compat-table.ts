/** The last part of docs/compat.md: every command, option and JSON key of bpftool, with its state. */
import { COMMANDS, isAbsent, isObject } from "../../src/cli/commands.ts";
import { OPTION_SPECS } from "../../src/cli/options.ts";
import {
  BPFTOOL_COMMANDS,
  BPFTOOL_KEYS,
  BPFTOOL_OPTIONS,
  type BpftoolOption,
  type JsonCommand,
} from "./bpftool.ts";
import { COMMAND_NOTES, KEY_NOTES, OPTION_NOTES } from "./notes.ts";

export const BEGIN = "<!-- commands -->";
export const END = "<!-- /commands -->";

const SAME = "same";
const BETTER = "better";
const NOT_BUILT = "not built yet";

type Row = readonly string[];

/** The last column may be long, and is as wide as it is. */
function table(heading: Row, rows: readonly Row[]): string {
  const last = heading.length - 1;
  const widthOf = (i: number) => Math.max(...[heading, ...rows].map((row) => row[i]?.length ?? 0));
  const widths = heading.map((name, i) => (i === last ? name.length : widthOf(i)));
  const line = (row: Row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [heading, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}

/** `prog show`, `batch`: every command of bpftool. */
export function bpftoolCommands(): string[] {
  return BPFTOOL_COMMANDS.flatMap(([object, commands]) =>
    commands === "" ? [object] : commands.split(" ").map((command) => `${object} ${command}`),
  );
}

/** The command is there, and not only its word. */
export function isBuilt(line: string): boolean {
  const [object, command] = line.split(" ");
  const entry = COMMANDS.find(({ word }) => word === object);
  if (!entry || isAbsent(entry)) return false;
  if (command === undefined || !isObject(entry)) return true;
  const found = entry.commands.find(({ word }) => word === command);
  return found !== undefined && !isAbsent(found);
}

/** list is show, and peek is lookup. */
function noteOf(line: string) {
  const words = line.replace(/ list$/, " show").replace(/ peek$/, " lookup");
  return COMMAND_NOTES[words] ?? COMMAND_NOTES[line.split(" ")[0] ?? ""] ?? {};
}

function commandRow(line: string): Row {
  const name = `\`${line}\``;
  if (!isBuilt(line)) return [name, NOT_BUILT, noteOf(line).missing ?? ""];
  const { better, differs, more, missing } = / help$/.test(line) ? (COMMAND_NOTES.help ?? {}) : noteOf(line);
  const notes = [better, differs, more && `new: ${more}`, missing && `${NOT_BUILT}: ${missing}`];
  const state = differs ? "differs" : missing ? "in part" : better ? BETTER : SAME;
  return [name, state, notes.filter(Boolean).join("; ")];
}

function optionRow({ short, long, effect }: BpftoolOption): Row {
  const spec = OPTION_SPECS.find((option) => option.short === short && option.long === (long ?? option.long));
  const takesEffect = spec !== undefined && (spec.value !== undefined || Object.keys(spec.sets).length > 0);
  const state = spec ? (takesEffect ? SAME : "taken, no effect") : NOT_BUILT;
  const name = long ? `\`-${short}\`, \`--${long}\`` : `\`-${short}\``;
  const note = OPTION_NOTES[`--${long}`] ?? OPTION_NOTES[`-${short}`] ?? "";
  return [name, effect, state, note];
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(", ");
}

/** Keys of one document, by state; each that bpftool has not on a row of its own. */
function keyRows(command: JsonCommand, written: readonly string[]): Row[] {
  const theirs = BPFTOOL_KEYS.get(command) ?? [];
  const same = theirs.filter((key) => written.includes(key));
  const missing = theirs.filter((key) => !written.includes(key));
  const more = topKeys(written.filter((key) => !theirs.includes(key)));
  return [
    ...(same.length > 0 ? [[`\`${command}\``, SAME, quoted(same)]] : []),
    ...more.map((key) => [`\`${command}\``, "new", `\`${key}\`: ${KEY_NOTES[`${command}: ${key}`] ?? "?"}`]),
    ...(missing.length > 0 ? [[`\`${command}\``, NOT_BUILT, quoted(missing)]] : []),
  ];
}

/** Without those below others. */
export function topKeys(keys: readonly string[]): string[] {
  return keys.filter(
    (key) => !keys.some((other) => key.startsWith(`${other}.`) || key.startsWith(`${other}[]`)),
  );
}

/** `written`: the keys of bpflens's JSON by command. */
export function compatTable(written: ReadonlyMap<JsonCommand, readonly string[]>): string {
  const keys = [...BPFTOOL_KEYS.keys()].flatMap((command) => keyRows(command, written.get(command) ?? []));
  return [
    BEGIN,
    "## Every command, option and key",
    "This part is checked by `test/docs/compat.test.ts`, which writes it anew with `UPDATE_GOLDENS=1`. " +
      "All are those of bpftool 7.8.0.",
    "### Commands",
    table(["command", "state", "note"], bpftoolCommands().map(commandRow)),
    "### Options",
    table(["option", "effect in bpftool", "state", "note"], BPFTOOL_OPTIONS.map(optionRow)),
    "### JSON keys",
    "`a[].b` is key `b` of the objects in array `a`; of a list, the keys of its elements are told; `*` is any name. The keys inside of " +
      "`formatted`, `metadata` and values by BTF are names of the program's own.",
    table(["command", "state", "keys"], keys),
    END,
  ].join("\n\n");
}
