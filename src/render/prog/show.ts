/** Lines and keys of a program (bpftool prog.c:print_prog_plain, print_prog_json). */
import { hexText } from "../../bytes/hex.ts";
import { TextBuffer, type TextSink } from "../../bytes/sink.ts";
import { writeBtfValue } from "../../btf/value-json.ts";
import { JsonWriter } from "../../json/writer.ts";
import type { MetadataRecord, ObjectProg } from "../../model/records.ts";
import type { ProgView } from "../../model/views.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";
import { localTime } from "../local-time.ts";
import { deviceJson, devicePlain, holdersJson, holdersPlain, pinsJson, pinsPlain } from "../shared.ts";

/** The part that stands above dumped instructions, too. */
type Header = Pick<ProgView, "prog" | "name">;

/** `7: xdp  name f  tag 3b185187f1855c4c  gpl`, with its newline. */
export function progHeaderPlain({ prog, name }: Header): string {
  let line = `${prog.id}: ${typeText(PROG_TYPES, prog.type)}  `;
  if (name) line += `name ${name}  `;
  line += `tag ${hexText(prog.tag)}${devicePlain(prog.device)}`;
  if (prog.gplCompatible) line += "  gpl";
  if (prog.runTimeNs !== 0n) line += ` run_time_ns ${prog.runTimeNs} run_cnt ${prog.runCnt}`;
  if (prog.recursionMisses !== 0n) line += ` recursion_misses ${prog.recursionMisses}`;
  return `${line}\n`;
}

export function progHeaderJson(json: JsonWriter, { prog, name }: Header): void {
  json.numberField("id", prog.id);
  json.nameField("type", nameOrNumber(PROG_TYPES, prog.type));
  if (name) json.stringField("name", name);
  json.stringField("tag", hexText(prog.tag));
  json.boolField("gpl_compatible", prog.gplCompatible);
  if (prog.runTimeNs !== 0n)
    json.numberField("run_time_ns", prog.runTimeNs).numberField("run_cnt", prog.runCnt);
  if (prog.recursionMisses !== 0n) json.numberField("recursion_misses", prog.recursionMisses);
}

export function progPlain(out: TextSink, view: ProgView): void {
  const { prog, loadedAt, metadata, pins, holders } = view;
  let lines = progHeaderPlain(view);
  if (loadedAt !== undefined) lines += `\tloaded_at ${localTime(loadedAt)}  uid ${prog.uid}\n`;
  lines += `\txlated ${prog.xlatedLen}B`;
  lines += prog.jitedLen > 0 ? `  jited ${prog.jitedLen}B` : "  not jited";
  if (prog.memlock !== undefined) lines += `  memlock ${prog.memlock}B`;
  if (prog.orphaned) lines += "  orphaned";
  if (prog.mapIds.length > 0) lines += `  map_ids ${prog.mapIds.join(",")}`;
  lines += pinsPlain(pins);
  if (prog.btfId !== 0) lines += `\n\tbtf_id ${prog.btfId}`;
  out.write(`${lines}${objectPlain(prog.object)}${holdersPlain(holders)}\n${metadataPlain(metadata)}`);
}

export function progJson(json: JsonWriter, view: ProgView): void {
  const { prog, loadedAt, metadata, pins, holders } = view;
  json.startObject();
  progHeaderJson(json, view);
  deviceJson(json, prog.device);
  if (loadedAt !== undefined) json.numberField("loaded_at", loadedAt).numberField("uid", prog.uid);
  json.boolField("orphaned", prog.orphaned);
  json.numberField("bytes_xlated", prog.xlatedLen);
  json.boolField("jited", prog.jitedLen > 0);
  if (prog.jitedLen > 0) json.numberField("bytes_jited", prog.jitedLen);
  if (prog.memlock !== undefined) json.key("bytes_memlock").raw(prog.memlock);
  if (prog.mapIds.length > 0) json.numberArrayField("map_ids", prog.mapIds);
  if (prog.btfId !== 0) json.numberField("btf_id", prog.btfId);
  pinsJson(json, pins);
  holdersJson(json, holders);
  if (prog.object) objectJson(json, prog.object);
  metadataJson(json, metadata);
  json.endObject();
}

/** `section kprobe/do_exit  attach_to do_exit`, a line of its own. */
function objectPlain(object: ObjectProg | undefined): string {
  if (!object) return "";
  const { section, attachType, attachTo } = object;
  const type = attachType === undefined ? "" : `  attach_type ${typeText(ATTACH_TYPES, attachType)}`;
  return `\n\tsection ${section}${type}${attachTo === undefined ? "" : `  attach_to ${attachTo}`}`;
}

function objectJson(json: JsonWriter, { section, attachType, attachTo }: ObjectProg): void {
  json.stringField("section", section);
  if (attachType !== undefined) json.nameField("attach_type", nameOrNumber(ATTACH_TYPES, attachType));
  if (attachTo !== undefined) json.stringField("attach_to", attachTo);
}

/** Each value on a line of its own, structs in compact JSON. */
function metadataPlain(metadata: readonly MetadataRecord[]): string {
  if (metadata.length === 0) return "";
  const lines = metadata.map(({ key, value }) => {
    const text = new TextBuffer();
    writeBtfValue(new JsonWriter(text), value, { plain: true });
    return `\t\t${key} = ${text}\n`;
  });
  return `\tmetadata:\n${lines.join("")}`;
}

function metadataJson(json: JsonWriter, metadata: readonly MetadataRecord[]): void {
  if (metadata.length === 0) return;
  json.key("metadata").startObject();
  for (const { key, value } of metadata) writeBtfValue(json.key(key), value, { plain: false });
  json.endObject();
}
