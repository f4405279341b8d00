/**
 * A BTF blob: the header is checked and every type is indexed at once, a type is inflated when it is asked for
 * (include/uapi/linux/btf.h; libbpf btf.c:btf_parse_hdr, btf_parse_type_sec).
 */
import { ByteReader } from "../bytes/reader.ts";
import { cString } from "../bytes/text.ts";
import { malformedError } from "../errors.ts";
import { BTF_KIND, BTF_KINDS } from "./kinds.ts";
import type { BtfType } from "./types.ts";

const MAGIC = 0xeb9f;
const HEADER_SIZE = 24;
/** name_off, info, and size or type. */
const TYPE_SIZE = 12;

/** Bytes that follow the common part of a type, for each of its `vlen` items or once. */
const TAIL: Readonly<Record<number, { readonly fixed: number; readonly each: number }>> = {
  [BTF_KIND.INT]: { fixed: 4, each: 0 },
  [BTF_KIND.PTR]: { fixed: 0, each: 0 },
  [BTF_KIND.ARRAY]: { fixed: 12, each: 0 },
  [BTF_KIND.STRUCT]: { fixed: 0, each: 12 },
  [BTF_KIND.UNION]: { fixed: 0, each: 12 },
  [BTF_KIND.ENUM]: { fixed: 0, each: 8 },
  [BTF_KIND.FWD]: { fixed: 0, each: 0 },
  [BTF_KIND.TYPEDEF]: { fixed: 0, each: 0 },
  [BTF_KIND.VOLATILE]: { fixed: 0, each: 0 },
  [BTF_KIND.CONST]: { fixed: 0, each: 0 },
  [BTF_KIND.RESTRICT]: { fixed: 0, each: 0 },
  [BTF_KIND.FUNC]: { fixed: 0, each: 0 },
  [BTF_KIND.FUNC_PROTO]: { fixed: 0, each: 8 },
  [BTF_KIND.VAR]: { fixed: 4, each: 0 },
  [BTF_KIND.DATASEC]: { fixed: 0, each: 12 },
  [BTF_KIND.FLOAT]: { fixed: 0, each: 0 },
  [BTF_KIND.DECL_TAG]: { fixed: 4, each: 0 },
  [BTF_KIND.TYPE_TAG]: { fixed: 0, each: 0 },
  [BTF_KIND.ENUM64]: { fixed: 0, each: 12 },
};

/** The first fields of every type. */
interface TypeHeader {
  readonly id: number;
  readonly name: string;
  readonly vlen: number;
  readonly kindFlag: boolean;
  /** The size in bytes or the id of another type, by kind. */
  readonly sizeOrType: number;
  /** Offset of what follows, from the start of the blob. */
  readonly tail: number;
}

export class Btf {
  readonly #reader: ByteReader;
  readonly #strings: Uint8Array;
  /** Offset of each type from the start of the blob, by id; id 0 (void) has none. */
  readonly #offsets: readonly number[];
  readonly #types = new Map<number, BtfType>();

  /** Throws a malformed error, with the offset, where the blob is not BTF or a type runs over its end. */
  constructor(bytes: Uint8Array) {
    const littleEndian = bytes[0] === (MAGIC & 0xff);
    const reader = new ByteReader(bytes, { littleEndian, what: "BTF" });
    if (reader.u16(0) !== MAGIC) throw malformedError("BTF", `no magic number 0x${MAGIC.toString(16)}`, 0);
    if (reader.u8(2) !== 1) throw malformedError("BTF", `version ${reader.u8(2)} is not 1`, 2);
    const headerSize = reader.u32(4);
    if (headerSize < HEADER_SIZE)
      throw malformedError("BTF", `header of ${headerSize} bytes is too short`, 4);
    const types = { start: headerSize + reader.u32(8), size: reader.u32(12) };
    reader.need(types.start, types.size);
    this.#strings = reader.slice(headerSize + reader.u32(16), reader.u32(20));
    this.#reader = reader;
    this.#offsets = indexTypes(reader, types.start, types.start + types.size);
  }

  get littleEndian(): boolean {
    return this.#reader.littleEndian;
  }

  /** One more than the largest type id. */
  get typeCount(): number {
    return this.#offsets.length;
  }

  /** The string at `offset` of the string section; undefined past its end. */
  string(offset: number): string | undefined {
    return offset < this.#strings.length ? cString(this.#strings, offset) : undefined;
  }

  /** The type of an id; undefined where there is none. */
  type(id: number): BtfType | undefined {
    const known = this.#types.get(id);
    if (known) return known;
    const offset = this.#offsets[id];
    if (offset === undefined) return undefined;
    const type = id === 0 ? ({ kind: "UNKN", id, name: "" } as const) : this.#inflate(id, offset);
    this.#types.set(id, type);
    return type;
  }

  #inflate(id: number, offset: number): BtfType {
    const reader = this.#reader;
    const info = reader.u32(offset + 4);
    const header: TypeHeader = {
      id,
      name: this.#name(offset),
      vlen: info & 0xffff,
      kindFlag: info >>> 31 === 1,
      sizeOrType: reader.u32(offset + 8),
      tail: offset + TYPE_SIZE,
    };
    const { name, sizeOrType, tail } = header;
    const kind = BTF_KINDS[(info >>> 24) & 0x1f];
    switch (kind) {
      case "INT": {
        const data = reader.u32(tail);
        const encoding = (data >>> 24) & 0x0f;
        return {
          kind,
          id,
          name,
          size: sizeOrType,
          encoding,
          bitOffset: (data >>> 16) & 0xff,
          bits: data & 0xff,
        };
      }
      case "PTR":
      case "TYPEDEF":
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
        return { kind, id, name, type: sizeOrType };
      case "ARRAY": {
        const [type, indexType, count] = [reader.u32(tail), reader.u32(tail + 4), reader.u32(tail + 8)];
        return { kind, id, name, type, indexType, count };
      }
      case "STRUCT":
      case "UNION":
        return { kind, id, name, size: sizeOrType, members: this.#members(header) };
      case "ENUM":
      case "ENUM64":
        return {
          kind,
          id,
          name,
          size: sizeOrType,
          signed: header.kindFlag,
          values: this.#enumerators(header, kind),
        };
      case "FWD":
        return { kind, id, name, union: header.kindFlag };
      case "FUNC":
        return { kind, id, name, type: sizeOrType, linkage: header.vlen };
      case "FUNC_PROTO": {
        const params = this.#items(header, 8, (at) => ({ name: this.#name(at), type: reader.u32(at + 4) }));
        return { kind, id, name, returnType: sizeOrType, params };
      }
      case "VAR":
        return { kind, id, name, type: sizeOrType, linkage: reader.u32(tail) };
      case "DATASEC": {
        const vars = this.#items(header, 12, (at) => ({
          type: reader.u32(at),
          offset: reader.u32(at + 4),
          size: reader.u32(at + 8),
        }));
        return { kind, id, name, size: sizeOrType, vars };
      }
      case "FLOAT":
        return { kind, id, name, size: sizeOrType };
      case "DECL_TAG":
        return { kind, id, name, type: sizeOrType, component: reader.i32(tail) };
      default:
        return { kind: "UNKN", id, name };
    }
  }

  /** The name whose string offset stands at `offset`; "" where the string section does not reach that far. */
  #name(offset: number): string {
    return this.string(this.#reader.u32(offset)) ?? "";
  }

  #items<T>({ tail, vlen }: TypeHeader, size: number, read: (offset: number) => T): T[] {
    return Array.from({ length: vlen }, (_, i) => read(tail + i * size));
  }

  #members(header: TypeHeader) {
    return this.#items(header, 12, (at) => {
      const offset = this.#reader.u32(at + 8);
      return {
        name: this.#name(at),
        type: this.#reader.u32(at + 4),
        bitOffset: header.kindFlag ? offset & 0xffffff : offset,
        bitSize: header.kindFlag ? offset >>> 24 : 0,
      };
    });
  }

  #enumerators(header: TypeHeader, kind: "ENUM" | "ENUM64") {
    const reader = this.#reader;
    const signed = header.kindFlag;
    if (kind === "ENUM64") {
      return this.#items(header, 12, (at) => ({
        name: this.#name(at),
        value: wideValue(reader, at + 4, signed),
      }));
    }
    return this.#items(header, 8, (at) => ({
      name: this.#name(at),
      value: signed ? reader.i32(at + 4) : reader.u32(at + 4),
    }));
  }
}

function wideValue(reader: ByteReader, at: number, signed: boolean): bigint {
  const value = (BigInt(reader.u32(at + 4)) << 32n) | BigInt(reader.u32(at));
  return signed ? BigInt.asIntN(64, value) : value;
}

/** The offset of each type by id. An unknown kind is an error: without its size the next type cannot be found. */
function indexTypes(reader: ByteReader, start: number, end: number): number[] {
  const offsets = [0];
  for (let offset = start; offset < end; ) {
    reader.need(offset, TYPE_SIZE);
    const info = reader.u32(offset + 4);
    const kind = (info >>> 24) & 0x1f;
    const tail = TAIL[kind];
    if (tail === undefined) {
      throw malformedError("BTF", `type [${offsets.length}] has the unknown kind ${kind}`, offset);
    }
    const next = offset + TYPE_SIZE + tail.fixed + tail.each * (info & 0xffff);
    if (next > end) {
      throw malformedError(
        "BTF",
        `type [${offsets.length}] at offset 0x${offset.toString(16)} runs over the end of the types`,
        offset,
      );
    }
    offsets.push(offset);
    offset = next;
  }
  return offsets;
}
