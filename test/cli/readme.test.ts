/** The README's commands are those of the table. */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { COMMANDS, isAbsent, isObject } from "../../src/cli/commands.ts";

const README = fs
  .readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8")
  .replaceAll("\\|", "|");

const USAGES = COMMANDS.flatMap((entry) => {
  if (isAbsent(entry)) return [];
  if (!isObject(entry)) return [entry.word];
  return entry.commands.flatMap((command) =>
    isAbsent(command) || command.word === "list" || command.word === "help"
      ? []
      : [`${entry.word} ${command.word} ${command.usage}`.trim()],
  );
});

test.each(USAGES)("the README lists `%s`", (usage) => {
  expect(README).toContain(`\`${usage}`);
});
