/** C text of types: definitions and declarations. Nothing ends in a semicolon here. */
import { malformedError } from "../../errors.ts";
import { BTF_KIND, BTF_KINDS } from "../kinds.ts";
import type { Draft } from "./draft.ts";
import { Enumerations } from "./enumerations.ts";
import { type Gap, Layout } from "./layout.ts";
import { type Budget, MAX_DEPTH, MAX_NESTING, tooDeep } from "./limits.ts";
import { NameWriter } from "./name-writer.ts";
import { Names } from "./names.ts";
import { MEMBER_WORDS, PARAMETER_WORDS, type RawTypes } from "./raw-types.ts";
import { lineStart, TOKEN, type Token } from "./tokens.ts";

const { INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT } = BTF_KIND;
const { FUNC_PROTO, FLOAT, TYPE_TAG, ENUM64 } = BTF_KIND;

/** In place of where a name starts. */
const NO_NAME = 0;

/** What is declared. */
interface Declared {
  /** Where its name starts in the strings. */
  readonly name: number;
  /** The number of the name, as in Names. */
  readonly use: number;
  readonly level: number;
}

/** The `level` of a text is how many braces are open around it; it starts in the middle of a line. */
export class Declarations {
  readonly #types: RawTypes;
  readonly #budget: Budget;
  readonly #draft: Draft;
  readonly #names: Names;
  readonly #writer: NameWriter;
  readonly #enumerations: Enumerations;
  readonly #layout: Layout;
  /** What stands before a name, by type id, where that is the same everywhere: most members share few types. 0: not kept. */
  readonly #prefixes: Uint32Array;
  /**
   * What declarations are to write, from the name to the base: those that are open lie upon each other, the innermost on top;
   * each begins at its `floor`.
   */
  readonly #chain: number[] = [];
  /** How many declarators are open. */
  #nesting = 0;

  constructor(types: RawTypes, budget: Budget, draft: Draft) {
    this.#types = types;
    this.#budget = budget;
    this.#draft = draft;
    this.#names = new Names(types, budget);
    this.#writer = new NameWriter(types, draft, this.#names);
    this.#layout = new Layout(types, budget);
    this.#enumerations = new Enumerations({
      types,
      budget,
      draft,
      names: this.#names,
      writer: this.#writer,
      pointerSize: this.#layout.pointerSize,
    });
    this.#prefixes = new Uint32Array(types.count);
  }

  /** `struct S` */
  tag(id: number): void {
    this.#writer.tag(id);
  }

  enumeration(id: number, level = 0): void {
    this.#enumerations.write(id, level);
  }

  /** libbpf btf_dump.c:btf_dump_emit_typedef_def */
  typedef(id: number): void {
    const types = this.#types;
    const use = this.#names.typedef(id);
    const name = types.nameOffset(id);
    const target = types.target(id);
    this.#draft.token(TOKEN.typedef);
    if (target !== 0 || !types.isNamed(id, "__gnuc_va_list")) return this.declaration(target, name, 0, use);
    this.#draft.token(TOKEN.vaList);
    this.#writer.name(name, use);
  }

  /** libbpf btf_dump.c:btf_dump_emit_struct_def */
  composite(id: number, level = 0): void {
    const types = this.#types;
    const draft = this.#draft;
    const packed = this.#layout.isPacked(id);
    const flag = types.flag(id);
    const first = types.tail(id);
    const last = first + types.vlen(id) * MEMBER_WORDS;
    let end = 0;
    let afterBitField = false;
    this.#budget.spend(id, types.vlen(id));
    this.tag(id);
    draft.token(TOKEN.openBrace);
    for (let member = first; member < last; member += MEMBER_WORDS) {
      const type = types.itemType(member);
      const from = types.bitOffset(member, flag);
      const bits = types.bitSize(member, flag);
      if (end < from) {
        const alignment = packed ? 1 : this.#layout.alignment(type);
        const betweenBitFields = afterBitField && bits > 0;
        this.#padding({ id, from: end, to: from, alignment, betweenBitFields }, level + 1);
      }
      draft.token(lineStart(level + 1));
      this.declaration(type, types.offsetAt(member), level + 1);
      if (bits > 0) this.#width(bits);
      draft.token(TOKEN.endOfMember);
      end = from + (bits > 0 ? bits : 8 * this.#layout.size(type));
      afterBitField = bits > 0;
    }
    const size = types.size(id);
    if (types.kind(id) === STRUCT && end < size * 8) {
      const alignment = packed ? 1 : this.#layout.alignment(id);
      this.#padding({ id, from: end, to: size * 8, alignment, betweenBitFields: false }, level + 1);
    }
    if (last > first || size > 0) draft.token(lineStart(level));
    draft.token(TOKEN.closeBrace);
    if (packed) draft.token(TOKEN.packed);
  }

  #padding(gap: Gap, level: number): void {
    const draft = this.#draft;
    for (const { type, bits, times } of this.#layout.fillers(gap)) {
      for (let i = 0; i < times; i++) {
        draft.token(lineStart(level));
        draft.token(type);
        this.#width(bits);
        draft.token(TOKEN.endOfMember);
      }
    }
  }

  /** Of a bit field. */
  #width(bits: number): void {
    this.#draft.token(TOKEN.width);
    this.#draft.number(bits);
  }

  /** A type and the name it has there: of a member, a parameter, a typedef, a function. `name` is where that starts. */
  declaration(id: number, name: number, level = 0, use = 1): void {
    const known = this.#prefixes[id] as number;
    if (known === 0 || this.#nesting >= MAX_NESTING) return this.#declareNew(id, { name, use, level });
    this.#draft.prefix(known);
    this.#separated(name, use, this.#types.kind(id) === PTR);
  }

  /** A type whose prefix is not known. */
  #declareNew(id: number, declared: Declared): void {
    const floor = this.#chain.length;
    this.#pushChain(id);
    if (!this.#isPlain(floor)) return this.#declarator(floor, declared);
    const start = this.#draft.length;
    this.#declarator(floor, { ...declared, name: NO_NAME, use: 1 });
    this.#prefixes[id] = this.#draft.keepPrefix(start);
    this.#separated(declared.name, declared.use, this.#types.kind(id) === PTR);
  }

  /** A second name of no characters has a number. */
  #isNamed(name: number, use: number): boolean {
    return use > 1 || this.#types.bytes[name] !== 0;
  }

  /** A name after a type. */
  #separated(name: number, use: number, afterStar: boolean): void {
    if (!this.#isNamed(name, use)) return;
    if (!afterStar) this.#draft.token(TOKEN.blank);
    this.#writer.name(name, use);
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
  #declarator(floor: number, declared: Declared): void {
    if (++this.#nesting > MAX_NESTING) throw tooDeep(this.#chain.at(-1) ?? 0, MAX_NESTING);
    this.#outwards(floor, declared);
    this.#nesting--;
  }

  #outwards(floor: number, declared: Declared): void {
    const types = this.#types;
    const draft = this.#draft;
    const chain = this.#chain;
    let afterStar = true;
    while (chain.length > floor) {
      const id = chain.pop() as number;
      const kind = types.kind(id);
      switch (kind) {
        case PTR:
          if (!afterStar) draft.token(TOKEN.blank);
          draft.token(TOKEN.star);
          break;
        case VOLATILE:
        case CONST:
        case RESTRICT:
          draft.token(TOKEN.blank);
          draft.token(modifierToken(kind));
          break;
        case TYPE_TAG:
          this.#takeModifiers(floor);
          this.#tagAttribute(id);
          break;
        case ARRAY:
          this.#dropModifiers(floor);
          this.#element(floor, declared, afterStar);
          draft.token(TOKEN.openIndex);
          draft.number(types.arrayLength(id));
          return draft.token(TOKEN.closeIndex);
        case FUNC_PROTO:
          this.#dropModifiers(floor);
          if (chain.length > floor) {
            draft.token(TOKEN.blank);
            this.#inParentheses(floor, declared);
          } else this.#separated(declared.name, declared.use, afterStar);
          return this.#parameters(id, declared.level);
        default:
          this.#takeModifiers(floor);
          this.#base(id, declared.level);
      }
      afterStar = kind === PTR;
    }
    this.#separated(declared.name, declared.use, afterStar);
  }

  /** What stands between the type of an array's elements and their number. */
  #element(floor: number, declared: Declared, afterStar: boolean): void {
    if (this.#chain.length === floor) return this.#separated(declared.name, declared.use, afterStar);
    if (!afterStar && this.#isNamed(declared.name, declared.use)) this.#draft.token(TOKEN.blank);
    if (this.#types.kind(this.#chain.at(-1) as number) === ARRAY) this.#declarator(floor, declared);
    else this.#inParentheses(floor, declared);
  }

  #inParentheses(floor: number, declared: Declared): void {
    this.#draft.token(TOKEN.open);
    this.#declarator(floor, declared);
    this.#draft.token(TOKEN.close);
  }

  #parameters(id: number, level: number): void {
    const types = this.#types;
    const draft = this.#draft;
    const first = types.tail(id);
    const last = first + types.vlen(id) * PARAMETER_WORDS;
    this.#budget.spend(id, types.vlen(id));
    draft.token(TOKEN.open);
    const start = draft.length;
    for (let param = first; param < last; param += PARAMETER_WORDS) {
      const type = types.itemType(param);
      if (param > first) draft.token(TOKEN.nextParameter);
      if (type !== 0 || param + PARAMETER_WORDS < last) this.declaration(type, types.offsetAt(param), level);
      else if (param > first) draft.token(TOKEN.moreParameters);
    }
    if (draft.length === start) draft.token(TOKEN.void);
    draft.token(TOKEN.close);
  }

  /** A type that stands on its own. */
  #base(id: number, level: number): void {
    const types = this.#types;
    const kind = types.kind(id);
    switch (kind) {
      case INT:
      case FLOAT:
        return this.#draft.name(types.nameOffset(id));
      case TYPEDEF:
        return this.#writer.name(types.nameOffset(id), this.#names.typedef(id));
      case STRUCT:
      case UNION:
        return types.hasName(id) ? this.tag(id) : this.composite(id, level);
      case ENUM:
      case ENUM64:
        return types.hasName(id) ? this.tag(id) : this.enumeration(id, level);
      case FWD:
        return this.tag(id);
      default:
        if (id === 0) return this.#draft.token(TOKEN.void);
        throw malformedError("BTF", `type [${id}] (${BTF_KINDS[kind] ?? kind}) is no type of a variable`);
    }
  }

  /** Takes the modifiers that are next to write; each has a blank behind it. */
  #takeModifiers(floor: number): void {
    while (this.#chain.length > floor) {
      const modifier = modifierToken(this.#types.kind(this.#chain.at(-1) as number));
      if (modifier === NO_MODIFIER) break;
      this.#draft.token(modifier);
      this.#draft.token(TOKEN.blank);
      this.#chain.pop();
    }
  }

  /** What modifies arrays and functions means nothing in C. */
  #dropModifiers(floor: number): void {
    while (this.#chain.length > floor) {
      const kind = this.#types.kind(this.#chain.at(-1) as number);
      if (kind !== TYPE_TAG && modifierToken(kind) === NO_MODIFIER) break;
      this.#chain.pop();
    }
  }

  #tagAttribute(id: number): void {
    const draft = this.#draft;
    const types = this.#types;
    const whole = types.flag(id);
    draft.token(whole ? TOKEN.attribute : TOKEN.typeTag);
    draft.name(types.nameOffset(id));
    draft.token(whole ? TOKEN.endOfAttribute : TOKEN.endOfTypeTag);
  }
}

const NO_MODIFIER: Token = -1;

function modifierToken(kind: number): Token {
  switch (kind) {
    case VOLATILE:
      return TOKEN.volatile;
    case CONST:
      return TOKEN.const;
    case RESTRICT:
      return TOKEN.restrict;
    default:
      return NO_MODIFIER;
  }
}
