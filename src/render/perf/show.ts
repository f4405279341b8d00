/** Lines and keys of a perf attachment (bpftool perf.c:print_perf_plain, print_perf_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { PerfRecord } from "../../model/records.ts";
import { PERF_FD_TYPES } from "../../uapi/perf-fd-types.ts";

/** Which of the answer's fields say where the program is. */
type Shape = "tracepoint" | "function" | "file";

const SHAPES: Readonly<Record<(typeof PERF_FD_TYPES)[number], Shape>> = {
  raw_tracepoint: "tracepoint",
  tracepoint: "tracepoint",
  kprobe: "function",
  kretprobe: "function",
  uprobe: "file",
  uretprobe: "file",
};

export function perfPlain(out: TextSink, perf: PerfRecord): void {
  const { pid, fd, progId, fdType } = perf;
  const type = PERF_FD_TYPES[fdType];
  const place = type ? `${type}  ${placePlain(SHAPES[type], perf)}` : "";
  out.write(`pid ${pid}  fd ${fd}: prog_id ${progId}  ${place}\n`);
}

function placePlain(shape: Shape, { name, offset, addr }: PerfRecord): string {
  if (shape === "tracepoint") return name;
  if (shape === "file") return `filename ${name}  offset ${offset}`;
  return name ? `func ${name}  offset ${offset}` : `addr ${addr}`;
}

export function perfJson(json: JsonWriter, perf: PerfRecord): void {
  const { pid, fd, progId, fdType } = perf;
  const type = PERF_FD_TYPES[fdType];
  json.startObject().numberField("pid", pid).numberField("fd", fd).numberField("prog_id", progId);
  if (type) {
    json.stringField("fd_type", type);
    placeJson(json, SHAPES[type], perf);
  }
  json.endObject();
}

function placeJson(json: JsonWriter, shape: Shape, { name, offset, addr }: PerfRecord): void {
  if (shape === "tracepoint") json.stringField("tracepoint", name);
  else if (shape === "file") json.stringField("filename", name).numberField("offset", offset);
  else if (name) json.stringField("func", name).numberField("offset", offset);
  else json.numberField("addr", addr);
}
