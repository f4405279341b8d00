/** What tokens of a BPF file system allow (bpftool token.c:show_token_info_plain, show_token_info_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { TokenRecord } from "../../model/records.ts";

const SETS = [
  ["allowed_cmds", "cmds"],
  ["allowed_maps", "maps"],
  ["allowed_progs", "progs"],
  ["allowed_attachs", "attachs"],
] as const satisfies readonly (readonly [heading: string, set: keyof TokenRecord])[];

const ITEMS_PER_LINE = 4;
const ITEM_WIDTH = 20;

export function tokenPlain(out: TextSink, token: TokenRecord): void {
  out.write(`token_info  ${token.path}`);
  for (const [heading, set] of SETS) {
    out.write(`\n\t${heading}:`);
    for (const [i, item] of token[set].entries())
      out.write(`${i % ITEMS_PER_LINE === 0 ? "\n\t  " : ""}${item.padEnd(ITEM_WIDTH)}`);
  }
  out.write("\n");
}

export function tokenJson(json: JsonWriter, token: TokenRecord): void {
  json.startObject().stringField("token_info", token.path);
  for (const [heading, set] of SETS) json.stringArrayField(heading, token[set]);
  json.endObject();
}
