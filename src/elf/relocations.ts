/** The relocations of an ELF file (ELF specification, "Relocation"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex } from "./numbers.ts";
import { decodeTable, type ElfSection, linkedSection, titleOf } from "./sections.ts";
import { structs } from "./struct.ts";
import { symbolCount } from "./symbols.ts";

export interface ElfRelocation {
  /** What is changed: in relocatable files the bytes from the start of the section, in others an address. */
  readonly offset: bigint;
  /** Index of a symbol, which is there, in the table that `link` of the relocation section names; 0 for none. */
  readonly symbol: number;
  /** By machine: see BPF_RELOCATION. */
  readonly type: number;
  /** Of RELA sections only; with REL it is what stands at the place that is changed. */
  readonly addend?: bigint;
}

const REL = structs({ offset: "native", info: "native" });
const RELA = structs({ offset: "native", info: "native", addend: "native" });

/** How r_info holds symbol and type. The three types of 64-bit MIPS are not told apart. */
const INFO = {
  32: { symbolShift: 8n, typeMask: 0xffn },
  64: { symbolShift: 32n, typeMask: 0xffff_ffffn },
} as const;

/** The sections with relocations of `target`; compilers write one at most. */
export function relocationSections(elf: ElfFile, target: ElfSection): ElfSection[] {
  return elf.sections.filter((section) => isRelocations(section) && section.info === target.index);
}

/** The entries of a section of type REL or RELA. Throws a malformed error where one names a symbol that is not there. */
export function decodeRelocations(elf: ElfFile, section: ElfSection): ElfRelocation[] {
  if (!isRelocations(section))
    throw malformedError("ELF", `${titleOf(section)} is not a relocation section`, section.offset);
  const { symbolShift, typeMask } = INFO[elf.bits];
  const symbols = section.link === 0 ? 1 : symbolCount(elf, linkedSection(elf, section));
  const decode = (
    { offset, info, addend }: { offset: bigint; info: bigint; addend?: bigint },
    index: number,
    at: number,
  ): ElfRelocation => {
    const symbol = Number(info >> symbolShift);
    if (symbol > 0 && symbol >= symbols) {
      const what = `relocation [${index}] at offset ${hex(at)}: symbol ${symbol} of ${symbols}`;
      throw malformedError("ELF", `${titleOf(section)}: ${what}`, at);
    }
    const common = { offset, symbol, type: Number(info & typeMask) };
    return addend === undefined ? common : { ...common, addend: BigInt.asIntN(elf.bits, addend) };
  };
  return section.type === SECTION_TYPE.REL
    ? decodeTable(elf, section, REL, decode)
    : decodeTable(elf, section, RELA, decode);
}

function isRelocations({ type }: ElfSection): boolean {
  return type === SECTION_TYPE.REL || type === SECTION_TYPE.RELA;
}
