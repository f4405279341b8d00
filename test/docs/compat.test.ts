/** The table of docs/compat.md is that of this tree. UPDATE_GOLDENS=1 writes it anew. */
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS, isObject } from "../../src/cli/commands.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { BPFTOOL_KEYS, type JsonCommand } from "./bpftool.ts";
import { BEGIN, bpftoolCommands, compatTable, END, isBuilt, topKeys } from "./compat-table.ts";
import { COMMAND_NOTES, KEY_NOTES, OPTION_NOTES } from "./notes.ts";
import { savePlaces, writtenKeys } from "./written-keys.ts";

const FILE = path.resolve(import.meta.dirname, "../../docs/compat.md");
const FOLDER = tempFolder();

function parts(text: string): { head: string; table: string; tail: string } {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`docs/compat.md has no '${BEGIN}' ... '${END}'`);
  const stop = end + END.length;
  return { head: text.slice(0, start), table: text.slice(start, stop), tail: text.slice(stop) };
}

describe("docs/compat.md", () => {
  let written: ReadonlyMap<JsonCommand, readonly string[]>;

  beforeAll(async () => {
    written = await writtenKeys(FOLDER, savePlaces(FOLDER));
  });

  test("the table is up to date", () => {
    const { head, table, tail } = parts(fs.readFileSync(FILE, "utf8"));
    if (process.env.UPDATE_GOLDENS === "1") fs.writeFileSync(FILE, head + compatTable(written) + tail);
    else expect(table).toBe(compatTable(written));
  });

  test("a command that is built writes every key of bpftool", () => {
    const missing = [...BPFTOOL_KEYS].flatMap(([command, keys]) =>
      command === "every command" || isBuilt(command)
        ? keys.filter((key) => !written.get(command)?.includes(key)).map((key) => `${command}: ${key}`)
        : [],
    );
    expect(missing).toEqual([]);
  });

  test("every key that bpftool has not is explained, and no other", () => {
    const more = [...written].flatMap(([command, keys]) =>
      topKeys(keys.filter((key) => !BPFTOOL_KEYS.get(command)?.includes(key))).map(
        (key) => `${command}: ${key}`,
      ),
    );
    expect(more).toEqual(Object.keys(KEY_NOTES));
  });

  test("the command table has bpftool's words, in bpftool's order", () => {
    const theirs = bpftoolCommands();
    const objects = theirs.map((line) => line.split(" ")[0]);
    const ours = COMMANDS.flatMap((entry) =>
      isObject(entry) ? entry.commands.map(({ word }) => `${entry.word} ${word}`) : [entry.word],
    );
    const wanted = [...new Set(theirs.map((line) => (ours.includes(line) ? line : line.split(" ")[0])))];
    expect(ours.filter((line) => theirs.includes(line) || objects.includes(line))).toEqual(wanted);
  });

  test("notes are about something that is there, and tell of all that is not", () => {
    const theirs = bpftoolCommands();
    const about = (line: string) => theirs.some((known) => known === line || known.startsWith(`${line} `));
    expect(Object.keys(COMMAND_NOTES).filter((line) => !about(line))).toEqual([]);
    const silent = theirs.filter((line) => {
      const note = COMMAND_NOTES[line] ?? COMMAND_NOTES[line.split(" ")[0] ?? ""];
      return !isBuilt(line) && !note?.missing;
    });
    expect(silent).toEqual([]);
    expect(Object.values(OPTION_NOTES)).not.toContain("");
  });
});
