/**
 * Structs, unions and typedefs: they are the same if all that they lead to is (libbpf btf.c:btf_dedup_struct_type). What turned
 * out to belong together on the way is kept.
 */
import { BTF_KIND } from "../kinds.ts";
import { hashShape, sameShape } from "./alike.ts";
import { type Dedup, isMapped, resolve, settle } from "./canonical.ts";
import { forwardKind, isEquivalent, newSupposition, type Supposition } from "./equivalent.ts";
import { kindOfId, lengthOf, nameOf } from "./types.ts";

const { STRUCT, UNION, FWD, TYPEDEF } = BTF_KIND;

export function dedupComposites(dedup: Dedup): void {
  const { types, firstId } = dedup;
  const supposition = newSupposition(types);
  for (let id = firstId; id < types.count; id++) {
    if (isMapped(dedup, id)) continue;
    const kind = kindOfId(types, id);
    if (kind !== STRUCT && kind !== UNION && kind !== TYPEDEF) continue;
    const hash = hashShape(types, id);
    settle(dedup, id, equivalentCandidate(dedup, supposition, id, hash), hash);
  }
}

/** The first candidate that is the same; the type itself where there is none. */
function equivalentCandidate(dedup: Dedup, supposition: Supposition, id: number, hash: number): number {
  const { types, candidates, steps } = dedup;
  for (let candidate = candidates.first(hash); candidate !== 0; candidate = candidates.after(candidate)) {
    steps.spend(id, lengthOf(types, id));
    if (!sameShape(types, id, candidate)) continue;
    if (!isEquivalent(dedup, supposition, id, candidate)) continue;
    keep(dedup, supposition);
    if (!supposition.changesBase) return candidate;
  }
  return id;
}

/**
 * Declarations lead to the definitions that they met; structs and unions, to canonical ones (libbpf
 * btf.c:btf_dedup_merge_hypot_map). A FWD of the base leads to a definition among the parts, so that other declarations
 * get there, even if nothing else came of the comparison.
 */
function keep(dedup: Dedup, { met, counterparts, changesBase }: Supposition): void {
  const { types, map } = dedup;
  for (const id of met) {
    const mine = resolve(dedup, counterparts[id] as number);
    const canonical = resolve(dedup, id);
    const kind = kindOfId(types, mine);
    const canonicalKind = kindOfId(types, canonical);
    if (kind !== FWD && canonicalKind === FWD) map[canonical] = mine;
    if (changesBase || canonicalKind === FWD) continue;
    if (kind === FWD) map[mine] = canonical;
    const composite = kind === STRUCT || kind === UNION;
    if (composite && isMapped(dedup, canonical) && !isMapped(dedup, mine)) map[mine] = canonical;
  }
}

/**
 * Declarations that met no definition lead to the only one of their name, if there is one (libbpf
 * btf.c:btf_dedup_resolve_fwds).
 */
export function resolveForwards(dedup: Dedup): void {
  const { types, firstId, map } = dedup;
  const definitions = uniqueDefinitions(dedup);
  for (let id = firstId; id < types.count; id++) {
    if (kindOfId(types, id) !== FWD || map[id] !== id) continue;
    const definition = definitions.get(nameOf(types, id));
    if (definition === undefined || definition === AMBIGUOUS) continue;
    if (kindOfId(types, definition) === forwardKind(types, id)) map[id] = definition;
  }
}

const AMBIGUOUS = 0;

/** Canonical structs and unions by name, those of the base too. */
function uniqueDefinitions({ types, map }: Dedup): Map<number, number> {
  const definitions = new Map<number, number>();
  for (let id = 1; id < types.count; id++) {
    const kind = kindOfId(types, id);
    if ((kind !== STRUCT && kind !== UNION) || map[id] !== id) continue;
    const name = nameOf(types, id);
    definitions.set(name, definitions.has(name) ? AMBIGUOUS : id);
  }
  return definitions;
}
