/** Lines and keys of a BTF object (bpftool btf.c:show_btf_plain, show_btf_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { BtfView } from "../../model/views.ts";
import { holdersJson, holdersPlain } from "../shared.ts";

export function btfPlain(out: TextSink, { btf, progIds, mapIds, holders }: BtfView): void {
  const name = btf.kernel ? `[${btf.name}]` : btf.name || "<anon>";
  const lines = [
    `${btf.id}: name ${name}  size ${btf.size}B`,
    progIds.length > 0 ? `  prog_ids ${progIds.join(",")}` : "",
    mapIds.length > 0 ? `  map_ids ${mapIds.join(",")}` : "",
    holdersPlain(holders),
    "\n",
  ];
  out.write(lines.join(""));
}

export function btfJson(json: JsonWriter, { btf, progIds, mapIds, holders }: BtfView): void {
  json.startObject();
  json.numberField("id", btf.id);
  json.numberField("size", btf.size);
  json.numberArrayField("prog_ids", progIds);
  json.numberArrayField("map_ids", mapIds);
  holdersJson(json, holders);
  json.boolField("kernel", btf.kernel);
  if (btf.name) json.stringField("name", btf.name);
  json.endObject();
}
