/** BTF as a list of types: built by hand, broken ones too, or taken apart (include/uapi/linux/btf.h). */
import { BTF_KIND, type BtfKind } from "../../src/btf/kinds.ts";
import { BTF_MAGIC, parseSections } from "../../src/btf/sections.ts";

const HEADER_SIZE = 24;
const WORD = 4;

/** Offsets of fields of the header. */
export const HEADER = { size: 4, types: 8, typesSize: 12, strings: 16, stringsSize: 20 } as const;

export interface Blob {
  readonly littleEndian: boolean;
  /** The words of each type. */
  readonly types: readonly (readonly number[])[];
  readonly strings: Uint8Array;
}

/** undefined where the bytes are no BTF. */
export function blobOf(bytes: Uint8Array): Blob | undefined {
  try {
    const { littleEndian, words, starts, strings } = parseSections(bytes);
    const types = Array.from(starts.subarray(0, -1), (start, i) =>
      Array.from(words.subarray(start, starts[i + 1])),
    );
    return { littleEndian, types, strings };
  } catch {
    return undefined;
  }
}

export function blobBytes({ littleEndian, types, strings }: Blob): Uint8Array {
  const words = types.flat();
  const bytes = new Uint8Array(HEADER_SIZE + words.length * WORD + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, littleEndian);
  view.setUint8(2, 1);
  const header = [HEADER_SIZE, 0, words.length * WORD, words.length * WORD, strings.length];
  for (const [i, word] of [...header, ...words].entries())
    view.setUint32(WORD + i * WORD, word, littleEndian);
  bytes.set(strings, HEADER_SIZE + words.length * WORD);
  return bytes;
}

/** The first bytes tell the order of all others. */
export function isLittleEndian(bytes: Uint8Array): boolean {
  return bytes[0] === (BTF_MAGIC & 0xff);
}

/** What follows the kind of a type. */
export interface TypeSpec {
  /** An offset in place of a text may lie anywhere. */
  readonly name?: string | number;
  readonly vlen?: number;
  readonly flag?: boolean;
  readonly sizeOrType?: number;
  readonly tail?: readonly number[];
}

export class BlobBuilder {
  readonly #types: number[][] = [];
  #strings = "\0";

  /** The id that the next type gets. */
  get nextId(): number {
    return this.#types.length + 1;
  }

  string(text: string): number {
    if (text === "") return 0;
    const known = this.#strings.indexOf(`\0${text}\0`);
    if (known >= 0) return known + 1;
    this.#strings += `${text}\0`;
    return this.#strings.length - text.length - 1;
  }

  /** Returns the id of the type. */
  add(
    kind: BtfKind | number,
    { name = "", vlen = 0, flag = false, sizeOrType = 0, tail = [] }: TypeSpec = {},
  ): number {
    const number = typeof kind === "number" ? kind : BTF_KIND[kind];
    const info = (flag ? 2 ** 31 : 0) + number * 2 ** 24 + vlen;
    return this.#types.push([typeof name === "number" ? name : this.string(name), info, sizeOrType, ...tail]);
  }

  int(name: string, size: number, { encoding = 0, bits = size * 8, bitOffset = 0 } = {}): number {
    return this.add("INT", {
      name,
      sizeOrType: size,
      tail: [encoding * 2 ** 24 + bitOffset * 2 ** 16 + bits],
    });
  }

  array(type: number, count: number): number {
    return this.add("ARRAY", { tail: [type, type, count] });
  }

  /** `members` are words: offset of the name, type, bits. */
  composite(kind: "STRUCT" | "UNION", size: number, members: readonly number[], spec: TypeSpec = {}): number {
    return this.add(kind, { vlen: members.length / 3, sizeOrType: size, tail: members, ...spec });
  }

  build(littleEndian = true): Uint8Array {
    return blobBytes({ littleEndian, types: this.#types, strings: Buffer.from(this.#strings, "latin1") });
  }
}
