/**
 * Names that are unique in C where those of BTF are not: the second `foo` is `foo___2`
 * (libbpf btf_dump.c:btf_dump_resolve_name). They are told by their number: 1 is the name as it is.
 */
import { BTF_KIND } from "../kinds.ts";
import type { Budget } from "./limits.ts";
import { NameUses } from "./name-uses.ts";
import type { RawTypes } from "./raw-types.ts";

const { ENUM, FWD } = BTF_KIND;

export class Names {
  readonly #types: RawTypes;
  /** Numbers that were given out, by type id. */
  readonly #given: Uint32Array;
  /** Of struct, union and enum. */
  readonly #tags: NameUses;
  /** Of typedefs and enumerators. */
  readonly #ordinary: NameUses;

  constructor(types: RawTypes, budget: Budget) {
    this.#types = types;
    this.#given = new Uint32Array(types.count);
    this.#tags = new NameUses(types, budget);
    this.#ordinary = new NameUses(types, budget);
  }

  /** What is only declared shares its name with what defines it. */
  tag(id: number): number {
    const types = this.#types;
    const kind = types.kind(id);
    const declaredOnly = kind === FWD || (kind === ENUM && types.vlen(id) === 0);
    return declaredOnly || !types.hasName(id) ? 1 : this.#give(id, this.#tags);
  }

  typedef(id: number): number {
    return this.#give(id, this.#ordinary);
  }

  /** Each call is another enumerator; its name starts at `offset`, its type is `id`. */
  enumerator(offset: number, id: number): number {
    return this.#ordinary.next(offset, id);
  }

  #give(id: number, uses: NameUses): number {
    const known = this.#given[id] as number;
    if (known !== 0) return known;
    const given = uses.next(this.#types.nameOffset(id), id);
    this.#given[id] = given;
    return given;
  }
}
