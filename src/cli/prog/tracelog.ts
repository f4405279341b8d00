/**
 * `prog tracelog`: what programs print, until a signal ends it (bpftool tracelog.c:do_tracelog).
 * `prog tracelog stdout PROG`, `stderr PROG`: what is in a stream of one program, which is empty then (bpftool
 * prog.c:prog_tracelog_stream).
 */
import { unsupportedError } from "../../errors.ts";
import { PROG_STREAM } from "../../uapi/prog-streams.ts";
import type { Context } from "../context.ts";
import { writeLines, writePieces } from "../pieces.ts";
import { progSelector } from "../selectors.ts";
import { helpError, usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const STREAMS = ["stdout", "stderr"] as const satisfies readonly (keyof typeof PROG_STREAM)[];

/** How many words a selector has. */
const SELECTOR = 2;

export async function progTracelog(words: Words, context: Context): Promise<void> {
  if (words.left === 0) return traceLog(context);
  const word = words.take();
  const stream = matchKeyword(word, STREAMS);
  if (stream === undefined) throw helpError();
  if (words.left < SELECTOR)
    throw usageError(`'${word}' needs at least ${SELECTOR} arguments, ${words.left} found`);
  const selector = progSelector(words); // bpftool does not look at what follows
  const registry = await context.registry();
  const { source } = registry;
  if (!source.progStream) throw unsupportedError("only the running kernel has streams of programs");
  const [prog, ...others] = registry.findProgs(selector);
  if (!prog || others.length > 0) throw usageError("several programs match this handle");
  const pieces = source.progStream(prog, PROG_STREAM[stream]);
  if (context.json) writeLines(pieces, context.json);
  else writePieces(pieces, stream === "stdout" ? context.out : context.err);
}

async function traceLog({ registry, json, out }: Context): Promise<void> {
  const { source } = await registry();
  json?.startArray();
  if (!source.traceLines) throw unsupportedError("only the running kernel has a trace pipe");
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    for await (const line of source.traceLines(stop.signal)) {
      if (json) json.string(line);
      else out.write(line);
      out.flush();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
  json?.endArray();
}
