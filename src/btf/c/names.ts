/**
 * Names that are unique in C where those of BTF are not: the second `foo` is `foo___2`
 * (libbpf btf_dump.c:btf_dump_resolve_name).
 */
import { BTF_KIND } from "../kinds.ts";
import type { RawTypes } from "./raw-types.ts";

const { ENUM, FWD } = BTF_KIND;

export class Names {
  readonly #types: RawTypes;
  /** Names that were given out, by type id. */
  readonly #given: (string | undefined)[];
  /** How often a tag of struct, union or enum was used. */
  readonly #tags = new Map<string, number>();
  /** How often a typedef or enumerator was used. */
  readonly #ordinary = new Map<string, number>();

  constructor(types: RawTypes) {
    this.#types = types;
    this.#given = new Array(types.count).fill(undefined);
  }

  /** "" where the type has none. What is only declared shares its name with what defines it. */
  tag(id: number): string {
    const types = this.#types;
    const kind = types.kind(id);
    const declaredOnly = kind === FWD || (kind === ENUM && types.vlen(id) === 0);
    return declaredOnly || !types.hasName(id) ? types.name(id) : this.#give(id, this.#tags);
  }

  typedef(id: number): string {
    return this.#give(id, this.#ordinary);
  }

  /** Each call is another enumerator. */
  enumerator(name: string): string {
    return nextUse(this.#ordinary, name);
  }

  #give(id: number, used: Map<string, number>): string {
    const known = this.#given[id];
    if (known !== undefined) return known;
    const given = nextUse(used, this.#types.name(id));
    this.#given[id] = given;
    return given;
  }
}

function nextUse(used: Map<string, number>, name: string): string {
  const count = (used.get(name) ?? 0) + 1;
  used.set(name, count);
  return count === 1 ? name : `${name}___${count}`;
}
