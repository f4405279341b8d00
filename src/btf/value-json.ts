/**
 * A tree of values as JSON (the writing half of bpftool btf_dumper.c). Plain text is the same document with bare
 * hex numbers where JSON needs quotes, and pointers in hex.
 */
import { hexByte } from "../bytes/hex.ts";
import type { JsonWriter } from "../json/writer.ts";
import type { Btf } from "./btf.ts";
import { type BtfValue, decodeValue } from "./value.ts";

export interface ValueOptions {
  readonly plain: boolean;
}

/** Reads and writes in one step. */
export function writeValue(
  json: JsonWriter,
  btf: Btf,
  typeId: number,
  bytes: Uint8Array,
  options: ValueOptions,
): void {
  writeBtfValue(json, decodeValue(btf, typeId, bytes), options);
}

export function writeBtfValue(json: JsonWriter, value: BtfValue, options: ValueOptions): void {
  const { plain } = options;
  switch (value.kind) {
    case "number":
      return void json.number(value.value);
    case "hex": {
      const text = `0x${value.value.toString(16)}`;
      return void json.raw(plain ? text : `"${text}"`);
    }
    case "pointer":
      if (!plain) return void json.number(value.value);
      return void json.string(value.value === 0n ? "(nil)" : `0x${value.value.toString(16)}`);
    case "float":
      return void json.raw(String(value.value));
    case "bool":
      return void json.bool(value.value);
    case "char":
      if (value.value >= 0x20 && value.value < 0x7f)
        return void json.string(String.fromCharCode(value.value));
      return void json.raw(plain ? `0x${value.value.toString(16)}` : `"\\u00${hexByte(value.value)}"`);
    case "text":
      return void json.string(value.value);
    case "list":
      json.startArray();
      for (const item of value.items) writeBtfValue(json, item, options);
      return void json.endArray();
    case "fields":
      json.startObject();
      for (const field of value.fields) writeBtfValue(json.key(field.name), field.value, options);
      return void json.endObject();
    case "none":
      return void json.null();
  }
}
