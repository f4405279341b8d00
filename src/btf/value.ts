/**
 * Bytes read by their BTF type into a tree of values (the reading half of bpftool btf_dumper.c:btf_dumper_do_type;
 * value-json.ts is the writing half).
 *
 * Unlike bpftool it never stops in the middle of a struct: FLOAT is a number, TYPE_TAG is read through, and what
 * cannot be read is `none`.
 */
import { ByteReader } from "../bytes/reader.ts";
import { cString } from "../bytes/text.ts";
import type { Btf } from "./btf.ts";
import { INT_ENCODING } from "./kinds.ts";
import type { BtfArray, BtfComposite, BtfEnum, BtfInt, BtfType } from "./types.ts";

export type BtfValue =
  /** A machine integer, in its own signedness; an enumeration's value without a name. */
  | { readonly kind: "number"; readonly value: bigint }
  /** Bit fields and integers of odd width, without sign. */
  | { readonly kind: "hex"; readonly value: bigint }
  | { readonly kind: "pointer"; readonly value: bigint }
  /** Finite: JSON has no other numbers. */
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  /** One byte. */
  | { readonly kind: "char"; readonly value: number }
  /** A char array up to its NUL, or the name of an enumerator; byte text. */
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly BtfValue[] }
  /** Members in order; names may be "" and may repeat. */
  | {
      readonly kind: "fields";
      readonly fields: readonly { readonly name: string; readonly value: BtfValue }[];
    }
  | { readonly kind: "none" };

const NONE: BtfValue = { kind: "none" };

/** Nested types of a broken BTF end here; the kernel allows 32 levels. */
const MAX_DEPTH = 64;
/** So many values are read of one, however its types are nested. */
const MAX_VALUES = 1 << 20;

/** The value of type `typeId` that starts at bit 0 of `bytes`. */
export function decodeValue(btf: Btf, typeId: number, bytes: Uint8Array): BtfValue {
  const reader = new ByteReader(bytes, { littleEndian: btf.littleEndian, what: "BTF value" });
  return new ValueDecoder(btf, reader).decode(typeId, 0, 0);
}

class ValueDecoder {
  readonly #btf: Btf;
  readonly #reader: ByteReader;
  #valuesLeft = MAX_VALUES;

  constructor(btf: Btf, reader: ByteReader) {
    this.#btf = btf;
    this.#reader = reader;
  }

  /** `offset` in bytes. What lies past the end of the bytes is none. */
  decode(typeId: number, offset: number, depth: number): BtfValue {
    const type = this.#spent() || depth > MAX_DEPTH ? undefined : this.#btf.type(typeId);
    if (offset + scalarSize(type) > this.#reader.length) return NONE;
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
        return { kind: "pointer", value: this.#reader.u64(offset) };
      case "TYPEDEF":
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
        return this.decode(type.type, offset, depth + 1);
      case "VAR":
        return {
          kind: "fields",
          fields: [{ name: type.name, value: this.decode(type.type, offset, depth + 1) }],
        };
      case "DATASEC": {
        const items = this.#each(type.vars, (variable) =>
          this.decode(variable.type, offset + variable.offset, depth + 1),
        );
        return { kind: "fields", fields: [{ name: type.name, value: { kind: "list", items } }] };
      }
      case "FLOAT":
        return this.#float(type.size, offset);
      default:
        return NONE;
    }
  }

  /** Counts a value; true where no more are read. */
  #spent(): boolean {
    return this.#valuesLeft-- <= 0;
  }

  /** The values of some parts, as long as values may be read. */
  #each<T, U>(parts: Iterable<T>, decode: (part: T) => U): U[] {
    const values: U[] = [];
    for (const part of parts) {
      if (this.#valuesLeft <= 0) break;
      values.push(decode(part));
    }
    return values;
  }

  #int(type: BtfInt, offset: number, bitOffset: number): BtfValue {
    const shift = bitOffset + type.bitOffset;
    const value = this.#bits(offset, shift, type.bits);
    if (shift !== 0 || !MACHINE_BITS.has(type.bits)) {
      const whole = shift === 0 && type.bits % 8 === 0 && type.bits !== 128;
      if (!whole || type.encoding === 0 || type.encoding === INT_ENCODING.SIGNED)
        return { kind: "hex", value };
    }
    switch (type.encoding) {
      case 0:
        return { kind: "number", value };
      case INT_ENCODING.SIGNED:
        return { kind: "number", value: BigInt.asIntN(type.bits, value) };
      case INT_ENCODING.CHAR:
        return { kind: "char", value: this.#reader.u8(offset) };
      case INT_ENCODING.BOOL:
        return { kind: "bool", value: this.#reader.u8(offset) !== 0 };
      default:
        return NONE;
    }
  }

  #float(size: number, offset: number): BtfValue {
    const view = new DataView(Uint8Array.from(this.#reader.slice(offset, size)).buffer);
    const value =
      size === 4
        ? view.getFloat32(0, this.#btf.littleEndian)
        : size === 8
          ? view.getFloat64(0, this.#btf.littleEndian)
          : Number.NaN;
    return Number.isFinite(value) ? { kind: "float", value } : NONE;
  }

  #enum(type: BtfEnum, offset: number): BtfValue {
    const bits = Math.min(type.size, 8) * 8;
    const raw = this.#bits(offset, 0, bits);
    const name = type.values.find((entry) => BigInt.asUintN(bits, BigInt(entry.value)) === raw)?.name;
    if (name !== undefined) return { kind: "text", value: name };
    return { kind: "number", value: type.signed ? BigInt.asIntN(bits, raw) : raw };
  }

  #array(type: BtfArray, offset: number, depth: number): BtfValue {
    const text = this.#charArray(type, offset);
    if (text !== undefined) return { kind: "text", value: text };
    const size = sizeOf(this.#btf, type.type);
    const end = Math.min(offset + type.count * size, this.#reader.length);
    const items: BtfValue[] = [];
    for (let at = offset; size > 0 && at < end && this.#valuesLeft > 0; at += size) {
      items.push(this.decode(type.type, at, depth + 1));
    }
    return { kind: "list", items };
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

  #composite(type: BtfComposite, offset: number, depth: number): BtfValue {
    const fields = this.#each(type.members, ({ name, type: typeId, bitOffset, bitSize }) => {
      const at = offset + Math.floor(bitOffset / 8);
      return { name, value: this.#member(typeId, at, bitOffset % 8, bitSize, depth) };
    });
    return { kind: "fields", fields };
  }

  /** A member that starts at bit `bit` of byte `at`, and is `bitSize` bits wide if it is a bit field. */
  #member(typeId: number, at: number, bit: number, bitSize: number, depth: number): BtfValue {
    const target = bit === 0 ? undefined : skipModifiers(this.#btf, typeId);
    const bits = bitSize || (target?.kind === "INT" ? target.bits : 0);
    if (bits === 0) return this.decode(typeId, at, depth + 1);
    if (this.#spent()) return NONE;
    if (at + Math.ceil((bit + bits) / 8) > this.#reader.length) return NONE;
    if (bitSize === 0 && target?.kind === "INT") return this.#int(target, at, bit);
    return { kind: "hex", value: this.#bits(at, bit, bits) };
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

/** Integers of these widths are numbers; others are hex. */
const MACHINE_BITS: ReadonlySet<number> = new Set([8, 16, 32, 64]);

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
