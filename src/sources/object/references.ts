/** What the instructions of functions refer to (libbpf libbpf.c:bpf_object__reloc_code). */
import type { ObjectMaps } from "./contract.ts";
import type { FunctionTable, ObjectFunction } from "./functions.ts";
import { InsnFields } from "./insn-fields.ts";
import type { ObjectFile } from "./object.ts";
import { type ReferringInsns, referringReader } from "./relocations.ts";
import { firstAtLeast } from "./sorted.ts";
import { type Target, TargetFinder } from "./targets.ts";

/** Of a section, side by side; ascending by slot. */
interface SectionReferences {
  readonly slots: readonly number[];
  readonly targets: readonly Target[];
}

/** Those of one function: from index `from` up to `to`. Functions may share bytes; they do not have copies. */
export interface References extends SectionReferences {
  readonly from: number;
  readonly to: number;
}

export type ReferencesOf = (of: ObjectFunction) => References;

/** Each section is looked at once, when one of its functions is asked for. */
export function referenceReader(
  object: ObjectFile,
  functions: FunctionTable,
  maps: () => ObjectMaps,
): ReferencesOf {
  const finder = new TargetFinder(object, functions, maps);
  const referringIn = referringReader(object);
  const known = new Map<number, SectionReferences>();
  return ({ section, start, slots: count }) => {
    let found = known.get(section.index);
    if (!found) {
      found = findTargets(object, finder, functions.in(section.index), referringIn(section));
      known.set(section.index, found);
    }
    const { slots, targets } = found;
    const [from, to] = [firstAtLeast(slots, start), firstAtLeast(slots, start + count)];
    return { slots, targets, from, to };
  };
}

/** What is between functions belongs to none: a linker has taken another one for it. */
function findTargets(
  { littleEndian }: ObjectFile,
  finder: TargetFinder,
  functions: readonly ObjectFunction[],
  referring: ReferringInsns,
): SectionReferences {
  const { symbols, addends } = referring;
  const slots: number[] = [];
  const targets: Target[] = [];
  let next = 0;
  for (const of of functions) {
    const { start } = of;
    const insns = new InsnFields(of.bytes, littleEndian);
    const end = start + of.slots;
    for (; next < referring.slots.length; next++) {
      const slot = referring.slots[next] as number;
      if (slot >= end) break;
      if (slot < start) continue;
      const place = { function: of, pc: slot - start };
      const target = finder.find(place, insns, symbols[next] as number, addends[next] as number);
      if (!target) continue;
      slots.push(slot);
      targets.push(target);
    }
  }
  return { slots, targets };
}
