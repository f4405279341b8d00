/** Source lines above instructions (bpftool btf_dumper.c:btf_dump_linfo_plain, btf_dump_linfo_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { SourceLine } from "../../code/source-lines.ts";
import type { JsonWriter } from "../../json/writer.ts";

/** With `linum` file, line and column, too. */
export function sourcePlain(out: TextSink, { text, file, line, column }: SourceLine, linum: boolean): void {
  if (text === undefined) return;
  out.write(`; ${text}${linum ? ` [file:${file} line_num:${line} line_col:${column}]` : ""}\n`);
}

/** Fields of the instruction's object. */
export function sourceJson(json: JsonWriter, { text, file, line, column }: SourceLine, linum: boolean): void {
  if (text !== undefined) json.stringField("src", text);
  if (!linum) return;
  json.stringField("file", file);
  if (line !== 0) json.numberField("line_num", line);
  if (column !== 0) json.numberField("line_col", column);
}
