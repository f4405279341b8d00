/** Rows of `struct_ops show` (bpftool struct_ops.c:__do_show). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { MapInfo } from "../../model/records.ts";

export interface StructOpsRow {
  readonly map: MapInfo;
  /** What is implemented; undefined where no types of the kernel tell. */
  readonly operations: string | undefined;
}

const UNKNOWN = "<btf_vmlinux_not_found>";
const NAME_WIDTH = 15;
const OPERATIONS_WIDTH = 32;

export function structOpsPlain(out: TextSink, { map, operations = UNKNOWN }: StructOpsRow): void {
  out.write(`${map.id}: ${map.name.padEnd(NAME_WIDTH)} ${operations.padEnd(OPERATIONS_WIDTH)}\n`);
}

export function structOpsJson(json: JsonWriter, { map, operations = UNKNOWN }: StructOpsRow): void {
  json.startObject();
  json.numberField("id", map.id).stringField("name", map.name).stringField("kernel_struct_ops", operations);
  json.endObject();
}
