import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { batchCommands } from "../../src/cli/batch/lines.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** As a file is read: each line with its newline. */
function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

describe("batchCommands()", () => {
  const ROWS: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
    [
      "words",
      "prog show\nmap  show\tid 7\r\n",
      [
        ["prog", "show"],
        ["map", "show", "id", "7"],
      ],
    ],
    ["no newline at the end", "version", [["version"]]],
    ["blank lines and comments", "\n  \n# prog show\nversion # now\n", [["version"]]],
    ["a comment in the middle of a word", "version#now\n", [["version"]]],
    ["a comment in quotes", "prog show name 'a b'#'\n", [["prog", "show", "name", "a b"]]],
    ["quoted words", `prog show name "a 'b'" ''\n`, [["prog", "show", "name", "a 'b'", ""]]],
    ["quotes inside of a word", `prog show name a"b c"\n`, [["prog", "show", "name", 'a"b', 'c"']]],
    ["a word right behind a quoted one", `'prog'show\n`, [["prog", "show"]]],
    ["continued lines", "prog \\\n show \\\nid 7\nversion\n", [["prog", "show", "id", "7"], ["version"]]],
    ["a word that is continued", "ver\\\nsion\n", [["version"]]],
    ["a comment on a continued line", "prog show \\\nid 7 # seven\n", [["prog", "show", "id", "7"]]],
    ["a backslash before a comment", "version \\ # not continued\n", [["version", "\\"]]],
  ];
  test.each(ROWS)("%s", (_, text, commands) => expect([...batchCommands(lines(text))]).toEqual(commands));

  const LONG = `prog ${"x".repeat(65_528)}`;
  const MISTAKES: readonly (readonly [string, string, string])[] = [
    ["a line that is missing", "version\nprog \\\n", "missing continuation line on command 1"],
    ["a quote that does not end", "version\nprog show name 'x\n", "unterminated quoted string in command 1"],
    [
      "a line that grows too long",
      `${"x".repeat(60_000)}\\\n${"x".repeat(6_000)}\n`,
      "command 0 is too long",
    ],
    ["a long line", `${LONG}xxxxx\n`, "reading batch file failed: Argument list too long"],
    ["many words", `version\n${"a ".repeat(4096)}\n`, "too many arguments to command 1"],
  ];
  test.each(MISTAKES)("%s", (_, text, message) => {
    expect(inspectErrorOf(() => [...batchCommands(lines(text))]).message).toBe(message);
  });

  test("the longest line and the most words", () => {
    expect([...batchCommands(lines(`${LONG}\n`))][0]?.length).toBe(2);
    expect([...batchCommands(lines("a ".repeat(4095)))][0]?.length).toBe(4095);
  });
});

describe("batch", () => {
  const file = path.join(tempFolder(), "batch");
  const batch = (text: string, ...options: readonly string[]) => {
    fs.writeFileSync(file, text);
    return runCli(["--from", "demo", ...options, "batch", "file", file]);
  };

  test("prints what the commands print", async () => {
    const one = await runCli(["--from", "demo", "prog", "show", "name", "hello"]);
    const { stdout, stderr, status } = await batch("prog show name hello\np s n hello\n");
    expect([stdout, stderr, status]).toEqual([`${one.stdout}${one.stdout}processed 2 commands\n`, "", 0]);
  });

  test("JSON has the output of each command", async () => {
    const one = await runCli(["--from", "demo", "-j", "prog", "show", "name", "hello"]);
    for (const option of ["-j", "-p"]) {
      const { stdout, status } = await batch("prog show name hello\nprog help\n", option);
      expect([JSON.parse(stdout), status]).toEqual([
        [
          { command: ["prog", "show", "name", "hello"], output: JSON.parse(one.stdout) },
          { command: ["prog", "help"], output: null },
        ],
        0,
      ]);
    }
  });

  test("stops at the first failure, with its status", async () => {
    const text = "version\nmap lookup name syscall key 1 0 0 0\nversion\n";
    const alone = await runCli(["--from", "demo", ..."map lookup name syscall key 1 0 0 0".split(" ")]);
    const { stdout, status } = await batch(text);
    expect([stdout.includes("processed"), status]).toEqual([false, alone.status]);
    expect(status).not.toBe(0);
    const json = await batch(text, "-j");
    expect([JSON.parse(json.stdout).length, json.status]).toEqual([2, alone.status]);
  });

  test("a failure in the middle of a listing ends the document of the command alone", async () => {
    const { stdout, status } = await batch("version\nprog show id 1\n", "-j");
    expect([JSON.parse(stdout)[1], status]).toEqual([
      {
        command: ["prog", "show", "id", "1"],
        output: { error: "get by id (1): No such file or directory" },
      },
      255,
    ]);
  });

  test.each([
    ["batch", "too few parameters for batch"],
    ["batch file", "too few parameters for batch"],
    ["batch file a b", "too many parameters for batch"],
    ["batch from a", "expected 'file', got: from"],
    ["batch file /nonexistent", "Can't open file (/nonexistent): No such file or directory"],
    ["batch file /", "reading batch file failed: Is a directory"],
  ])("%s", async (line, message) => {
    const { stderr, status } = await runCli(line.split(" "));
    expect([stderr, status]).toEqual([`Error: ${message}\n`, 255]);
  });

  test("a batch cannot run another", async () => {
    const { stderr, status } = await batch(`batch file ${file}\n`);
    expect([stderr, status]).toEqual(["Error: a batch file cannot run another one\n", 255]);
  });
});
