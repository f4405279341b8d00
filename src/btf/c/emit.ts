/** Writes definitions, each with the declarations that it needs. */
import { BTF_KIND } from "../kinds.ts";
import { Declarations } from "./declare.ts";
import type { Draft } from "./draft.ts";
import { type Budget, MAX_DEPTH, tooDeep } from "./limits.ts";
import { MEMBER_WORDS, PARAMETER_WORDS, type RawTypes } from "./raw-types.ts";
import { TOKEN } from "./tokens.ts";

const { INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC_PROTO } =
  BTF_KIND;
const { TYPE_TAG, ENUM64 } = BTF_KIND;

/** What is written of a type: nothing, some of what it needs, all of it. */
const NEW = 0;
const OPEN = 1;
const WRITTEN = 2;

/** In place of the id of a type that holds another one: there is none. */
const TOP = 0;

/** Types of arm64 that a compiler has built in, but only as vectors' elements (libbpf btf_dump.c:missing_base_types). */
const POLYNOMIALS: ReadonlyMap<string, string> = new Map([
  ["__Poly8_t", "unsigned char"],
  ["__Poly16_t", "unsigned short"],
  ["__Poly64_t", "unsigned long long"],
  ["__Poly128_t", "unsigned __int128"],
]);

/** The emitting pass (libbpf btf_dump.c:btf_dump_emit_type). */
export class DefinitionWriter {
  readonly declarations: Declarations;
  readonly #types: RawTypes;
  readonly #budget: Budget;
  readonly #draft: Draft;
  readonly #states: Uint8Array;
  /** 1 for types that are declared ahead of their definition, by id. */
  readonly #declared: Uint8Array;

  constructor(draft: Draft, types: RawTypes, budget: Budget) {
    this.declarations = new Declarations(types, budget, draft);
    this.#types = types;
    this.#budget = budget;
    this.#draft = draft;
    this.#states = new Uint8Array(types.count);
    this.#states[0] = WRITTEN;
    this.#declared = new Uint8Array(types.count);
  }

  /** Writes the definition of a type, unless it is there already. */
  define(id: number): void {
    this.#emit(id, TOP, 0);
  }

  /** `holder`: the struct or typedef that needs the type. */
  #emit(id: number, holder: number, depth: number): void {
    const state = this.#states[id];
    if (state === WRITTEN) return;
    if (depth > MAX_DEPTH) throw tooDeep(id);
    this.#budget.spend(id);
    if (state === OPEN) return this.#declareAhead(id, holder);
    const types = this.#types;
    switch (types.kind(id)) {
      case PTR:
      case VOLATILE:
      case CONST:
      case RESTRICT:
      case TYPE_TAG:
        return this.#emitReference(id, types.target(id), holder, depth + 1);
      case ARRAY:
        return this.#emitReference(id, types.element(id), holder, depth + 1);
      case FUNC_PROTO:
        this.#emit(types.target(id), holder, depth + 1);
        return this.#emitItems(id, PARAMETER_WORDS, holder, depth + 1);
      case INT: {
        const base = POLYNOMIALS.get(types.name(id));
        if (base === undefined) break;
        this.#draft.begin(id);
        this.#draft.text(`typedef ${base} ${types.name(id)}`);
        this.#end();
        break;
      }
      case ENUM:
      case ENUM64:
        if (holder === TOP) this.#enumeration(id);
        break;
      case FWD:
        this.#tag(id);
        break;
      case TYPEDEF:
        this.#states[id] = OPEN;
        this.#emit(types.target(id), id, depth + 1);
        if (this.#declared[id] === 0) this.#typedef(id);
        break;
      case STRUCT:
      case UNION:
        if (holder !== TOP && types.hasName(id)) return this.#declare(id, holder);
        return this.#emitComposite(id, holder, depth);
    }
    this.#states[id] = WRITTEN;
  }

  /** A type that says something about another one: when that is there or declared, nothing more comes of it. */
  #emitReference(id: number, target: number, holder: number, depth: number): void {
    this.#emit(target, holder, depth);
    if (this.#states[target] === WRITTEN || this.#declared[target] === 1) this.#states[id] = WRITTEN;
  }

  /** A definition, or an anonymous composite within one. */
  #emitComposite(id: number, holder: number, depth: number): void {
    this.#states[id] = OPEN;
    this.#emitItems(id, MEMBER_WORDS, this.#types.hasName(id) ? id : holder, depth + 1);
    if (holder === TOP) this.#composite(id);
    this.#states[id] = holder === TOP ? WRITTEN : NEW;
  }

  /** The types of members or parameters. */
  #emitItems(id: number, itemWords: number, holder: number, depth: number): void {
    const types = this.#types;
    const { words } = types;
    const states = this.#states;
    const first = types.tail(id);
    const last = first + types.vlen(id) * itemWords;
    for (let item = first; item < last; item += itemWords) {
      const type = words[item + 1] as number;
      if (states[type] !== WRITTEN) this.#emit(type, holder, depth);
    }
  }

  /** An open type: what it needs, needs it. */
  #declareAhead(id: number, holder: number): void {
    const kind = this.#types.kind(id);
    if (kind === TYPEDEF && this.#declared[id] === 0) {
      this.#declared[id] = 1;
      this.#typedef(id);
    } else if ((kind === STRUCT || kind === UNION) && this.#types.hasName(id)) {
      this.#declare(id, holder);
    }
  }

  /** A struct or union declares itself. */
  #declare(id: number, holder: number): void {
    if (this.#declared[id] === 1 || id === holder) return;
    this.#declared[id] = 1;
    this.#tag(id);
  }

  #typedef(id: number): void {
    if (this.#types.isNamed(id, "__builtin_va_list")) return;
    this.#draft.begin(id);
    this.declarations.typedef(id);
    this.#end();
  }

  #composite(id: number): void {
    this.#draft.begin(id);
    this.declarations.composite(id);
    this.#end();
  }

  #enumeration(id: number): void {
    this.#draft.begin(id);
    this.declarations.enumeration(id);
    this.#end();
  }

  #tag(id: number): void {
    this.#draft.begin(id);
    this.declarations.tag(id);
    this.#end();
  }

  #end(): void {
    this.#draft.token(TOKEN.endOfDefinition);
    this.#draft.end();
  }
}
