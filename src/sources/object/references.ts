/** What the instructions of functions refer to (libbpf libbpf.c:bpf_object__reloc_code). */
import { INSN_SIZE, type Insn, InsnArray, LD_IMM64 } from "../../insn/insn.ts";
import { CODE } from "../../insn/opcodes.ts";
import type { ObjectMaps } from "./contract.ts";
import type { FunctionTable, ObjectFunction } from "./functions.ts";
import type { ObjectFile } from "./object.ts";
import { firstAtLeast } from "./sorted.ts";
import { type RelocationsBySlot, relocationReader } from "./relocations.ts";
import { type Target, TargetFinder } from "./targets.ts";

/** Of a section, by slot. */
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
  const relocationsOf = relocationReader(object);
  const known = new Map<number, SectionReferences>();
  return ({ section, start, slots }) => {
    let found = known.get(section.index);
    if (!found) {
      found = scan(object, finder, functions.in(section.index), relocationsOf(section));
      known.set(section.index, found);
    }
    return { ...found, from: firstAtLeast(found.slots, start), to: firstAtLeast(found.slots, start + slots) };
  };
}

/** What is between functions belongs to none: a linker has taken another one for it. */
function scan(
  { littleEndian }: ObjectFile,
  finder: TargetFinder,
  functions: readonly ObjectFunction[],
  relocations: RelocationsBySlot,
): SectionReferences {
  const slots: number[] = [];
  const targets: Target[] = [];
  let done = 0;
  for (const of of functions) {
    const insns = new InsnArray(of.bytes, littleEndian);
    for (let pc = Math.max(0, done - of.start); pc < of.slots; pc++) {
      const code = of.bytes[pc * INSN_SIZE];
      if (code !== CODE.CALL && code !== LD_IMM64) continue;
      const slot = of.start + pc;
      const target = finder.find({ function: of, pc }, insns.at(pc) as Insn, relocations.get(slot));
      if (target) {
        slots.push(slot);
        targets.push(target);
      }
      if (code === LD_IMM64) pc++;
    }
    done = Math.max(done, of.start + of.slots);
  }
  return { slots, targets };
}
