/** `prog tracelog`: what programs print, until a signal ends it (bpftool tracelog.c:do_tracelog). */
import { unsupportedError } from "../../errors.ts";
import type { Run } from "../context.ts";
import { helpError } from "../usage.ts";
import { matchKeyword } from "../words.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** bpftool empties these streams of a program. */
const STREAMS = ["stdout", "stderr"] as const;

export const progTracelog: Run = async (words, { registry, json, out }) => {
  const word = words.peek();
  const stream = word === undefined ? undefined : matchKeyword(word, STREAMS);
  if (stream) throw unsupportedError(`bpflens has no 'prog tracelog ${stream}', bpftool has`);
  if (words.left > 0) throw helpError();
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
};
