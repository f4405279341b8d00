/** Writes a little-endian BTF blob (include/uapi/linux/btf.h): types in the order in which they are added. */
import { BTF_KIND } from "../../src/btf/kinds.ts";

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_SIZE = 24;

export class BtfWriter {
  readonly #types: Buffer[] = [];
  readonly #strings: Buffer[] = [Buffer.from([0])];
  readonly #stringOffsets = new Map([["", 0]]);
  #stringsLength = 1;

  /** The offset of a string in the string section. */
  string(text: string): number {
    const known = this.#stringOffsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#stringsLength;
    const bytes = Buffer.from(`${text}\0`, "latin1");
    this.#strings.push(bytes);
    this.#stringOffsets.set(text, offset);
    this.#stringsLength += bytes.length;
    return offset;
  }

  /** `encoding` in bits of INT_ENCODING. Returns the id of the type, as all that follow do. */
  int(name: string, size: number, encoding = 0): number {
    return this.#add("INT", name, 0, size, [(encoding << 24) | (size * 8)]);
  }

  pointer(type: number): number {
    return this.#add("PTR", "", 0, type);
  }

  typedef(name: string, type: number): number {
    return this.#add("TYPEDEF", name, 0, type);
  }

  /** A struct that is declared, not defined. */
  forward(name: string): number {
    return this.#add("FWD", name, 0, 0);
  }

  /** `size` and `at` in bytes. */
  struct(name: string, size: number, members: readonly { name: string; type: number; at: number }[]): number {
    const words = members.flatMap((member) => [this.string(member.name), member.type, member.at * 8]);
    return this.#add("STRUCT", name, members.length, size, words);
  }

  proto(returnType: number, params: readonly { name: string; type: number }[]): number {
    const words = params.flatMap((param) => [this.string(param.name), param.type]);
    return this.#add("FUNC_PROTO", "", params.length, returnType, words);
  }

  func(name: string, proto: number): number {
    return this.#add("FUNC", name, 0, proto);
  }

  bytes(): Uint8Array {
    const types = Buffer.concat(this.#types);
    const strings = Buffer.concat(this.#strings);
    const header = Buffer.alloc(HEADER_SIZE);
    header.writeUInt16LE(MAGIC, 0);
    header.writeUInt8(VERSION, 2);
    header.writeUInt32LE(HEADER_SIZE, 4);
    header.writeUInt32LE(0, 8);
    header.writeUInt32LE(types.length, 12);
    header.writeUInt32LE(types.length, 16);
    header.writeUInt32LE(strings.length, 20);
    return Buffer.concat([header, types, strings]);
  }

  #add(
    kind: keyof typeof BTF_KIND,
    name: string,
    vlen: number,
    sizeOrType: number,
    tail: readonly number[] = [],
  ): number {
    const words = [this.string(name), (BTF_KIND[kind] << 24) | vlen, sizeOrType, ...tail];
    const bytes = Buffer.alloc(words.length * 4);
    for (const [i, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, i * 4);
    return this.#types.push(bytes);
  }
}
