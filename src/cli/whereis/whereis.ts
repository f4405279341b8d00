/**
 * `whereis { ADDR | SYMBOL[+OFFSET[/SIZE]] | - }...`: which program, function, instruction and source line a kernel
 * address stands for. docs/whereis.md has the output.
 */
import { answerPlaces, type PlaceAnswer, type PlaceQuery } from "../../code/place-answers.ts";
import { errnoOf, InspectError, ioError, notFoundError, unsupportedError } from "../../errors.ts";
import { placeJson, placePlain } from "../../render/whereis/answer.ts";
import { readFile } from "../../sources/read-file.ts";
import { strerror } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { helpError } from "../usage.ts";
import type { Words } from "../words.ts";
import { framesOf, MAX_FRAMES } from "./frames.ts";
import { placeQuery } from "./query.ts";

const STDIN = 0;

export async function whereis(words: Words, context: Context): Promise<void> {
  if (words.left === 0) throw helpError();
  const queries: PlaceQuery[] = [];
  while (words.left > 0) {
    const word = words.take();
    queries.push(...(word === "-" ? stdinFrames(context) : [placeQuery(word)]));
  }
  const registry = await context.registry();
  if (registry.source.kind === "object")
    throw unsupportedError(
      "programs of a file have no addresses: they are compiled when the kernel loads them",
    );
  write(answerPlaces(registry, queries), context);
}

function stdinFrames({ err }: Context): PlaceQuery[] {
  const { frames, cut } = framesOf(readStdin());
  if (cut) err.write(`Warning: only the first ${MAX_FRAMES} frames are answered\n`);
  if (frames.length === 0) throw notFoundError("there is no frame of a program (bpf_prog_...) in stdin");
  return frames;
}

function readStdin(): string {
  try {
    return Buffer.from(readFile(STDIN)).toString("latin1");
  } catch (error) {
    const why = error instanceof InspectError ? error.message : strerror(errnoOf(error) ?? 0);
    throw ioError(`Cannot read stdin: ${why}`, error);
  }
}

/** What has no answer does not hide the others; the command fails at the end. */
function write(answers: readonly PlaceAnswer[], { json, out, err }: Context): void {
  json?.startArray();
  for (const [index, answer] of answers.entries()) {
    if (json) placeJson(json, answer);
    else if (answer.kind !== "unknown") {
      if (index > 0) out.write("\n");
      placePlain(out, answer);
    } else {
      out.flush();
      err.write(`Error: ${answer.query.text}: ${answer.why}\n`);
    }
  }
  json?.endArray();
  if (answers.some(({ kind }) => kind === "unknown"))
    throw new InspectError("not-found", "", { data: { silent: true } });
}
