/** The order of a sorted dump (bpftool btf.c:sort_btf_c). */
import { BTF_KIND } from "../kinds.ts";
import { TypeHashes } from "./hash.ts";
import { type Budget, MAX_DEPTH, tooDeep } from "./limits.ts";
import type { RawTypes } from "./raw-types.ts";

const { INT, ARRAY, STRUCT, UNION, ENUM, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, ENUM64 } = BTF_KIND;

/** Constants first, then what others are made of. */
const RANK = { ANONYMOUS_ENUM: 0, ENUM: 1, SCALAR: 2, COMPOSITE: 3, PROTOTYPE: 4, OTHER: 5 } as const;

/** Names that have more bytes in common are compared at a price. */
const FREE_BYTES = 256;

/** Ids in two parts: the others are asked for when the definitions of the ranked ones are in order. */
export interface SortedIds {
  readonly ranked: readonly number[];
  /** `done`: a type, asked for, gives nothing more. */
  others(done: (id: number) => boolean): readonly number[];
}

/**
 * Ids by rank, name of what they refer to in the end, own name, hash, id. Those that would add nothing to a dump are left out:
 * types that define nothing, like functions, and of the last rank, which has two thirds of a kernel's types, those that
 * are `done` when it begins or refer to such a type.
 */
export function sortedIds(types: RawTypes, budget: Budget): SortedIds {
  const ranks = new Uint8Array(types.count);
  const targets = new Uint32Array(types.count);
  const ranked: number[] = [];
  const others: number[] = [];
  for (let id = 1; id < types.count; id++) {
    if (definesNothing(types.kind(id))) continue;
    const target = finalTarget(types, id);
    const rank = rankOf(types, id, target);
    targets[id] = target;
    ranks[id] = rank;
    if (rank === RANK.OTHER) others.push(id);
    else ranked.push(id);
  }
  const order = comparator(types, budget, ranks, targets);
  return { ranked: ranked.sort(order), others: (done) => sortedOthers(types, others, done, order) };
}

function sortedOthers(
  types: RawTypes,
  ids: readonly number[],
  done: (id: number) => boolean,
  order: (a: number, b: number) => number,
): number[] {
  // They come first, since they have neither name nor hash.
  const bare: number[] = [];
  const rest: number[] = [];
  for (const id of ids) {
    if (done(skipNameless(types, id))) continue;
    if (isBare(types, id)) bare.push(id);
    else rest.push(id);
  }
  return bare.concat(rest.sort(order));
}

function definesNothing(kind: number): boolean {
  return kind === FUNC || kind === VAR || kind === DATASEC || kind === DECL_TAG;
}

/** Where the references of a type end. */
function finalTarget(types: RawTypes, id: number): number {
  let end = id;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const next = types.reference(end);
    if (next === undefined) return end;
    end = next;
  }
  throw tooDeep(id);
}

/** The first type with a name that a type refers to, itself perhaps, or where its references end. */
function skipNameless(types: RawTypes, id: number): number {
  let end = id;
  while (!types.hasName(end)) {
    const next = types.reference(end);
    if (next === undefined) break;
    end = next;
  }
  return end;
}

/** A prototype, or what refers to one without a name or length that would add to its hash. */
function isBare(types: RawTypes, id: number): boolean {
  let end = id;
  while (types.kind(end) !== ARRAY && !types.hasName(end)) {
    const next = types.reference(end);
    if (next === undefined) return types.kind(end) === FUNC_PROTO;
    end = next;
  }
  return false;
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

/** By all that ids are sorted by (bpftool btf.c:btf_type_compare). `ranks` and `targets` are by id. */
function comparator(types: RawTypes, budget: Budget, ranks: Uint8Array, targets: Uint32Array) {
  const hashes = new TypeHashes(types);
  return (a: number, b: number): number =>
    (ranks[a] as number) - (ranks[b] as number) ||
    compareNames(types, budget, sortName(types, a, targets), sortName(types, b, targets), a) ||
    compareNames(types, budget, types.nameOffset(a), types.nameOffset(b), a) ||
    hashes.compare(a, b) ||
    a - b;
}

/** Offset of the name that a type is sorted by (bpftool btf.c:btf_type_sort_name). */
function sortName(types: RawTypes, id: number, targets: Uint32Array): number {
  const kind = types.kind(id);
  if ((kind !== ENUM && kind !== ENUM64) || types.hasName(id)) return types.nameOffset(targets[id] as number);
  return types.vlen(id) > 0 ? types.offsetAt(types.tail(id)) : 0;
}

/** By bytes. `a` and `b` are offsets into the strings, `id` is one of the types at work. */
function compareNames(types: RawTypes, budget: Budget, a: number, b: number, id: number): number {
  if (a === b) return 0;
  const { bytes } = types;
  let length = 0;
  while (bytes[a + length] === bytes[b + length] && bytes[a + length] !== 0) length++;
  if (length > FREE_BYTES) budget.spend(id, Math.ceil(length / FREE_BYTES));
  return (bytes[a + length] as number) - (bytes[b + length] as number);
}
