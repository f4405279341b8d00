/**
 * How the bytes of a type are to be read, decided once for all values of it. All rules of bpftool's btf_dumper.c about
 * types are here; those who walk over a plan (value.ts, value-json.ts) only read and write.
 *
 * Unlike bpftool a plan never stops in the middle of a struct: FLOAT is a number, TYPE_TAG is read through, and what
 * cannot be read is `none`.
 */
import { jsonQuote, type QuotedKey, quotedKey } from "../json/quote.ts";
import type { Btf } from "./btf.ts";
import { INT_ENCODING } from "./kinds.ts";
import type {
  BtfArray,
  BtfComposite,
  BtfDataSection,
  BtfEnum,
  BtfFloat,
  BtfInt,
  BtfMember,
  BtfType,
} from "./types.ts";
import { POINTER_SIZE, resolveType, sizeOf } from "./value-types.ts";

export interface ValuePlan {
  readonly littleEndian: boolean;
  readonly root: ValueNode;
}

/** Bytes of a number. */
export type NumberSize = 1 | 2 | 4 | 8;

/** `size` is the number of bytes without which there is no value; 0 for what has parts. */
export type ValueNode =
  | { readonly kind: "number"; readonly size: NumberSize; readonly signed: boolean }
  | BitsNode
  | EnumNode
  | PointerNode
  | { readonly kind: "float"; readonly size: 4 | 8 }
  /** False where the byte is 0. */
  | { readonly kind: "bool"; readonly size: 1 }
  | { readonly kind: "char"; readonly size: 1 }
  | TextNode
  | ListNode
  | PartsNode
  | FieldsNode
  | typeof NONE;

export interface PointerNode {
  readonly kind: "pointer";
  readonly size: 8;
  readonly signed: false;
  /** Id of the FUNC_PROTO that it points to, if it is a pointer to a function. */
  readonly proto?: number;
}

/** Bit fields, and integers of odd width: hex, below 0 with a sign. */
export interface BitsNode {
  readonly kind: "bits";
  readonly size: number;
  /** Bits before them, counted as the byte order counts. */
  readonly shift: number;
  /** 0 to 128. */
  readonly count: number;
  readonly signed: boolean;
}

/** A name, or a number without one. */
export interface EnumNode {
  readonly kind: "enum";
  readonly size: NumberSize;
  readonly signed: boolean;
  /** By value; bigint beyond the safe integers. */
  readonly names: ReadonlyMap<number | bigint, EnumName>;
}

export interface EnumName {
  readonly name: string;
  /** The name as a JSON string. */
  readonly quoted: string;
}

/** Characters up to a NUL; a list where the bytes are no text. */
export interface TextNode {
  readonly kind: "text";
  readonly size: 0;
  /** Bytes, the NUL and what follows it included. */
  readonly length: number;
  readonly list: ListNode;
}

/** `count` times the same, `stride` bytes apart. */
export interface ListNode {
  readonly kind: "list";
  readonly size: 0;
  readonly item: ValueNode;
  readonly stride: number;
  readonly count: number;
  readonly levels: number;
}

/** Values of any types: a list. */
export interface PartsNode {
  readonly kind: "parts";
  readonly size: 0;
  readonly parts: readonly Part[];
  readonly levels: number;
}

/** Names with values, in order; names may be "" and may repeat. */
export interface FieldsNode {
  readonly kind: "fields";
  readonly size: 0;
  readonly fields: readonly Field[];
  readonly levels: number;
}

export interface Part {
  /** In bytes from the start of what it is a part of. */
  readonly offset: number;
  readonly node: ValueNode;
}

export interface Field extends Part {
  readonly name: string;
  readonly key: QuotedKey;
}

const NONE = { kind: "none", size: 0 } as const;

/** Values that may be read of no bytes at all, and of each byte: members of unions share theirs. */
const FREE_VALUES = 1024;
const VALUES_A_BYTE = 64;

/** Values nest no deeper, whatever a broken BTF says; the kernel allows 32 levels. */
const MAX_LEVELS = 64;
const NESTING: ReadonlySet<BtfType["kind"]> = new Set(["ARRAY", "STRUCT", "UNION", "VAR", "DATASEC"]);
/** The kernel allows no wider integers. */
const MAX_BITS = 128;

/** So many values are read from some bytes. A sound BTF has no more; in a broken one nested structs can multiply. */
export function valueLimit(byteCount: number): number {
  return FREE_VALUES + VALUES_A_BYTE * byteCount;
}

/** Never larger than the BTF: each type is planned once, and a type inside of itself is none. */
export function planValue(btf: Btf, typeId: number): ValuePlan {
  return { littleEndian: btf.littleEndian, root: new Planner(btf).node(typeId, 0) };
}

class Planner {
  readonly #btf: Btf;
  readonly #nodes = new Map<number, ValueNode>();

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  node(typeId: number, depth: number): ValueNode {
    const type = resolveType(this.#btf, typeId);
    if (type === undefined || (depth >= MAX_LEVELS && NESTING.has(type.kind))) return NONE;
    const known = this.#nodes.get(type.id);
    if (known !== undefined) return known;
    this.#nodes.set(type.id, NONE);
    const node = this.#make(type, depth);
    this.#nodes.set(type.id, node);
    return node;
  }

  /** btf_dumper.c:btf_dumper_do_type */
  #make(type: BtfType, depth: number): ValueNode {
    switch (type.kind) {
      case "INT":
        return intNode(type, 0);
      case "ENUM":
      case "ENUM64":
        return enumNode(type);
      case "ARRAY":
        return this.#array(type, depth);
      case "STRUCT":
      case "UNION":
        return this.#composite(type, depth);
      case "PTR":
        return pointerNode(resolveType(this.#btf, type.type));
      case "VAR":
        return fieldsNode([field(type.name, 0, this.#inner(type.type, depth))]);
      case "DATASEC":
        return this.#section(type, depth);
      case "FLOAT":
        return floatNode(type);
      default:
        return NONE;
    }
  }

  /** What is a part of a type at `depth`. */
  #inner(typeId: number, depth: number): ValueNode {
    return shallow(this.node(typeId, depth + 1));
  }

  /** btf_dumper.c:btf_dumper_array. What cannot be read and has no size makes no list. */
  #array(type: BtfArray, depth: number): ValueNode {
    const item = this.#inner(type.type, depth);
    const stride = sizeOf(this.#btf, type.type);
    const count = item === NONE && stride === 0 ? 0 : type.count;
    const list: ListNode = { kind: "list", size: 0, item, stride, count, levels: levelsOf(item) + 1 };
    return this.#isText(type) ? { kind: "text", size: 0, length: type.count, list } : list;
  }

  /** btf_dumper.c:is_str_array: modifiers are skipped, typedefs are not. */
  #isText({ type, count }: BtfArray): boolean {
    const char = resolveType(this.#btf, type, { typedefs: false });
    if (char?.kind !== "INT" || char.size !== 1 || count === 0) return false;
    return char.encoding === INT_ENCODING.CHAR || char.name === "char";
  }

  /** btf_dumper.c:btf_dumper_struct */
  #composite(type: BtfComposite, depth: number): ValueNode {
    return fieldsNode(
      type.members.map((member) =>
        field(member.name, Math.floor(member.bitOffset / 8), this.#member(member, depth)),
      ),
    );
  }

  #member({ type: typeId, bitOffset, bitSize }: BtfMember, depth: number): ValueNode {
    const bit = bitOffset % 8;
    if (bit === 0 && bitSize === 0) return this.#inner(typeId, depth);
    const type = resolveType(this.#btf, typeId);
    const int = type?.kind === "INT" ? type : undefined;
    if (bitSize !== 0) return bitsNode(bit, bitSize, int?.encoding === INT_ENCODING.SIGNED);
    return int ? intNode(int, bit) : this.#inner(typeId, depth);
  }

  /** btf_dumper.c:btf_dumper_datasec */
  #section({ name, vars }: BtfDataSection, depth: number): ValueNode {
    const parts = vars.map(({ type, offset }) => ({ offset, node: this.#inner(type, depth) }));
    return fieldsNode([
      field(name, 0, shallow({ kind: "parts", size: 0, parts, levels: 1 + deepest(parts) })),
    ]);
  }
}

/** btf_dumper.c:btf_dumper_int, for an integer that starts at bit `bit` of its first byte. */
function intNode({ bitOffset, bits, encoding }: BtfInt, bit: number): ValueNode {
  const shift = bit + bitOffset;
  const signed = encoding === INT_ENCODING.SIGNED;
  if (shift !== 0 || bits % 8 !== 0 || bits === 128) return bitsNode(shift, bits, signed);
  switch (encoding) {
    case 0:
    case INT_ENCODING.SIGNED:
      return numberNode(bits / 8, signed) ?? bitsNode(shift, bits, signed);
    case INT_ENCODING.CHAR:
      return { kind: "char", size: 1 };
    case INT_ENCODING.BOOL:
      return { kind: "bool", size: 1 };
    default:
      return NONE;
  }
}

function numberNode(size: number, signed: boolean): ValueNode | undefined {
  return isNumberSize(size) ? { kind: "number", size, signed } : undefined;
}

function isNumberSize(size: number): size is NumberSize {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

/** btf_dumper.c:btf_dumper_bitfield, btf_dumper_int128: there signed ones print as if they were not. */
function bitsNode(shift: number, count: number, signed: boolean): ValueNode {
  if (count > MAX_BITS) return NONE;
  return { kind: "bits", size: Math.max(1, Math.ceil((shift + count) / 8)), shift, count, signed };
}

/** btf_dumper.c:btf_dumper_enum, btf_dumper_enum64. The first of several names of a value counts. */
function enumNode({ size, signed, values }: BtfEnum): ValueNode {
  if (!isNumberSize(size)) return NONE;
  const names = new Map<number | bigint, EnumName>();
  for (const { name, value } of values) {
    const wide = BigInt(value);
    const key = exact(signed ? BigInt.asIntN(size * 8, wide) : BigInt.asUintN(size * 8, wide));
    if (!names.has(key)) names.set(key, { name, quoted: jsonQuote(name) });
  }
  return { kind: "enum", size, signed, names };
}

/** A number where it can hold the value. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function pointerNode(target: BtfType | undefined): ValueNode {
  const proto = target?.kind === "FUNC_PROTO" && { proto: target.id };
  return { kind: "pointer", size: POINTER_SIZE, signed: false, ...proto };
}

function floatNode({ size }: BtfFloat): ValueNode {
  return size === 4 || size === 8 ? { kind: "float", size } : NONE;
}

function field(name: string, offset: number, node: ValueNode): Field {
  return { name, key: quotedKey(name), offset, node };
}

function fieldsNode(fields: readonly Field[]): FieldsNode {
  return { kind: "fields", size: 0, fields, levels: 1 + deepest(fields) };
}

/** A part that may stand inside of another. */
function shallow(node: ValueNode): ValueNode {
  return levelsOf(node) < MAX_LEVELS ? node : NONE;
}

function deepest(parts: readonly Part[]): number {
  return parts.reduce((levels, { node }) => Math.max(levels, levelsOf(node)), 0);
}

/** How deep lists and fields nest. */
function levelsOf(node: ValueNode): number {
  if (node.kind === "text") return node.list.levels;
  return "levels" in node ? node.levels : 0;
}
