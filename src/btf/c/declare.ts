/** C text of types: definitions and declarations. Nothing is written here, and nothing ends in a semicolon. */
import { malformedError } from "../../errors.ts";
import { BTF_KIND, BTF_KINDS } from "../kinds.ts";
import { type Gap, Layout } from "./layout.ts";
import { type Budget, checkLength, MAX_DEPTH, MAX_NESTING, tooDeep } from "./limits.ts";
import { Names } from "./names.ts";
import {
  ENUMERATOR64_WORDS,
  ENUMERATOR_WORDS,
  MEMBER_WORDS,
  PARAMETER_WORDS,
  type RawTypes,
} from "./raw-types.ts";

const { INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT } = BTF_KIND;
const { FUNC_PROTO, FLOAT, TYPE_TAG, ENUM64 } = BTF_KIND;

/** Indentation has no more steps. */
const TABS = "\t".repeat(13);

/** The `level` of a text is how many braces are open around it; it starts in the middle of a line. */
export class Declarations {
  readonly #types: RawTypes;
  readonly #budget: Budget;
  readonly #names: Names;
  readonly #layout: Layout;
  /**
   * What declarations are to write, from the name to the base: those that are open lie upon each other, the innermost on top;
   * each begins at its `floor`.
   */
  readonly #chain: number[] = [];
  /** What stands before a name, by type id, where that is the same everywhere: most members share few types. */
  readonly #prefixes: (string | undefined)[];
  /** How many declarators are open. */
  #nesting = 0;

  constructor(types: RawTypes, budget: Budget) {
    this.#types = types;
    this.#budget = budget;
    this.#names = new Names(types);
    this.#layout = new Layout(types, budget);
    this.#prefixes = new Array(types.count).fill(undefined);
  }

  /** `struct S` */
  tag(id: number): string {
    const name = this.#names.tag(id);
    return name === "" ? this.#tagWord(id) : `${this.#tagWord(id)} ${name}`;
  }

  #tagWord(id: number): string {
    switch (this.#types.kind(id)) {
      case STRUCT:
        return "struct";
      case UNION:
        return "union";
      case FWD:
        return this.#types.flag(id) ? "union" : "struct";
      default:
        return "enum";
    }
  }

  /** libbpf btf_dump.c:btf_dump_emit_typedef_def */
  typedef(id: number): string {
    const name = this.#names.typedef(id);
    const target = this.#types.target(id);
    if (target === 0 && name === "__gnuc_va_list") return `typedef __builtin_va_list ${name}`;
    return `typedef ${this.declaration(target, name)}`;
  }

  /** libbpf btf_dump.c:btf_dump_emit_struct_def */
  composite(id: number, level = 0): string {
    const types = this.#types;
    const packed = this.#layout.isPacked(id);
    const flag = types.flag(id);
    const line = lineStart(level + 1);
    const first = types.tail(id);
    const last = first + types.vlen(id) * MEMBER_WORDS;
    let text = `${this.tag(id)} {`;
    let end = 0;
    let afterBitField = false;
    for (let member = first; member < last; member += MEMBER_WORDS) {
      this.#budget.spend(id);
      const type = types.itemType(member);
      const from = types.bitOffset(member, flag);
      const bits = types.bitSize(member, flag);
      if (end < from) {
        const alignment = packed ? 1 : this.#layout.alignment(type);
        const betweenBitFields = afterBitField && bits > 0;
        text += this.#padding({ id, from: end, to: from, alignment, betweenBitFields }, line);
      }
      text += line + this.declaration(type, types.nameAt(member), level + 1);
      text += bits > 0 ? `: ${bits};` : ";";
      end = from + (bits > 0 ? bits : 8 * this.#layout.size(type));
      afterBitField = bits > 0;
      checkLength(text.length, id);
    }
    const size = types.size(id);
    if (types.kind(id) === STRUCT && end < size * 8) {
      const alignment = packed ? 1 : this.#layout.alignment(id);
      text += this.#padding({ id, from: end, to: size * 8, alignment, betweenBitFields: false }, line);
    }
    if (last > first || size > 0) text += lineStart(level);
    return packed ? `${text}} __attribute__((packed))` : `${text}}`;
  }

  #padding(gap: Gap, line: string): string {
    let text = "";
    for (const { name, bits, times } of this.#layout.fillers(gap)) {
      const field = `${line}${name}: ${bits};`;
      checkLength(field.length * times, gap.id);
      text += field.repeat(times);
    }
    return text;
  }

  /** libbpf btf_dump.c:btf_dump_emit_enum_def */
  enumeration(id: number, level = 0): string {
    const types = this.#types;
    const isWide = types.kind(id) === ENUM64;
    const signed = types.flag(id);
    const line = lineStart(level + 1);
    const itemWords = isWide ? ENUMERATOR64_WORDS : ENUMERATOR_WORDS;
    const suffix = isWide ? (signed ? "LL," : "ULL,") : ",";
    const first = types.tail(id);
    const last = first + types.vlen(id) * itemWords;
    let text = this.tag(id);
    if (first === last) return text;
    text += " {";
    for (let at = first; at < last; at += itemWords) {
      this.#budget.spend(id);
      const value = isWide ? types.value64(at, signed) : types.value(at, signed);
      text += `${line}${this.#names.enumerator(types.nameAt(at))} = ${value}${suffix}`;
      checkLength(text.length, id);
    }
    return `${text}${lineStart(level)}}${this.#enumMode(id)}`;
  }

  /** The attribute for a size that a compiler would not choose; where pointers have 32 bits, no word has 64. */
  #enumMode(id: number): string {
    const types = this.#types;
    const size = types.size(id);
    if (size === 1) return " __attribute__((mode(byte)))";
    if (size !== 8 || this.#layout.pointerSize !== 8) return "";
    if (types.kind(id) === ENUM64) {
      const last = types.tail(id) + types.vlen(id) * ENUMERATOR64_WORDS;
      for (let at = types.tail(id); at < last; at += ENUMERATOR64_WORDS)
        if (types.words[at + 2] !== 0) return "";
    }
    return " __attribute__((mode(word)))";
  }

  /** A type and the name it has there: of a member, a parameter, a typedef, a function; or "". */
  declaration(id: number, name: string, level = 0): string {
    const isPointer = this.#types.kind(id) === PTR;
    const known = this.#prefixes[id];
    if (known !== undefined && this.#nesting < MAX_NESTING) {
      this.#budget.spend(id);
      return known + separated(name, isPointer);
    }
    const floor = this.#chain.length;
    this.#pushChain(id);
    if (!this.#isPlain(floor)) return this.#declarator(floor, name, level);
    const prefix = this.#declarator(floor, "", level);
    this.#prefixes[id] = prefix;
    return prefix + separated(name, isPointer);
  }

  /** Whether a name comes behind all else, and what it is put behind is the same on each level. */
  #isPlain(floor: number): boolean {
    const types = this.#types;
    const chain = this.#chain;
    const last = chain.length - 1;
    for (let i = floor; i < last; i++) {
      const kind = types.kind(chain[i] as number);
      if (kind === ARRAY || kind === FUNC_PROTO) return false;
    }
    const base = chain[last] as number;
    return base === 0 || types.hasName(base);
  }

  /** A type and what it is made of, up to the first that stands on its own. */
  #pushChain(id: number): void {
    const types = this.#types;
    for (let [at, depth] = [id, 0]; ; depth++) {
      this.#budget.spend(id);
      if (depth > MAX_DEPTH) throw tooDeep(id);
      this.#chain.push(at);
      switch (types.kind(at)) {
        case PTR:
        case VOLATILE:
        case CONST:
        case RESTRICT:
        case TYPE_TAG:
        case FUNC_PROTO:
          at = types.target(at);
          break;
        case ARRAY:
          at = types.element(at);
          break;
        default:
          return;
      }
    }
  }

  /** What is left of a declaration (libbpf btf_dump.c:btf_dump_emit_type_chain). */
  #declarator(floor: number, name: string, level: number): string {
    if (++this.#nesting > MAX_NESTING) throw tooDeep(this.#chain.at(-1) ?? 0, MAX_NESTING);
    const text = this.#outwards(floor, name, level);
    this.#nesting--;
    return text;
  }

  #outwards(floor: number, name: string, level: number): string {
    const types = this.#types;
    const chain = this.#chain;
    let text = "";
    let afterStar = true;
    while (chain.length > floor) {
      const id = chain.pop() as number;
      const kind = types.kind(id);
      switch (kind) {
        case PTR:
          text += afterStar ? "*" : " *";
          break;
        case VOLATILE:
        case CONST:
        case RESTRICT:
          text += ` ${modifierWord(kind)}`;
          break;
        case TYPE_TAG:
          text += `${this.#takeModifiers(floor)} ${this.#tagAttribute(id)}`;
          break;
        case ARRAY:
          this.#dropModifiers(floor);
          return `${text}${this.#element(floor, name, level, afterStar)}[${types.arrayLength(id)}]`;
        case FUNC_PROTO:
          this.#dropModifiers(floor);
          text +=
            chain.length > floor ? ` (${this.#declarator(floor, name, level)})` : separated(name, afterStar);
          return `${text}(${this.#parameters(id, level)})`;
        default:
          text += this.#takeModifiers(floor) + this.#base(id, level);
      }
      afterStar = kind === PTR;
    }
    return text + separated(name, afterStar);
  }

  /** What stands between the type of an array's elements and their number. */
  #element(floor: number, name: string, level: number, afterStar: boolean): string {
    if (this.#chain.length === floor) return separated(name, afterStar);
    const blank = name !== "" && !afterStar ? " " : "";
    const isArray = this.#types.kind(this.#chain.at(-1) as number) === ARRAY;
    const rest = this.#declarator(floor, name, level);
    return isArray ? blank + rest : `${blank}(${rest})`;
  }

  /** What stands in the parentheses of a function. */
  #parameters(id: number, level: number): string {
    const types = this.#types;
    const first = types.tail(id);
    const last = first + types.vlen(id) * PARAMETER_WORDS;
    let text = "";
    for (let param = first; param < last; param += PARAMETER_WORDS) {
      const type = types.itemType(param);
      if (param > first) text += ", ";
      if (type !== 0 || param + PARAMETER_WORDS < last)
        text += this.declaration(type, types.nameAt(param), level);
      else if (param > first) text += "...";
      checkLength(text.length, id);
    }
    return text === "" ? "void" : text;
  }

  /** A type that stands on its own. */
  #base(id: number, level: number): string {
    const types = this.#types;
    const kind = types.kind(id);
    switch (kind) {
      case INT:
      case FLOAT:
        return types.name(id);
      case TYPEDEF:
        return this.#names.typedef(id);
      case STRUCT:
      case UNION:
        return types.hasName(id) ? this.tag(id) : this.composite(id, level);
      case ENUM:
      case ENUM64:
        return types.hasName(id) ? this.tag(id) : this.enumeration(id, level);
      case FWD:
        return this.tag(id);
      default:
        if (id === 0) return "void";
        throw malformedError("BTF", `type [${id}] (${BTF_KINDS[kind] ?? kind}) is no type of a variable`);
    }
  }

  /** Takes the modifiers that are next to write; each has a blank behind it. */
  #takeModifiers(floor: number): string {
    let text = "";
    while (this.#chain.length > floor) {
      const word = modifierWord(this.#types.kind(this.#chain.at(-1) as number));
      if (word === undefined) break;
      text += `${word} `;
      this.#chain.pop();
    }
    return text;
  }

  /** What modifies arrays and functions means nothing in C. */
  #dropModifiers(floor: number): void {
    while (this.#chain.length > floor) {
      const kind = this.#types.kind(this.#chain.at(-1) as number);
      if (kind !== TYPE_TAG && modifierWord(kind) === undefined) break;
      this.#chain.pop();
    }
  }

  #tagAttribute(id: number): string {
    const name = this.#types.name(id);
    return `__attribute__((${this.#types.flag(id) ? name : `btf_type_tag("${name}")`}))`;
  }
}

function modifierWord(kind: number): string | undefined {
  switch (kind) {
    case VOLATILE:
      return "volatile";
    case CONST:
      return "const";
    case RESTRICT:
      return "restrict";
    default:
      return undefined;
  }
}

function lineStart(level: number): string {
  return `\n${TABS.slice(0, level)}`;
}

/** A name after a type. */
function separated(name: string, afterStar: boolean): string {
  return name === "" || afterStar ? name : ` ${name}`;
}
