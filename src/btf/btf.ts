/**
 * BTF types by id: all are indexed at once, a type is inflated when it is asked for. Split BTF stands on a base, whose
 * types and strings come before its own (libbpf btf.c:btf_new, btf__type_by_id, btf__str_by_offset).
 */
import { cString } from "../bytes/text.ts";
import { BTF_KINDS } from "./kinds.ts";
import { NameBudget } from "./name-budget.ts";
import { type BtfSections, kindFlagOf, kindOf, parseSections, TYPE_WORDS, vlenOf } from "./sections.ts";
import type { BtfType } from "./types.ts";

const FREE_NAMES = 1 << 16;
const NAMES_A_BYTE = 8;

/** The first fields of every type. */
interface TypeHeader {
  readonly id: number;
  readonly name: string;
  readonly vlen: number;
  readonly kindFlag: boolean;
  /** The size in bytes or the id of another type, by kind. */
  readonly sizeOrType: number;
  /** Index of the first word of what follows. */
  readonly tail: number;
}

export class Btf {
  /** What this BTF is split from. */
  readonly base: Btf | undefined;
  /** Id of its first own type. */
  readonly firstId: number;
  /** Its own types and strings, without those of the base. */
  readonly sections: BtfSections;
  /** Offset of its first own string. */
  readonly firstString: number;
  readonly #words: Uint32Array;
  readonly #types = new Map<number, BtfType>();
  readonly #nameBudget: NameBudget;

  /** Throws a malformed error, with the offset, where the blob is not BTF or a type runs over its end. */
  constructor(bytes: Uint8Array, base?: Btf) {
    this.base = base;
    this.firstId = base?.typeCount ?? 1;
    this.firstString = base?.stringsEnd ?? 0;
    this.sections = parseSections(bytes, this.firstId);
    this.#words = this.sections.words;
    this.#nameBudget = new NameBudget(
      FREE_NAMES + NAMES_A_BYTE * (bytes.length + (base?.sections.strings.length ?? 0)),
    );
  }

  get littleEndian(): boolean {
    return this.sections.littleEndian;
  }

  /** One more than the largest type id. */
  get typeCount(): number {
    return this.firstId + this.sections.starts.length - 1;
  }

  /** Offset behind the last string. */
  get stringsEnd(): number {
    return this.firstString + this.sections.strings.length;
  }

  /** The string at `offset` of the string section; undefined past its end. */
  string(offset: number): string | undefined {
    if (offset < this.firstString) return this.base?.string(offset);
    return offset < this.stringsEnd ? cString(this.sections.strings, offset - this.firstString) : undefined;
  }

  /** The type of an id; undefined where there is none. */
  type(id: number): BtfType | undefined {
    const known = this.#types.get(id);
    if (known) return known;
    if (this.base && id < this.firstId) return this.base.type(id);
    const type = id === 0 ? ({ kind: "UNKN", id, name: "" } as const) : this.#inflate(id);
    if (type) this.#types.set(id, type);
    return type;
  }

  #inflate(id: number): BtfType | undefined {
    const { starts } = this.sections;
    if (id < this.firstId || id >= this.typeCount) return undefined;
    const start = starts[id - this.firstId] as number;
    const info = this.#word(start + 1);
    const header: TypeHeader = {
      id,
      name: this.#name(start),
      vlen: vlenOf(info),
      kindFlag: kindFlagOf(info),
      sizeOrType: this.#word(start + 2),
      tail: start + TYPE_WORDS,
    };
    const { name, sizeOrType, tail } = header;
    const kind = BTF_KINDS[kindOf(info)];
    switch (kind) {
      case "INT": {
        const data = this.#word(tail);
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
        return { kind, id, name, type: sizeOrType, kindFlag: header.kindFlag };
      case "ARRAY": {
        const [type, indexType, count] = [this.#word(tail), this.#word(tail + 1), this.#word(tail + 2)];
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
        const params = this.#items(header, 2, (at) => ({ name: this.#name(at), type: this.#word(at + 1) }));
        return { kind, id, name, returnType: sizeOrType, params };
      }
      case "VAR":
        return { kind, id, name, type: sizeOrType, linkage: this.#word(tail) };
      case "DATASEC": {
        const vars = this.#items(header, 3, (at) => ({
          type: this.#word(at),
          offset: this.#word(at + 1),
          size: this.#word(at + 2),
        }));
        return { kind, id, name, size: sizeOrType, vars };
      }
      case "FLOAT":
        return { kind, id, name, size: sizeOrType };
      case "DECL_TAG":
        return {
          kind,
          id,
          name,
          type: sizeOrType,
          component: this.#word(tail) | 0,
          kindFlag: header.kindFlag,
        };
      default:
        return { kind: "UNKN", id, name };
    }
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }

  /** The name whose string offset is word `at`; "" where the strings do not reach that far. */
  #name(at: number): string {
    return this.#nameBudget.take(this.string(this.#word(at)) ?? "");
  }

  /** `size` words each. */
  #items<T>({ tail, vlen }: TypeHeader, size: number, read: (at: number) => T): T[] {
    return Array.from({ length: vlen }, (_, i) => read(tail + i * size));
  }

  #members(header: TypeHeader) {
    return this.#items(header, 3, (at) => {
      const offset = this.#word(at + 2);
      return {
        name: this.#name(at),
        type: this.#word(at + 1),
        bitOffset: header.kindFlag ? offset & 0xffffff : offset,
        bitSize: header.kindFlag ? offset >>> 24 : 0,
      };
    });
  }

  #enumerators(header: TypeHeader, kind: "ENUM" | "ENUM64") {
    const signed = header.kindFlag;
    if (kind === "ENUM64") {
      return this.#items(header, 3, (at) => {
        const value = (BigInt(this.#word(at + 2)) << 32n) | BigInt(this.#word(at + 1));
        return { name: this.#name(at), value: signed ? BigInt.asIntN(64, value) : value };
      });
    }
    return this.#items(header, 2, (at) => {
      const value = this.#word(at + 1);
      return { name: this.#name(at), value: signed ? value | 0 : value };
    });
  }
}
