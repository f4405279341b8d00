import { describe, expect, test } from "vitest";
import { COMMANDS, isAbsent, isObject } from "../../src/cli/commands.ts";
import { OWN_OPTIONS } from "../../src/cli/options.ts";
import { matchKeyword } from "../../src/cli/words.ts";

/** Section 2 of the inventory: words in bpftool's search order. Behind them stand ours. */
const TOP = "help batch prog map link cgroup perf net feature btf gen struct_ops iter token version";
const OURS = "snapshot cbpf whereis attachments completion";
const TABLES: Readonly<Record<string, string>> = {
  prog: "show list help dump pin load loadall attach detach tracelog run profile graph",
  map: "show list help dump update lookup getnext delete pin event_pipe create peek push enqueue pop dequeue freeze",
  link: "show list help pin detach",
  perf: "show list help",
  btf: "show list help dump",
  iter: "help pin show list cat",
};

function words(table: readonly { readonly word: string }[]): string {
  return table.map(({ word }) => word).join(" ");
}

function tableOf(object: string) {
  const entry = COMMANDS.find(({ word }) => word === object);
  if (!entry || !isObject(entry)) throw new Error(`${object} is no object`);
  return entry.commands;
}

describe("COMMANDS", () => {
  test("objects are in bpftool's order, ours behind", () => expect(words(COMMANDS)).toBe(`${TOP} ${OURS}`));

  test.each(Object.entries(TABLES))(
    "commands of %s are in bpftool's order, ours behind",
    (object, expected) => {
      expect(words(tableOf(object))).toBe(expected);
    },
  );

  const ABBREVIATIONS: readonly (readonly [table: string, word: string, match: string | undefined])[] = [
    ["", "p", "prog"],
    ["", "pe", "perf"],
    ["", "b", "batch"],
    ["", "bt", "btf"],
    ["", "l", "link"],
    ["", "m", "map"],
    ["", "s", "struct_ops"],
    ["", "sn", "snapshot"],
    ["", "v", "version"],
    ["", "c", "cgroup"],
    ["", "", "help"],
    ["", "P", undefined],
    ["prog", "", "show"],
    ["prog", "l", "list"],
    ["prog", "p", "pin"],
    ["prog", "d", "dump"],
    ["prog", "h", "help"],
    ["map", "d", "dump"],
    ["map", "p", "pin"],
    ["map", "e", "event_pipe"],
    ["map", "s", "show"],
    ["btf", "d", "dump"],
    ["map", "l", "list"],
    ["map", "lo", "lookup"],
    ["map", "g", "getnext"],
    ["map", "pe", "peek"],
    ["map", "u", "update"],
    ["map", "de", "delete"],
  ];
  test.each(ABBREVIATIONS)("%s %j is %s", (table, word, match) => {
    const rows: readonly { readonly word: string }[] = table === "" ? COMMANDS : tableOf(table);
    expect(
      matchKeyword(
        word,
        rows.map((row) => row.word),
      ),
    ).toBe(match);
  });

  test("every option of a command is known, and every known one has a command", () => {
    const commands = COMMANDS.flatMap((entry) => (isObject(entry) ? entry.commands : [entry]));
    const used = commands.flatMap((entry) => ("options" in entry ? (entry.options ?? []) : []));
    expect([...new Set(used)].sort()).toEqual(Object.keys(OWN_OPTIONS).sort());
  });

  test.each([
    ["map", "dump", "table percpu hist human count limit btf type key-type"],
    ["map", "lookup", ""],
    ["map", "show", ""],
    ["prog", "dump", ""],
    ["btf", "dump", ""],
    ["prog", "graph", "output"],
    ["net", "show", "all-netns"],
    ["snapshot", "save", "map-data features no-kernel-btf"],
    ["snapshot", "show", ""],
  ])("options of %s %s: %s", (object, word, options) => {
    const command = tableOf(object).find((entry) => entry.word === word);
    expect(command && "options" in command ? (command.options ?? []).join(" ") : "").toBe(options);
  });

  test("every command that is there can be loaded", async () => {
    const commands = COMMANDS.flatMap((entry) => (isObject(entry) ? entry.commands : [entry]));
    for (const command of commands) {
      if (isAbsent(command) || isObject(command)) continue;
      expect(typeof (await command.load()), command.word).toBe("function");
    }
  });
});
