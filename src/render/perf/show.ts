/** Lines and keys of a perf attachment (bpftool perf.c:print_perf_plain, print_perf_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { PerfRecord } from "../../model/records.ts";

/** How a kind prints: its name, and which of the answer's fields say where the program is. */
type PerfForm =
  | { readonly name: "raw_tracepoint" | "tracepoint"; readonly shape: "tracepoint" }
  | { readonly name: "kprobe" | "kretprobe"; readonly shape: "function" }
  | { readonly name: "uprobe" | "uretprobe"; readonly shape: "file" };

/** By enum bpf_task_fd_type. */
const FORMS: readonly PerfForm[] = [
  { name: "raw_tracepoint", shape: "tracepoint" },
  { name: "tracepoint", shape: "tracepoint" },
  { name: "kprobe", shape: "function" },
  { name: "kretprobe", shape: "function" },
  { name: "uprobe", shape: "file" },
  { name: "uretprobe", shape: "file" },
];

export function perfPlain(out: TextSink, perf: PerfRecord): void {
  const form = FORMS[perf.fdType];
  const place = form ? `${form.name}  ${placePlain(form, perf)}` : "";
  out.write(`pid ${perf.pid}  fd ${perf.fd}: prog_id ${perf.progId}  ${place}\n`);
}

function placePlain({ shape }: PerfForm, { name, offset, addr }: PerfRecord): string {
  if (shape === "tracepoint") return name;
  if (shape === "file") return `filename ${name}  offset ${offset}`;
  return name ? `func ${name}  offset ${offset}` : `addr ${addr}`;
}

export function perfJson(json: JsonWriter, perf: PerfRecord): void {
  const form = FORMS[perf.fdType];
  json
    .startObject()
    .numberField("pid", perf.pid)
    .numberField("fd", perf.fd)
    .numberField("prog_id", perf.progId);
  if (form) {
    json.stringField("fd_type", form.name);
    placeJson(json, form, perf);
  }
  json.endObject();
}

function placeJson(json: JsonWriter, { shape }: PerfForm, { name, offset, addr }: PerfRecord): void {
  if (shape === "tracepoint") json.stringField("tracepoint", name);
  else if (shape === "file") json.stringField("filename", name).numberField("offset", offset);
  else if (name) json.stringField("func", name).numberField("offset", offset);
  else json.numberField("addr", addr);
}
