/** Where members lie: what a compiler does by itself, and what it has to be told. */
import { BTF_KIND } from "../kinds.ts";
import { type Budget, containsItself, MAX_DEPTH, tooDeep } from "./limits.ts";
import { pointerSize } from "./pointer-size.ts";
import { MEMBER_WORDS, type RawTypes } from "./raw-types.ts";
import { TOKEN, type Token } from "./tokens.ts";

const { INT, PTR, ARRAY, STRUCT, UNION, ENUM, TYPEDEF, VOLATILE, CONST, RESTRICT } = BTF_KIND;
const { VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 } = BTF_KIND;

/** In place of the alignment of a type that is being looked at. */
const OPEN = -1;
/** An array of so many bytes has no size (libbpf btf.c:btf__resolve_size). */
const SIZE_LIMIT = 2 ** 32;

/** A bit field without a name. */
export interface Filler {
  readonly type: Token;
  readonly bits: number;
  /** How many of them follow one another. */
  readonly times: number;
}

/** Integer types that fillers are made of. */
interface FillerType {
  readonly token: Token;
  readonly bits: number;
}

/** Bits of a struct that no member has. */
export interface Gap {
  /** The struct. */
  readonly id: number;
  readonly from: number;
  readonly to: number;
  /** Of what follows, in bytes. */
  readonly alignment: number;
  /** What precedes and what follows are bit fields. */
  readonly betweenBitFields: boolean;
}

export class Layout {
  readonly #types: RawTypes;
  readonly #budget: Budget;
  /** In bytes. */
  readonly pointerSize: number;
  /** By type id; 0 where it is not known yet. */
  readonly #alignments: Int32Array;
  /** By type id; 0 where it is not known yet. */
  readonly #sizes: Uint32Array;
  /** 1 for composites whose members or size do not fit their alignment, by type id. */
  readonly #misfits: Uint8Array;
  /** From large to small. */
  readonly #fillerTypes: readonly FillerType[];

  constructor(types: RawTypes, budget: Budget) {
    this.#types = types;
    this.#budget = budget;
    this.pointerSize = pointerSize(types);
    this.#alignments = new Int32Array(types.count);
    this.#sizes = new Uint32Array(types.count);
    this.#misfits = new Uint8Array(types.count);
    this.#fillerTypes = [
      { token: TOKEN.long, bits: this.pointerSize * 8 },
      { token: TOKEN.int, bits: 32 },
      { token: TOKEN.short, bits: 16 },
      { token: TOKEN.char, bits: 8 },
    ];
  }

  /** In bytes, at least 1; 1 for a composite that looks packed (libbpf btf.c:btf__align_of). */
  alignment(id: number, depth = 0): number {
    const known = this.#alignments[id] as number;
    if (known > 0) return known;
    if (known === OPEN) throw containsItself(id);
    if (depth > MAX_DEPTH) throw tooDeep(id);
    this.#alignments[id] = OPEN;
    const alignment = this.#alignmentOf(id, depth);
    this.#alignments[id] = alignment;
    return alignment;
  }

  #alignmentOf(id: number, depth: number): number {
    switch (this.#types.kind(id)) {
      case INT:
      case ENUM:
      case ENUM64:
      case FLOAT:
        return Math.max(1, Math.min(this.pointerSize, this.#types.size(id)));
      case PTR:
        return this.pointerSize;
      case TYPEDEF:
      case VOLATILE:
      case CONST:
      case RESTRICT:
      case TYPE_TAG:
        return this.alignment(this.#types.target(id), depth + 1);
      case ARRAY:
        return this.alignment(this.#types.element(id), depth + 1);
      case STRUCT:
      case UNION:
        return this.#compositeAlignment(id, depth);
      default:
        return 1;
    }
  }

  #compositeAlignment(id: number, depth: number): number {
    const types = this.#types;
    const flag = types.flag(id);
    const end = types.tail(id) + types.vlen(id) * MEMBER_WORDS;
    let largest = 1;
    let fits = true;
    for (let member = types.tail(id); member < end; member += MEMBER_WORDS) {
      const alignment = this.alignment(types.itemType(member), depth + 1);
      if (types.bitSize(member, flag) === 0 && types.bitOffset(member, flag) % (8 * alignment) !== 0)
        fits = false;
      if (alignment > largest) largest = alignment;
    }
    if (fits && types.size(id) % largest === 0) return largest;
    this.#misfits[id] = 1;
    return 1;
  }

  /** Whether a compiler would lay out a struct or union otherwise; no union is (libbpf btf_dump.c:btf_is_struct_packed). */
  isPacked(id: number): boolean {
    return this.#types.kind(id) === STRUCT && this.alignment(id) === 1 && (this.#misfits[id] as number) === 1;
  }

  /** In bytes; 0 where a type has none (libbpf btf.c:btf__resolve_size). */
  size(id: number): number {
    const known = this.#sizes[id] as number;
    if (known !== 0) return known;
    const size = this.#sizeOf(id);
    this.#sizes[id] = size;
    return size;
  }

  #sizeOf(id: number): number {
    const types = this.#types;
    let count = 1;
    for (let [at, depth] = [id, 0]; depth <= MAX_DEPTH; depth++) {
      switch (types.kind(at)) {
        case INT:
        case STRUCT:
        case UNION:
        case ENUM:
        case ENUM64:
        case FLOAT:
        case DATASEC:
          return withinLimit(count * types.size(at));
        case PTR:
          return withinLimit(count * this.pointerSize);
        case ARRAY:
          count = withinLimit(count * types.arrayLength(at));
          at = types.element(at);
          break;
        case TYPEDEF:
        case VOLATILE:
        case CONST:
        case RESTRICT:
        case TYPE_TAG:
        case DECL_TAG:
        case VAR:
          at = types.target(at);
          break;
        default:
          return 0;
      }
    }
    throw tooDeep(id);
  }

  /** What fills a gap (libbpf btf_dump.c:btf_dump_emit_bit_padding). */
  fillers({ id, from, to, alignment, betweenBitFields }: Gap): readonly Filler[] {
    const fillers: Filler[] = [];
    const add = (type: Token, bits: number, times = 1) => void fillers.push({ type, bits, times });
    const type = this.#largestWithin(from, to);
    let at = from;
    if (type) {
      at = roundUp(from, type.bits);
      const skipped = at - from;
      const left = to - at;
      if (skipped > 0 && betweenBitFields) add(type.token, skipped);
      else if (skipped > 0 && (left === 0 ? roundUp(from, 8 * alignment) !== at : left <= skipped))
        add(type.token, 0);
      const times = Math.floor(left / type.bits);
      this.#budget.spend(id, times);
      if (times > 0) add(type.token, type.bits, times);
      at += times * type.bits;
    }
    if (at < to) add(this.#smallestOf(to - at).token, to - at);
    return fillers;
  }

  /** Undefined where no type begins between two bits. */
  #largestWithin(from: number, to: number): FillerType | undefined {
    for (const type of this.#fillerTypes) if (roundUp(from, type.bits) <= to) return type;
    return undefined;
  }

  #smallestOf(bits: number): FillerType {
    let smallest = this.#fillerTypes[0] as FillerType;
    for (const type of this.#fillerTypes) if (type.bits >= bits) smallest = type;
    return smallest;
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function withinLimit(size: number): number {
  return size < SIZE_LIMIT ? size : 0;
}
