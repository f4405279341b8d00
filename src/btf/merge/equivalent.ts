/**
 * Whether two types are the same together with all that they lead to (libbpf btf.c:btf_dedup_is_equiv): both graphs are
 * walked side by side, and each type of the canonical one is supposed to be one type of the other. Types that are met again
 * end the walk there, so rings do no harm.
 */
import { malformedError } from "../../errors.ts";
import { BTF_KIND } from "../kinds.ts";
import { kindFlagOf } from "../sections.ts";
import { compatibleEnums, sameShape, sameWords } from "./alike.ts";
import { type Dedup, resolve, resolveForward } from "./canonical.ts";
import { type Fields, fieldAt, fieldCount } from "./fields.ts";
import {
  idFieldsOf,
  infoOf,
  kindOfId,
  lengthOf,
  nameOf,
  refersToItself,
  sizeOrTypeOf,
  startOf,
  type Types,
} from "./types.ts";

const { UNKN, INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT } = BTF_KIND;
const { FUNC, FUNC_PROTO, FLOAT, TYPE_TAG, ENUM64 } = BTF_KIND;

/** Kinds that refer to one type and have nothing else to compare than their first words. */
const CHAIN: ReadonlySet<number> = new Set([PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, TYPE_TAG]);

/** Kinds that refer to others. */
const REFERRING: ReadonlySet<number> = new Set([...CHAIN, ARRAY, STRUCT, UNION, FUNC_PROTO]);

/** Of types of one kind that refer to none; undefined for other kinds. */
function compareAlone(types: Types, a: number, b: number): boolean | undefined {
  switch (kindOfId(types, a)) {
    case INT:
    case FLOAT:
    case FWD:
      return sameWords(types, a, b);
    case ENUM:
    case ENUM64:
      return compatibleEnums(types, a, b);
    default:
      return undefined;
  }
}

/** What is supposed while two graphs are compared (libbpf btf.c:btf_dedup_hypot_map_add). */
export interface Supposition {
  /** By id of a canonical type, its counterpart; 0 for none. */
  readonly counterparts: Uint32Array;
  /** Canonical types that have one, in the order they were met. */
  readonly met: number[];
  /** A FWD of the base would have to become a definition: the graphs are not the same, since the base stays as it is. */
  changesBase: boolean;
}

export function newSupposition(types: Types): Supposition {
  return { counterparts: new Uint32Array(types.count), met: [], changesBase: false };
}

function clear(supposition: Supposition): void {
  for (const id of supposition.met) supposition.counterparts[id] = 0;
  supposition.met.length = 0;
  supposition.changesBase = false;
}

/** Whether `id` is the same as the canonical type; leaves behind what was supposed. */
export function isEquivalent(dedup: Dedup, supposition: Supposition, id: number, canonical: number): boolean {
  clear(supposition);
  /** Pairs that are still to compare, the next one on top. */
  const open = [id, canonical];
  while (open.length > 0) {
    const canonicalId = open.pop() as number;
    const candidateId = open.pop() as number;
    if (!comparePair(dedup, supposition, candidateId, canonicalId, open)) return false;
  }
  return true;
}

function comparePair(
  dedup: Dedup,
  supposition: Supposition,
  id: number,
  canonicalId: number,
  open: number[],
): boolean {
  const { types, steps, firstId } = dedup;
  steps.spend(id);
  if (resolve(dedup, id) === resolve(dedup, canonicalId)) return true;
  const canonical = resolveForward(dedup, canonicalId);
  const { counterparts, met } = supposition;
  // Void is a counterpart only in comparisons that fail, so 0 is none.
  const counterpart = counterparts[canonical] as number;
  if (counterpart !== 0) return counterpart === id || isIdentical(dedup, counterpart, id, IDENTICAL_DEPTH);
  met.push(canonical);
  counterparts[canonical] = id;
  if (nameOf(types, id) !== nameOf(types, canonical)) return false;
  const kind = kindOfId(types, id);
  const canonicalKind = kindOfId(types, canonical);
  if (kind !== canonicalKind) {
    if (kind === FWD) return forwardKind(types, id) === canonicalKind;
    if (canonicalKind !== FWD || forwardKind(types, canonical) !== kind) return false;
    if (canonical < firstId) supposition.changesBase = true;
    return true;
  }
  steps.spend(id, lengthOf(types, id));
  if (REFERRING.has(kind)) {
    if (!sameShape(types, id, canonical)) return false;
    pushPairs(types, id, canonical, open);
    return true;
  }
  const same = compareAlone(types, id, canonical);
  if (same === undefined) throw malformedError("BTF", `type [${id}] cannot be part of another type`);
  return same;
}

/** The kind of type that a FWD declares. */
export function forwardKind(types: Types, id: number): number {
  return kindFlagOf(infoOf(types, id)) ? UNION : STRUCT;
}

/** What both types refer to; of an array, the index comes first. */
function pushPairs(types: Types, id: number, canonical: number, open: number[]): void {
  const fields = idFieldsOf(types, id);
  const count = fieldCount(fields, infoOf(types, id));
  const backwards = kindOfId(types, id) === ARRAY;
  for (let i = 0; i < count; i++) {
    const n = backwards ? i : count - 1 - i;
    open.push(held(types, fields, id, n), held(types, fields, canonical, n));
  }
}

function held(types: Types, fields: Fields, id: number, n: number): number {
  return types.words[fieldAt(fields, startOf(types, id), n)] as number;
}

const IDENTICAL_DEPTH = 16;

/**
 * Compilers describe a type twice at times, so two types of one graph may be the same (libbpf
 * btf.c:btf_dedup_identical_types, which takes arrays of one length for the same, whatever their elements).
 */
function isIdentical(dedup: Dedup, a: number, b: number, depth: number): boolean {
  if (depth === 0) return false;
  const { types, steps } = dedup;
  let first = a;
  let second = b;
  let kind = kindOfId(types, first);
  // Chains do not count as depth; one with more types than there are is a ring.
  for (let passed = 0; kind === kindOfId(types, second) && CHAIN.has(kind); passed++) {
    if (passed === types.count) throw refersToItself(first);
    steps.spend(first);
    if (!sameShape(types, first, second)) return false;
    first = sizeOrTypeOf(types, first);
    second = sizeOrTypeOf(types, second);
    kind = kindOfId(types, first);
  }
  if (kind !== kindOfId(types, second)) return false;
  steps.spend(first, lengthOf(types, first));
  switch (kind) {
    case UNKN:
      return true;
    case ARRAY:
      return sameShape(types, first, second);
    case STRUCT:
    case UNION:
    case FUNC_PROTO:
      return sameShape(types, first, second) && holdIdentical(dedup, first, second, depth - 1);
    default:
      return compareAlone(types, first, second) ?? false;
  }
}

/** Whether two types of one shape refer to identical ones. */
function holdIdentical(dedup: Dedup, a: number, b: number, depth: number): boolean {
  const { types } = dedup;
  const fields = idFieldsOf(types, a);
  const count = fieldCount(fields, infoOf(types, a));
  for (let n = 0; n < count; n++) {
    const [heldByA, heldByB] = [held(types, fields, a, n), held(types, fields, b, n)];
    if (heldByA !== heldByB && !isIdentical(dedup, heldByA, heldByB, depth)) return false;
  }
  return true;
}
