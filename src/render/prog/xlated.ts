/** Listings of translated instructions (bpftool xlated_dumper.c:dump_xlated_plain, dump_xlated_json). */
import { hexByte0x, hexDump } from "../../bytes/hex.ts";
import type { TextSink } from "../../bytes/sink.ts";
import type { ListingRow } from "../../code/listing.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { sourceJson, sourcePlain } from "./source-line.ts";

export interface ListingOptions {
  /** File, line and column of source lines. */
  readonly linum: boolean;
  /** The bytes of each instruction. */
  readonly opcodes: boolean;
}

export function listingPlain(
  out: TextSink,
  rows: Iterable<ListingRow>,
  { linum, opcodes }: ListingOptions,
): void {
  for (const { pc, text, note, bytes, proto, source } of rows) {
    if (proto) out.write(`${proto}:\n`);
    if (source) sourcePlain(out, source, linum);
    out.write(`${String(pc).padStart(4)}: ${text}${noteText(note)}\n`);
    if (opcodes) out.write(`       ${opcodesText(bytes)}\n`);
  }
}

/** ` -> slot 6: tail_ipv4 (id 1384)` */
export function noteText(note: string | undefined): string {
  return note === undefined ? "" : ` -> ${note}`;
}

/** The slots of an instruction stand side by side, without the gap that a hex dump makes after 8 bytes. */
export function opcodesText(bytes: Uint8Array): string {
  return bytes.length > 8 ? `${hexDump(bytes.subarray(0, 8))} ${hexDump(bytes.subarray(8))}` : hexDump(bytes);
}

/** An array of objects. */
export function listingJson(
  json: JsonWriter,
  rows: Iterable<ListingRow>,
  { linum, opcodes }: ListingOptions,
): void {
  json.startArray();
  for (const { text, note, insn, bytes, proto, source } of rows) {
    json.startObject();
    if (proto) json.stringField("proto", proto);
    if (source) sourceJson(json, source, linum);
    json.stringField("disasm", text);
    if (note !== undefined) json.stringField("note", note);
    if (opcodes) {
      json.key("opcodes").startObject();
      json.stringField("code", hexByte0x(insn.code));
      json.stringField("src_reg", `0x${insn.src.toString(16)}`);
      json.stringField("dst_reg", `0x${insn.dst.toString(16)}`);
      json.stringArrayField("off", Array.from(bytes.subarray(2, 4), hexByte0x));
      json.stringArrayField("imm", Array.from(bytes.subarray(4), hexByte0x));
      json.endObject();
    }
    json.endObject();
  }
  json.endArray();
}
