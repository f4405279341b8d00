/**
 * Transcripts of whole commands: `$ bpflens ...`, stdout, stderr lines behind `! `, the exit status if it is not 0.
 * UPDATE_GOLDENS=1 writes them anew; README.md in this folder tells what they were compared with.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";

const FOLDER = import.meta.dirname;
const UPDATE = process.env.UPDATE_GOLDENS === "1";
const PROMPT = "$ bpflens ";

interface Step {
  readonly command: string;
  readonly expected: string;
}

function steps(file: string): { head: string; steps: Step[] } {
  const [head = "", ...parts] = fs.readFileSync(path.join(FOLDER, file), "utf8").split(`\n${PROMPT}`);
  return {
    head,
    steps: parts.map((part) => {
      const end = part.indexOf("\n");
      return { command: part.slice(0, end), expected: part.slice(end + 1) };
    }),
  };
}

/** The words of a command; those in quotes hold blanks. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

async function transcript(command: string): Promise<string> {
  const { stdout, stderr, status } = await runCli(words(command));
  const errors = stderr.replace(/^(?=.)/gm, "! ");
  return `${stdout}${errors}${status === 0 ? "" : `exit status ${status}\n`}`;
}

const FILES = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));

describe.each(FILES)("%s", async (file) => {
  const { head, steps: all } = steps(file);
  if (UPDATE) {
    test("is written anew", async () => {
      const parts = [head];
      for (const { command } of all) parts.push(`${command}\n${(await transcript(command)).trimEnd()}\n`);
      fs.writeFileSync(path.join(FOLDER, file), parts.join(`\n${PROMPT}`));
    });
    return;
  }
  test.each(all)("$command", async ({ command, expected }) => {
    expect((await transcript(command)).trimEnd()).toBe(expected.trimEnd());
  });
});
