/** `prog tracelog`: what programs print, until a signal ends it (bpftool tracelog.c:do_tracelog). */
import { unsupportedError } from "../../errors.ts";
import type { Run } from "../context.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export const progTracelog: Run = async (_, { registry, json, out }) => {
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
