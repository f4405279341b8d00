/** Builds BTF blobs type by type, in the layout of include/uapi/linux/btf.h. */
import { BTF_KIND, type BtfKind } from "../../src/btf/kinds.ts";

interface RawType {
  readonly nameOff: number;
  readonly info: number;
  readonly sizeOrType: number;
  readonly tail: readonly number[];
}

/** What split BTF stands on: as much of a Btf as is needed. */
interface Base {
  readonly typeCount: number;
  readonly stringsEnd: number;
}

export class BtfBuilder {
  readonly #types: RawType[] = [];
  readonly #firstId: number;
  readonly #firstString: number;
  #strings: string;

  /** With a base: split BTF, whose ids and strings go on behind those of the base. */
  constructor(base?: Base) {
    this.#firstId = base?.typeCount ?? 1;
    this.#firstString = base?.stringsEnd ?? 0;
    this.#strings = base ? "" : "\0";
  }

  /** Offset of a string in the string section; "" is offset 0. */
  string(text: string): number {
    if (text === "") return 0;
    const known = `\0${this.#strings}`.indexOf(`\0${text}\0`);
    if (known >= 0) return this.#firstString + known;
    const offset = this.#strings.length;
    this.#strings += `${text}\0`;
    return this.#firstString + offset;
  }

  /** Any type at all, broken ones too; returns its id. `tail` is in words of 32 bits. */
  raw(
    kind: BtfKind | number,
    {
      name = "",
      vlen = 0,
      flag = false,
      sizeOrType = 0,
      tail = [] as readonly number[],
    }: { name?: string; vlen?: number; flag?: boolean; sizeOrType?: number; tail?: readonly number[] } = {},
  ): number {
    const number = typeof kind === "number" ? kind : BTF_KIND[kind];
    const info = ((flag ? 1 : 0) * 2 ** 31 + number * 2 ** 24 + vlen) >>> 0;
    this.#types.push({ nameOff: this.string(name), info, sizeOrType, tail });
    return this.#firstId + this.#types.length - 1;
  }

  int(name: string, size: number, { encoding = 0, bits = size * 8, bitOffset = 0 } = {}): number {
    return this.raw("INT", { name, sizeOrType: size, tail: [(encoding << 24) | (bitOffset << 16) | bits] });
  }

  /** Kinds that have a name and one other type. */
  ref(kind: BtfKind, type: number, name = ""): number {
    return this.raw(kind, { name, sizeOrType: type });
  }

  array(type: number, count: number, indexType = type): number {
    return this.raw("ARRAY", { tail: [type, indexType, count] });
  }

  composite(
    kind: "STRUCT" | "UNION",
    name: string,
    size: number,
    members: readonly (readonly [name: string, type: number, bitOffset: number])[],
  ): number {
    const tail = members.flatMap(([member, type, bitOffset]) => [this.string(member), type, bitOffset]);
    return this.raw(kind, { name, vlen: members.length, sizeOrType: size, tail });
  }

  proto(returnType: number, params: readonly (readonly [name: string, type: number])[]): number {
    const tail = params.flatMap(([name, type]) => [this.string(name), type]);
    return this.raw("FUNC_PROTO", { vlen: params.length, sizeOrType: returnType, tail });
  }

  /** A FUNC and its prototype. */
  func(name: string, returnType: number, params: readonly (readonly [name: string, type: number])[]): number {
    const proto = this.proto(returnType, params);
    return this.raw("FUNC", { name, vlen: 1, sizeOrType: proto });
  }

  /** A global VAR. */
  variable(name: string, type: number): number {
    return this.raw("VAR", { name, sizeOrType: type, tail: [1] });
  }

  section(
    name: string,
    size: number,
    vars: readonly (readonly [type: number, offset: number, size: number])[],
  ): number {
    return this.raw("DATASEC", { name, vlen: vars.length, sizeOrType: size, tail: vars.flat() });
  }

  build(littleEndian = true): Uint8Array {
    const words = this.#types.flatMap(({ nameOff, info, sizeOrType, tail }) => [
      nameOff,
      info,
      sizeOrType,
      ...tail,
    ]);
    const strings = Buffer.from(this.#strings, "latin1");
    const bytes = new Uint8Array(24 + words.length * 4 + strings.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xeb9f, littleEndian);
    view.setUint8(2, 1);
    const header = [24, 0, words.length * 4, words.length * 4, strings.length];
    for (const [i, word] of header.entries()) view.setUint32(4 + i * 4, word, littleEndian);
    for (const [i, word] of words.entries()) view.setUint32(24 + i * 4, word, littleEndian);
    bytes.set(strings, 24 + words.length * 4);
    return bytes;
  }
}
