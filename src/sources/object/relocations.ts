/** The relocations of instructions, by section and slot (libbpf libbpf.c:bpf_object__collect_prog_relos). */
import { ELF_TYPE, SECTION_TYPE } from "../../elf/constants.ts";
import { hex } from "../../elf/numbers.ts";
import { decodeRelocations } from "../../elf/relocations.ts";
import { type ElfSection, offsetInSection, sectionBytes, titleOf } from "../../elf/sections.ts";
import type { ElfSymbol } from "../../elf/symbols.ts";
import type { InspectError } from "../../errors.ts";
import { INSN_SIZE, LD_IMM64 } from "../../insn/insn.ts";
import { CODE } from "../../insn/opcodes.ts";
import type { ObjectFile } from "./object.ts";

export interface InsnRelocation {
  readonly symbol: ElfSymbol;
  /** To be added to what the instruction has; 0 where the file keeps it there alone. */
  readonly addend: number;
}

export type RelocationsBySlot = ReadonlyMap<number, InsnRelocation>;

/** The relocations of a section, decoded when they are asked for the first time. */
export function relocationReader(object: ObjectFile): (section: ElfSection) => RelocationsBySlot {
  const tables = tablesByTarget(object);
  const decoded = new Map<number, RelocationsBySlot>();
  return (section) => {
    let found = decoded.get(section.index);
    if (!found) {
      found = decodeTables(object, section, tables.get(section.index) ?? []);
      decoded.set(section.index, found);
    }
    return found;
  };
}

function tablesByTarget({ elf }: ObjectFile): ReadonlyMap<number, ElfSection[]> {
  const byTarget = new Map<number, ElfSection[]>();
  for (const section of elf.sections) {
    if (section.type !== SECTION_TYPE.REL && section.type !== SECTION_TYPE.RELA) continue;
    const others = byTarget.get(section.info);
    if (others) others.push(section);
    else byTarget.set(section.info, [section]);
  }
  return byTarget;
}

function decodeTables(
  object: ObjectFile,
  target: ElfSection,
  tables: readonly ElfSection[],
): RelocationsBySlot {
  const { elf, symbols } = object;
  const bytes = object.attempt(undefined, () => sectionBytes(elf, target)) ?? new Uint8Array();
  const bySlot = new Map<number, InsnRelocation>();
  for (const table of tables) {
    const problems = ({ message }: InspectError) => object.warn(message);
    const entries = object.attempt([], () => decodeRelocations(elf, table, problems));
    for (const { offset, symbol: index, addend } of entries) {
      const symbol = index === 0 ? undefined : symbols[index];
      const at = placeOf(object, target, offset);
      const wrong = at === undefined ? undefined : whatIsWrong(bytes, at, symbol);
      if (wrong)
        object.warn(
          `${titleOf(table)}: the relocation at offset ${hex(at ?? 0)} of ${titleOf(target)} ${wrong}`,
        );
      if (wrong || !symbol || at === undefined) continue;
      bySlot.set(at / INSN_SIZE, { symbol, addend: Number(BigInt.asIntN(32, addend ?? 0n)) });
    }
  }
  return bySlot;
}

/** In bytes from the start of the section. */
function placeOf(object: ObjectFile, target: ElfSection, offset: bigint): number | undefined {
  const at = Number(offset);
  if (object.elf.type === ELF_TYPE.REL && at + INSN_SIZE <= target.size) return at;
  return object.attempt(undefined, () => offsetInSection(object.elf, target, offset, INSN_SIZE));
}

function whatIsWrong(bytes: Uint8Array, at: number, symbol: ElfSymbol | undefined): string | undefined {
  if (at % INSN_SIZE !== 0) return "is not at the start of an instruction";
  if (!symbol) return "has no symbol";
  const code = bytes[at];
  if (code === LD_IMM64 || code === CODE.CALL) return undefined;
  return `against '${symbol.name || (symbol.section?.name ?? "")}' is neither of a call nor of a 64-bit load`;
}
