/**
 * Values as JSON (the writing half of bpftool btf_dumper.c), from a tree or at once from their bytes. Plain text is the
 * same document with bare hex numbers where JSON needs quotes, and pointers in hex.
 */
import { hexByte } from "../bytes/hex.ts";
import type { JsonWriter } from "../json/writer.ts";
import type { BtfValue } from "./value.ts";
import { type ListNode, type PointerNode, type ValueNode, type ValuePlan, valueLimit } from "./value-plan.ts";
import { isPrintable, itemCount, readBits, readFloat, readNumber, textEnd } from "./value-read.ts";

export interface ValueOptions {
  readonly plain: boolean;
  /**
   * What stands for a pointer to a function, by the id of its FUNC_PROTO (bpftool btf_dumper.c:
   * dump_prog_id_as_func_ptr); undefined: the pointer as it is.
   */
  functionText?(proto: number, value: number | bigint): string | undefined;
}

/**
 * The value that stands in the bytes from `from` to `to`, without a tree in between. What lies past the end is null.
 * The plan is made once for all values of a type: `planValue(btf, typeId)`.
 */
export function writeValue(
  json: JsonWriter,
  plan: ValuePlan,
  bytes: Uint8Array,
  from: number,
  options: ValueOptions,
  to = bytes.length,
): void {
  new ValueWriter(json, plan, bytes, to, options, valueLimit(to - from)).value(plan.root, from);
}

export function writeBtfValue(json: JsonWriter, value: BtfValue, options: ValueOptions): void {
  const { plain } = options;
  switch (value.kind) {
    case "number":
      return void json.number(value.value);
    case "hex":
      return writeHex(json, value.value, plain);
    case "pointer":
      return writePointer(json, value.value, plain);
    case "float":
      return writeFloat(json, value.value);
    case "bool":
      return void json.bool(value.value);
    case "char":
      return writeChar(json, value.value, plain);
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

class ValueWriter {
  readonly #json: JsonWriter;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #littleEndian: boolean;
  readonly #plain: boolean;
  readonly #functionText: ValueOptions["functionText"];
  #valuesLeft: number;

  constructor(
    json: JsonWriter,
    { littleEndian }: ValuePlan,
    bytes: Uint8Array,
    end: number,
    { plain, functionText }: ValueOptions,
    valuesLeft: number,
  ) {
    this.#json = json;
    this.#bytes = bytes;
    this.#end = end;
    this.#littleEndian = littleEndian;
    this.#plain = plain;
    this.#functionText = functionText;
    this.#valuesLeft = valuesLeft;
  }

  value(node: ValueNode, at: number): void {
    const json = this.#json;
    this.#valuesLeft--;
    if (at + node.size > this.#end) return void json.null();
    switch (node.kind) {
      case "number":
        return void json.number(readNumber(this.#bytes, at, node, this.#littleEndian));
      case "bits":
        return writeHex(json, readBits(this.#bytes, at, node, this.#littleEndian), this.#plain);
      case "enum": {
        const value = readNumber(this.#bytes, at, node, this.#littleEndian);
        const name = node.names.get(value);
        return void (name === undefined ? json.number(value) : json.raw(name.quoted));
      }
      case "pointer":
        return this.#pointer(node, readNumber(this.#bytes, at, node, this.#littleEndian));
      case "float":
        return writeFloat(json, readFloat(this.#bytes, at, node.size, this.#littleEndian));
      case "bool":
        return void json.bool(this.#bytes[at] !== 0);
      case "char":
        return writeChar(json, this.#bytes[at] as number, this.#plain);
      case "text": {
        const end = textEnd(this.#bytes, at, node, this.#end);
        return end < 0 ? this.#list(node.list, at) : void json.stringBytes(this.#bytes, at, end);
      }
      case "list":
        return this.#list(node, at);
      case "parts":
        json.startArray();
        for (const part of node.parts) {
          if (this.#valuesLeft <= 0) break;
          this.value(part.node, at + part.offset);
        }
        return void json.endArray();
      case "fields":
        json.startObject();
        for (const field of node.fields) {
          if (this.#valuesLeft <= 0) break;
          json.rawKey(field.key);
          this.value(field.node, at + field.offset);
        }
        return void json.endObject();
      case "none":
        return void json.null();
    }
  }

  #pointer({ proto }: PointerNode, value: number | bigint): void {
    const text = proto === undefined ? undefined : this.#functionText?.(proto, value);
    if (text === undefined) writePointer(this.#json, value, this.#plain);
    else this.#json.string(text);
  }

  #list(node: ListNode, at: number): void {
    const count = itemCount(node, at, this.#end);
    this.#json.startArray();
    for (let i = 0; i < count && this.#valuesLeft > 0; i++) this.value(node.item, at + i * node.stride);
    this.#json.endArray();
  }
}

function writeHex(json: JsonWriter, value: number | bigint, plain: boolean): void {
  const text = hexText(value);
  json.raw(plain ? text : `"${text}"`);
}

/** `0x5`, `-0x5` */
function hexText(value: number | bigint): string {
  const digits = value.toString(16);
  return value < 0 ? `-0x${digits.slice(1)}` : `0x${digits}`;
}

/** As printf's %p in plain text. */
function writePointer(json: JsonWriter, value: number | bigint, plain: boolean): void {
  if (!plain) json.number(value);
  else json.raw(value.toString() === "0" ? '"(nil)"' : `"${hexText(value)}"`);
}

/** JSON has no other numbers than finite ones. */
function writeFloat(json: JsonWriter, value: number): void {
  if (!Number.isFinite(value)) json.string(String(value));
  else json.raw(Object.is(value, -0) ? "-0" : String(value));
}

function writeChar(json: JsonWriter, byte: number, plain: boolean): void {
  if (isPrintable(byte)) json.string(String.fromCharCode(byte));
  else json.raw(plain ? `0x${byte.toString(16)}` : `"\\u00${hexByte(byte)}"`);
}
