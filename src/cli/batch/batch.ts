/** `batch file FILE|-`: the commands of a file, one after the other in this process (bpftool main.c:do_batch). */
import { closeSync, openSync, readSync } from "node:fs";
import { fromByteText } from "../../bytes/text.ts";
import { errnoOf, InspectError, ioError, usageError } from "../../errors.ts";
import { strerror } from "../../uapi/errno.ts";
import type { Context, Run } from "../context.ts";
import { isPrefix, matchKeyword, type Words } from "../words.ts";
import { batchCommands } from "./lines.ts";

const STDIN = 0;

export const batch: Run = async (words, context) => {
  const file = fileOf(words);
  const { json, out } = context;
  const fd = file === "-" ? STDIN : open(file);
  json?.startArray();
  let commands = 0;
  let status = 0;
  try {
    for (const command of batchCommands(readLines(fd))) {
      status = await runCommand(command, context);
      if (status !== 0) break;
      commands++;
    }
  } finally {
    if (fd !== STDIN) closeSync(fd);
  }
  json?.endArray();
  if (status !== 0) throw new InspectError("usage", "", { status, data: { silent: true } });
  if (!json) out.write(`processed ${commands} commands\n`);
};

function fileOf(words: Words): string {
  if (words.left < 2) throw usageError("too few parameters for batch");
  if (words.left > 2) throw usageError("too many parameters for batch");
  const word = words.take();
  if (matchKeyword(word, ["file"]) === undefined) throw usageError(`expected 'file', got: ${word}`);
  return words.take();
}

function open(file: string): number {
  try {
    return openSync(fromByteText(file), "r");
  } catch (error) {
    throw ioError(`Can't open file (${file}): ${strerror(errnoOf(error) ?? 0)}`, error);
  }
}

const PIECE = 1 << 16;

/** Lines as byte text, with their newlines; one that grows too long comes in pieces. */
function* readLines(fd: number): Generator<string> {
  const piece = Buffer.allocUnsafe(PIECE);
  let rest = "";
  for (let size = readSome(fd, piece); size > 0; size = readSome(fd, piece)) {
    const lines = (rest + piece.toString("latin1", 0, size)).split(/(?<=\n)/);
    rest = lines.at(-1)?.endsWith("\n") ? "" : (lines.pop() ?? "");
    yield* lines;
    if (rest.length < PIECE) continue;
    yield rest;
    rest = "";
  }
  if (rest !== "") yield rest;
}

function readSome(fd: number, piece: Buffer): number {
  try {
    return readSync(fd, piece);
  } catch (error) {
    throw ioError(`reading batch file failed: ${strerror(errnoOf(error) ?? 0)}`, error);
  }
}

/** What it prints is sent at once: whoever writes the commands may wait for it. */
async function runCommand(command: readonly string[], { json, out, runLine }: Context): Promise<number> {
  if (isPrefix(command[0] ?? "", "batch") && !isPrefix(command[0] ?? "", "help"))
    throw usageError("a batch file cannot run another one");
  if (!json) {
    const status = await runLine(command);
    out.flush();
    return status;
  }
  json.startObject();
  json.stringArrayField("command", command);
  json.key("output");
  const status = await json.nested(() => runLine(command));
  json.endObject();
  return status;
}
