/** The order of a sorted dump (bpftool btf.c:sort_btf_c). */
import { BTF_KIND } from "../kinds.ts";
import { TypeHashes } from "./hash.ts";
import { containsItself, MAX_DEPTH, tooDeep } from "./limits.ts";
import type { RawTypes } from "./raw-types.ts";

const { INT, PTR, ARRAY, STRUCT, UNION, ENUM, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO } =
  BTF_KIND;
const { VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 } = BTF_KIND;

/** Constants first, then what others are made of. */
const RANK = { ANONYMOUS_ENUM: 0, ENUM: 1, SCALAR: 2, COMPOSITE: 3, PROTOTYPE: 4, OTHER: 5 } as const;
const RANKS = 6;

/**
 * Ids by rank, name of what they refer to in the end, own name, hash, id. Those that would add nothing to a dump are left out:
 * types that define nothing, like functions; references without a name to types of a rank of their own, which precede
 * them; and of the last rank, which holds half of a kernel's types, those that are `done` when it begins.
 */
export function* sortedIds(types: RawTypes, done: (id: number) => boolean): Generator<number, void> {
  const targets = finalTargets(types);
  const ranks = new Uint8Array(types.count);
  const ranked: number[] = [];
  const others: number[] = [];
  for (let id = 1; id < types.count; id++) {
    if (!definesSomething(types.kind(id))) continue;
    const target = targets[id] as number;
    const rank = rankOf(types, id, target);
    ranks[id] = rank;
    if (rank !== RANK.OTHER) ranked.push(id);
    else if (target === id || types.hasName(id) || rankOf(types, target, target) === RANK.OTHER)
      others.push(id);
  }
  yield* sort(types, ranked, ranks, targets);
  yield* sort(
    types,
    others.filter((id) => !done(id)),
    ranks,
    targets,
  );
}

function definesSomething(kind: number): boolean {
  return kind !== FUNC && kind !== VAR && kind !== DATASEC && kind !== DECL_TAG;
}

/** By the order of `sortedIds`; `ids` ascend, `ranks` and `targets` are by id. */
function sort(types: RawTypes, ids: readonly number[], ranks: Uint8Array, targets: Uint32Array): Uint32Array {
  const names = new NameTable();
  const ownKeys = new Uint32Array(types.count);
  const sortKeys = new Uint32Array(types.count);
  for (const id of ids) {
    ownKeys[id] = names.number(types.name(id));
    sortKeys[id] = names.number(sortName(types, id, targets[id] as number));
  }
  const places = names.places();
  for (const id of ids) {
    ownKeys[id] = places[ownKeys[id] as number] as number;
    sortKeys[id] = (ranks[id] as number) * places.length + (places[sortKeys[id] as number] as number);
  }
  const byOwnName = countingSort(Uint32Array.from(ids), ownKeys, places.length);
  const sorted = countingSort(byOwnName, sortKeys, RANKS * places.length);
  sortTiesByHash(types, sorted, sortKeys, ownKeys);
  return sorted;
}

/** bpftool btf.c:btf_type_sort_name */
function sortName(types: RawTypes, id: number, target: number): string {
  return isAnonymousEnum(types, id) ? firstEnumerator(types, id) : types.name(target);
}

const UNKNOWN = 0xffff_ffff;

/** What a type says something about; UNKNOWN where it stands for itself. */
function referenceOf(types: RawTypes, id: number): number {
  switch (types.kind(id)) {
    case PTR:
    case TYPEDEF:
    case VOLATILE:
    case CONST:
    case RESTRICT:
    case TYPE_TAG:
    case DECL_TAG:
      return types.target(id);
    case ARRAY:
      return types.element(id);
    default:
      return UNKNOWN;
  }
}

/** Where each type's references end, by type id; a type without is its own end. */
function finalTargets(types: RawTypes): Uint32Array {
  const open = UNKNOWN - 1;
  const targets = new Uint32Array(types.count).fill(UNKNOWN);
  const depths = new Uint16Array(types.count);
  const path: number[] = [];
  for (let start = 0; start < types.count; start++) {
    let end = start;
    while (targets[end] === UNKNOWN) {
      const next = referenceOf(types, end);
      if (next === UNKNOWN) {
        targets[end] = end;
      } else {
        targets[end] = open;
        path.push(end);
        end = next;
      }
    }
    const target = targets[end] as number;
    if (target === open) throw containsItself(end);
    for (let depth = (depths[end] as number) + 1; path.length > 0; depth++) {
      if (depth > MAX_DEPTH) throw tooDeep(start);
      const id = path.pop() as number;
      targets[id] = target;
      depths[id] = depth;
    }
  }
  return targets;
}

function isAnonymousEnum(types: RawTypes, id: number): boolean {
  const kind = types.kind(id);
  return (kind === ENUM || kind === ENUM64) && !types.hasName(id);
}

function firstEnumerator(types: RawTypes, id: number): string {
  return types.vlen(id) > 0 ? types.nameAt(types.tail(id)) : "";
}

/** A reference without a name comes late, whatever it refers to in the end (bpftool btf.c:btf_type_rank). */
function rankOf(types: RawTypes, id: number, target: number): number {
  const named = types.hasName(id);
  if (id !== target && !named) return RANK.OTHER;
  switch (types.kind(target)) {
    case ENUM:
    case ENUM64:
      return named ? RANK.ENUM : RANK.ANONYMOUS_ENUM;
    case INT:
    case FLOAT:
      return RANK.SCALAR;
    case STRUCT:
    case UNION:
      return named ? RANK.COMPOSITE : RANK.OTHER;
    case FUNC_PROTO:
      return named ? RANK.PROTOTYPE : RANK.OTHER;
    default:
      return RANK.OTHER;
  }
}

/** Numbers names, so that sorting compares numbers. "" is number 0. */
class NameTable {
  readonly #numbers = new Map([["", 0]]);

  /** Equal names have equal numbers. */
  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  /** The place of each name in the order of bytes, by number. */
  places(): Uint32Array {
    const places = new Uint32Array(this.#numbers.size);
    const sorted = [...this.#numbers.keys()].sort();
    for (const [place, name] of sorted.entries()) places[this.number(name)] = place;
    return places;
  }
}

/** Stable. `keys` are below `limit`, by id. */
function countingSort(ids: Uint32Array, keys: Uint32Array, limit: number): Uint32Array {
  const next = new Uint32Array(limit + 1);
  for (let i = 0; i < ids.length; i++) (next[(keys[ids[i] as number] as number) + 1] as number)++;
  for (let key = 1; key <= limit; key++) (next[key] as number) += next[key - 1] as number;
  const sorted = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    sorted[(next[keys[id] as number] as number)++] = id;
  }
  return sorted;
}

/** Sorts each run of ids with equal keys by hash, in place; where hashes are equal, too, ids keep their order. */
function sortTiesByHash(
  types: RawTypes,
  ids: Uint32Array,
  sortKeys: Uint32Array,
  ownKeys: Uint32Array,
): void {
  const hashes = new TypeHashes(types);
  for (let from = 0, to = 1; from < ids.length; from = to++) {
    const first = ids[from] as number;
    const alias = hashes.alias(first);
    let sorted = true;
    for (; to < ids.length; to++) {
      const id = ids[to] as number;
      if (sortKeys[id] !== sortKeys[first] || ownKeys[id] !== ownKeys[first]) break;
      if (sorted && hashes.alias(id) !== alias) sorted = false;
    }
    if (!sorted) sortByHash(hashes, ids.subarray(from, to));
  }
}

/** In place, stable. */
function sortByHash(hashes: TypeHashes, ids: Uint32Array): void {
  // Prototypes and pointers to them, half of a kernel's types: they need not be sorted.
  const zeros: number[] = [];
  const others: number[] = [];
  for (const id of ids) (hashes.isZero(id) ? zeros : others).push(id);
  others.sort((a, b) => hashes.compare(a, b));
  ids.set(zeros);
  ids.set(others, zeros.length);
}
