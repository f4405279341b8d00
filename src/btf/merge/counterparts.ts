/** Types of a base that those of a distilled base stand for (libbpf btf_relocate.c:btf_relocate_map_distilled_base). */
import { type InspectError, malformedError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { BTF_KIND } from "../kinds.ts";
import { kindFlagOf } from "../sections.ts";
import { embeddedComposites } from "./embedded.ts";
import { Steps } from "./steps.ts";
import { infoOf, kindOfId, lengthOf, nameOf, sizeOrTypeOf, startOf, type Types } from "./types.ts";

const { INT, STRUCT, UNION, ENUM, FWD, FLOAT, ENUM64 } = BTF_KIND;

/** A type takes one for each byte of its name; one of the base, one for each distilled type of its name. */
const STEPS = 1 << 26;

/** Kinds that a distilled base may have. */
const DISTILLED: ReadonlySet<number> = new Set([INT, FLOAT, ENUM, STRUCT, UNION, FWD]);

/** Kinds that they may stand for. */
const MATCHED: ReadonlySet<number> = new Set([...DISTILLED, ENUM64]);

/** Types of a distilled base, then those of what is split from it. */
interface Distilled {
  readonly types: Types;
  readonly distilled: Btf;
}

interface Base {
  readonly types: Types;
  readonly btf: Btf;
}

/** The id in the base by the id of the distilled type. The ids that types hold are in range. */
export function counterparts({ types, distilled }: Distilled, base: Base): Uint32Array {
  const ids = new Uint32Array(distilled.typeCount);
  const steps = new Steps(STEPS);
  const byName = distilledByName(types, distilled, steps);
  const embedded = embeddedComposites(types, distilled.typeCount);
  const ambiguous = repeatedNames(base.types);
  for (let baseId = 1; baseId < base.types.count; baseId++) {
    const sized = matchesBySize(base.types, baseId, ambiguous);
    if (sized === undefined) continue;
    const size = sizeOrTypeOf(base.types, baseId);
    const name = base.btf.string(nameOf(base.types, baseId)) ?? "";
    steps.spend(baseId, name.length);
    for (const id of byName.get(name) ?? []) {
      steps.spend(id);
      const sameSize = sizeOrTypeOf(types, id) === size;
      if (!sameSize && (sized || (embedded.has(id) && ids[id] === 0))) continue;
      if (!fits(types, id, base.types, baseId)) continue;
      if (ids[id] !== 0)
        throw unmatched(types, distilled, id, `could be type [${ids[id]}] or [${baseId}] of the base`);
      ids[id] = baseId;
    }
  }
  const missing = ids.indexOf(0, 1);
  if (missing >= 0) throw unmatched(types, distilled, missing, "has no counterpart in the base");
  return ids;
}

function unmatched(types: Types, distilled: Btf, id: number, what: string): InspectError {
  const name = distilled.string(nameOf(types, id)) ?? "";
  return malformedError("BTF", `type [${id}] '${name}' of the distilled base ${what}`);
}

/** All types of a distilled base are named (libbpf btf_relocate.c:btf_relocate_validate_distilled_base). */
function distilledByName(types: Types, distilled: Btf, steps: Steps): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (let id = 1; id < distilled.typeCount; id++) {
    const kind = kindOfId(types, id);
    if (!DISTILLED.has(kind)) throw unmatched(types, distilled, id, `has the kind ${kind}`);
    if (nameOf(types, id) === 0) throw unmatched(types, distilled, id, "has no name");
    const name = distilled.string(nameOf(types, id)) ?? "";
    steps.spend(id, name.length);
    const known = byName.get(name);
    if (known) known.push(id);
    else byName.set(name, [id]);
  }
  return byName;
}

/** Names that more than one struct or union has. */
function repeatedNames(types: Types): Set<number> {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  for (let id = 1; id < types.count; id++) {
    const kind = kindOfId(types, id);
    if (kind !== STRUCT && kind !== UNION) continue;
    const name = nameOf(types, id);
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return repeated;
}

/**
 * Whether a type of the base is found by its size as well as its name; undefined where it is not found at all. Structs and
 * unions are told by their size only if there are more of the same name.
 */
function matchesBySize(types: Types, id: number, ambiguous: ReadonlySet<number>): boolean | undefined {
  const kind = kindOfId(types, id);
  if (nameOf(types, id) === 0 || !MATCHED.has(kind)) return undefined;
  if (kind === STRUCT || kind === UNION) return ambiguous.has(nameOf(types, id));
  return kind !== FWD;
}

/** Whether a distilled type can be a type of the base with its name. A struct or union can be of any kind there. */
function fits(types: Types, id: number, baseTypes: Types, baseId: number): boolean {
  const kind = kindOfId(types, id);
  const baseKind = kindOfId(baseTypes, baseId);
  const baseFlag = kindFlagOf(infoOf(baseTypes, baseId));
  switch (kind) {
    case INT:
      return baseKind === INT && encodingOf(types, id) === encodingOf(baseTypes, baseId);
    case FLOAT:
      return baseKind === FLOAT;
    case ENUM:
      return baseKind === ENUM || baseKind === ENUM64;
    case FWD:
      // libbpf takes the flag of a definition, which tells of bit fields, for that of a declaration.
      if (baseKind === FWD) return kindFlagOf(infoOf(types, id)) === baseFlag;
      return (baseKind === STRUCT && !baseFlag) || (baseKind === UNION && baseFlag);
    default:
      return true;
  }
}

/** SIGNED, CHAR, BOOL. */
function encodingOf(types: Types, id: number): number {
  const word = types.words[startOf(types, id) + lengthOf(types, id) - 1] as number;
  return (word >>> 24) & 0x0f;
}
