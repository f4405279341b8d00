/** Which types have to be defined, and in which order: what lies in a type comes before it. */
import { BTF_KIND } from "../kinds.ts";
import { type Budget, containsItself, MAX_DEPTH, tooDeep } from "./limits.ts";
import { MEMBER_WORDS, PARAMETER_WORDS, type RawTypes } from "./raw-types.ts";

const { PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC_PROTO } = BTF_KIND;
const { TYPE_TAG, ENUM64 } = BTF_KIND;

/** How far the ordering of a type is; 0 where it has not begun. */
const OPEN = 1;
const DONE = 2;

/** The ordering pass (libbpf btf_dump.c:btf_dump_order_type). */
export class DefinitionOrder {
  readonly #types: RawTypes;
  readonly #referenced: Uint8Array;
  readonly #budget: Budget;
  readonly #states: Uint8Array;
  #queue: number[] = [];

  /** `referenced`: as in References. */
  constructor(types: RawTypes, referenced: Uint8Array, budget: Budget) {
    this.#types = types;
    this.#referenced = referenced;
    this.#budget = budget;
    this.#states = new Uint8Array(types.count);
    this.#states[0] = DONE;
  }

  /** What type `id` needs to be defined, and itself, in order; without what an earlier call gave. */
  next(id: number): readonly number[] {
    this.#queue = [];
    this.#order(id, false, 0);
    return this.#queue;
  }

  /** Whether a type, asked for, gives nothing more. */
  isDone(id: number): boolean {
    return this.#states[id] === DONE;
  }

  /**
   * `pointed`: the type is met behind a pointer, where a named struct need only be declared. Tells whether a typedef of the
   * type, met behind a pointer, may come as early as this.
   */
  #order(id: number, pointed: boolean, depth: number): boolean {
    if (this.#states[id] === DONE) return true;
    if (depth > MAX_DEPTH) throw tooDeep(id);
    this.#budget.spend(id);
    const types = this.#types;
    switch (types.kind(id)) {
      case PTR: {
        const early = this.#order(types.target(id), true, depth + 1);
        this.#states[id] = DONE;
        return early;
      }
      case ARRAY:
        return this.#orderReference(id, types.element(id), false, depth);
      case VOLATILE:
      case CONST:
      case RESTRICT:
      case TYPE_TAG:
        return this.#orderReference(id, types.target(id), pointed, depth);
      case STRUCT:
      case UNION:
        return this.#orderComposite(id, pointed, depth);
      case ENUM:
      case ENUM64:
      case FWD:
        if (types.hasName(id) || this.#referenced[id] === 0) this.#queue.push(id);
        this.#states[id] = DONE;
        return true;
      case TYPEDEF:
        if (!this.#order(types.target(id), pointed, depth + 1) && pointed) return false;
        this.#queue.push(id);
        this.#states[id] = DONE;
        return true;
      case FUNC_PROTO:
        return this.#orderPrototype(id, pointed, depth);
      default:
        this.#states[id] = DONE;
        return false;
    }
  }

  /** An array or a modifier, which is done when what it is about is. */
  #orderReference(id: number, target: number, pointed: boolean, depth: number): boolean {
    const early = this.#order(target, pointed, depth + 1);
    if (this.#states[target] === DONE) this.#states[id] = DONE;
    return early;
  }

  #orderComposite(id: number, pointed: boolean, depth: number): boolean {
    const types = this.#types;
    const named = types.hasName(id);
    if (pointed && named) return false;
    if (this.#states[id] === OPEN) throw containsItself(id);
    this.#states[id] = OPEN;
    const { words } = types;
    const end = types.tail(id) + types.vlen(id) * MEMBER_WORDS;
    for (let member = types.tail(id); member < end; member += MEMBER_WORDS) {
      const type = words[member + 1] as number;
      if (this.#states[type] !== DONE) this.#order(type, false, depth + 1);
    }
    if (named) this.#queue.push(id);
    this.#states[id] = DONE;
    return true;
  }

  #orderPrototype(id: number, pointed: boolean, depth: number): boolean {
    const types = this.#types;
    let early = this.#order(types.target(id), pointed, depth + 1);
    const end = types.tail(id) + types.vlen(id) * PARAMETER_WORDS;
    for (let param = types.tail(id); param < end; param += PARAMETER_WORDS)
      if (this.#order(types.itemType(param), pointed, depth + 1)) early = true;
    return early;
  }
}
