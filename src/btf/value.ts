/**
 * Bytes printed by their BTF type, as JSON (bpftool btf_dumper.c:btf_dumper_do_type; rules in
 * docs/compat.md). Plain text is the same document with bare hex numbers where JSON needs quotes.
 *
 * Unlike bpftool it never stops in the middle of a struct: FLOAT is a number, TYPE_TAG is read through, and
 * what cannot be printed is null.
 */
import { hexByte } from "../bytes/hex.ts";
import { ByteReader } from "../bytes/reader.ts";
import { cString } from "../bytes/text.ts";
import type { JsonWriter } from "../json/writer.ts";
import type { Btf } from "./btf.ts";
import { INT_ENCODING } from "./kinds.ts";
import type { BtfArray, BtfComposite, BtfEnum, BtfInt, BtfType } from "./types.ts";

export interface ValueOptions {
  /** Plain text: hex numbers stand without quotes, pointers in hex. */
  readonly plain: boolean;
}

/** Nested types of a broken BTF end here; the kernel allows 32 levels. */
const MAX_DEPTH = 64;
/** So many values are printed of one, however its types are nested. */
const MAX_VALUES = 1 << 20;

/** Writes the value of type `typeId` that starts at bit 0 of `bytes`. */
export function writeValue(
  json: JsonWriter,
  btf: Btf,
  typeId: number,
  bytes: Uint8Array,
  options: ValueOptions,
): void {
  const reader = new ByteReader(bytes, { littleEndian: btf.littleEndian, what: "BTF value" });
  new ValueWriter(json, btf, reader, options.plain).write(typeId, 0, 0);
}

class ValueWriter {
  readonly #json: JsonWriter;
  readonly #btf: Btf;
  readonly #reader: ByteReader;
  readonly #plain: boolean;
  #valuesLeft = MAX_VALUES;

  constructor(json: JsonWriter, btf: Btf, reader: ByteReader, plain: boolean) {
    this.#json = json;
    this.#btf = btf;
    this.#reader = reader;
    this.#plain = plain;
  }

  /** `offset` in bytes. What lies past the end of the bytes is null. */
  write(typeId: number, offset: number, depth: number): void {
    const type = depth > MAX_DEPTH || this.#valuesLeft-- <= 0 ? undefined : this.#btf.type(typeId);
    if (offset + scalarSize(type) > this.#reader.length) return void this.#json.null();
    switch (type?.kind) {
      case "INT":
        return this.#int(type, offset, 0);
      case "ENUM":
      case "ENUM64":
        return this.#enum(type, offset);
      case "ARRAY":
        return this.#array(type, offset, depth);
      case "STRUCT":
      case "UNION":
        return this.#composite(type, offset, depth);
      case "PTR":
        return this.#pointer(offset);
      case "TYPEDEF":
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
        return this.write(type.type, offset, depth + 1);
      case "VAR":
        this.#json.startObject().key(type.name);
        this.write(type.type, offset, depth + 1);
        this.#json.endObject();
        return;
      case "DATASEC":
        this.#json.startObject().key(type.name).startArray();
        for (const variable of type.vars) this.write(variable.type, offset + variable.offset, depth + 1);
        this.#json.endArray().endObject();
        return;
      case "FLOAT":
        return this.#float(type.size, offset);
      default:
        this.#json.null();
    }
  }

  /** A whole number in bits that are not a machine integer: hex, quoted where it must be JSON. */
  #hex(value: bigint): void {
    const text = `0x${value.toString(16)}`;
    this.#json.raw(this.#plain ? text : `"${text}"`);
  }

  #int(type: BtfInt, offset: number, bitOffset: number): void {
    const shift = bitOffset + type.bitOffset;
    if (shift !== 0 || type.bits % 8 !== 0) return this.#hex(this.#bits(offset, shift, type.bits));
    if (type.bits === 128) return this.#int128(offset);
    const bytes = type.bits / 8;
    const machine = bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8;
    const unsigned = this.#bits(offset, 0, type.bits);
    switch (type.encoding) {
      case 0:
        return machine ? void this.#json.number(unsigned) : this.#hex(unsigned);
      case INT_ENCODING.SIGNED:
        return machine ? void this.#json.number(BigInt.asIntN(type.bits, unsigned)) : this.#hex(unsigned);
      case INT_ENCODING.CHAR:
        return this.#char(Number(unsigned & 0xffn));
      case INT_ENCODING.BOOL:
        return void this.#json.bool((unsigned & 0xffn) !== 0n);
      default:
        return void this.#json.null();
    }
  }

  #char(byte: number): void {
    if (byte >= 0x20 && byte < 0x7f) this.#json.string(String.fromCharCode(byte));
    else this.#json.raw(this.#plain ? `0x${byte.toString(16)}` : `"\\u00${hexByte(byte)}"`);
  }

  #int128(offset: number): void {
    const [first, second] = [this.#reader.u64(offset), this.#reader.u64(offset + 8)];
    const [low, high] = this.#btf.littleEndian ? [first, second] : [second, first];
    this.#hex((high << 64n) | low);
  }

  #float(size: number, offset: number): void {
    const view = new DataView(Uint8Array.from(this.#reader.slice(offset, size)).buffer);
    const value =
      size === 4
        ? view.getFloat32(0, this.#btf.littleEndian)
        : size === 8
          ? view.getFloat64(0, this.#btf.littleEndian)
          : Number.NaN;
    if (Number.isFinite(value)) this.#json.raw(String(value));
    else this.#json.null();
  }

  #enum(type: BtfEnum, offset: number): void {
    const bits = Math.min(type.size, 8) * 8;
    const raw = this.#bits(offset, 0, bits);
    const value = type.signed ? BigInt.asIntN(bits, raw) : raw;
    const name = type.values.find((entry) => BigInt.asUintN(bits, BigInt(entry.value)) === raw)?.name;
    if (name !== undefined) this.#json.string(name);
    else this.#json.number(value);
  }

  #pointer(offset: number): void {
    const value = this.#reader.u64(offset);
    if (!this.#plain) this.#json.number(value);
    else this.#json.string(value === 0n ? "(nil)" : `0x${value.toString(16)}`);
  }

  #array(type: BtfArray, offset: number, depth: number): void {
    const text = this.#charArray(type, offset);
    if (text !== undefined) return void this.#json.string(text);
    const size = sizeOf(this.#btf, type.type);
    this.#json.startArray();
    const end = Math.min(offset + type.count * size, this.#reader.length);
    for (let at = offset; size > 0 && at < end; at += size) this.write(type.type, at, depth + 1);
    this.#json.endArray();
  }

  /** The text of a char array that holds a NUL and only printable characters before it. */
  #charArray(type: BtfArray, offset: number): string | undefined {
    const element = skipModifiers(this.#btf, type.type);
    if (element?.kind !== "INT" || element.size !== 1 || type.count === 0) return undefined;
    if (element.encoding !== INT_ENCODING.CHAR && element.name !== "char") return undefined;
    if (offset + type.count > this.#reader.length) return undefined;
    const bytes = this.#reader.slice(offset, type.count);
    const text = cString(bytes);
    return text.length < bytes.length && /^[\x20-\x7e]*$/.test(text) ? text : undefined;
  }

  #composite(type: BtfComposite, offset: number, depth: number): void {
    this.#json.startObject();
    for (const member of type.members) {
      const at = offset + Math.floor(member.bitOffset / 8);
      const bit = member.bitOffset % 8;
      this.#json.key(member.name);
      const target = bit === 0 ? undefined : skipModifiers(this.#btf, member.type);
      const bits = member.bitSize || (target?.kind === "INT" ? target.bits : 0);
      if (bits === 0) this.write(member.type, at, depth + 1);
      else if (at + Math.ceil((bit + bits) / 8) > this.#reader.length) this.#json.null();
      else if (member.bitSize === 0 && target?.kind === "INT") this.#int(target, at, bit);
      else this.#hex(this.#bits(at, bit, bits));
    }
    this.#json.endObject();
  }

  /** `count` bits, at most 128, from bit `shift` on; counted as the byte order of the BTF counts them. */
  #bits(offset: number, shift: number, count: number): bigint {
    const bytes = this.#reader.slice(offset, Math.ceil((shift + count) / 8));
    let value = 0n;
    if (this.#btf.littleEndian) {
      for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
      value >>= BigInt(shift);
    } else {
      for (const byte of bytes) value = (value << 8n) | BigInt(byte);
      value >>= BigInt(bytes.length * 8 - shift - count);
    }
    return BigInt.asUintN(count, value);
  }
}

/** Bytes that printing a type without parts reads; 0 for all others. */
function scalarSize(type: BtfType | undefined): number {
  switch (type?.kind) {
    case "PTR":
      return POINTER_SIZE;
    case "INT":
      return Math.max(1, Math.ceil((type.bitOffset + type.bits) / 8));
    case "ENUM":
    case "ENUM64":
    case "FLOAT":
      return type.size;
    default:
      return 0;
  }
}

const POINTER_SIZE = 8;

function skipModifiers(btf: Btf, typeId: number): BtfType | undefined {
  let type = btf.type(typeId);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (
      type?.kind !== "VOLATILE" &&
      type?.kind !== "CONST" &&
      type?.kind !== "RESTRICT" &&
      type?.kind !== "TYPE_TAG"
    ) {
      return type;
    }
    type = btf.type(type.type);
  }
  return undefined;
}

/** Bytes of a type; 0 where it has no size (libbpf btf__resolve_size). */
export function sizeOf(btf: Btf, typeId: number): number {
  let count = 1;
  let id = typeId;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = btf.type(id);
    switch (type?.kind) {
      case "INT":
      case "STRUCT":
      case "UNION":
      case "ENUM":
      case "ENUM64":
      case "FLOAT":
      case "DATASEC":
        return count * type.size;
      case "PTR":
        return count * POINTER_SIZE;
      case "ARRAY":
        count *= type.count;
        id = type.type;
        break;
      case "TYPEDEF":
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
      case "VAR":
        id = type.type;
        break;
      default:
        return 0;
    }
  }
  return 0;
}
