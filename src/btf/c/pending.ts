/** Which types lead to a definition that the ordering pass has not come to yet: two thirds of a kernel's types do not. */
import { BTF_KIND } from "../kinds.ts";
import type { DefinitionOrder } from "./definitions.ts";
import { MAX_DEPTH } from "./limits.ts";
import { MEMBER_WORDS, PARAMETER_WORDS, type RawTypes } from "./raw-types.ts";

const { STRUCT, UNION, ENUM, FWD, TYPEDEF, FUNC_PROTO, ENUM64 } = BTF_KIND;

/** What is known of a type; 0 where that is nothing yet. */
const LEADS = 1;
const LEADS_NOWHERE = 2;

/** Holds as long as nothing is asked of the ordering pass. */
export class PendingDefinitions {
  readonly #types: RawTypes;
  readonly #order: DefinitionOrder;
  readonly #known: Uint8Array;

  constructor(types: RawTypes, order: DefinitionOrder) {
    this.#types = types;
    this.#order = order;
    this.#known = new Uint8Array(types.count);
  }

  /** False only if a type, asked for, gives nothing. Loops, and what is too deep, are for the ordering pass to judge. */
  leadFrom(id: number, depth = 0): boolean {
    if (this.#order.isDone(id)) return false;
    const known = this.#known[id];
    if (known !== 0) return known === LEADS;
    this.#known[id] = LEADS;
    const leads = depth > MAX_DEPTH || this.#isDefinition(id) || this.#leadOn(id, depth + 1);
    if (!leads) this.#known[id] = LEADS_NOWHERE;
    return leads;
  }

  /** Whether a type has a definition of its own, or may have one. */
  #isDefinition(id: number): boolean {
    switch (this.#types.kind(id)) {
      case ENUM:
      case ENUM64:
      case FWD:
      case TYPEDEF:
        return true;
      case STRUCT:
      case UNION:
        return this.#types.hasName(id);
      default:
        return false;
    }
  }

  #leadOn(id: number, depth: number): boolean {
    const types = this.#types;
    const target = types.reference(id);
    if (target !== undefined) return this.leadFrom(target, depth);
    switch (types.kind(id)) {
      case STRUCT:
      case UNION:
        return this.#anyLeads(id, MEMBER_WORDS, depth);
      case FUNC_PROTO:
        return this.leadFrom(types.target(id), depth) || this.#anyLeads(id, PARAMETER_WORDS, depth);
      default:
        return false;
    }
  }

  #anyLeads(id: number, itemWords: number, depth: number): boolean {
    const types = this.#types;
    const end = types.tail(id) + types.vlen(id) * itemWords;
    for (let item = types.tail(id); item < end; item += itemWords) {
      const type = types.itemType(item);
      if (!this.#order.isDone(type) && this.leadFrom(type, depth)) return true;
    }
    return false;
  }
}
