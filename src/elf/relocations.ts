/** The relocations of an ELF file (ELF specification, "Relocation"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex } from "./numbers.ts";
import { type ElfProblems, tolerate } from "./problems.ts";
import { directReads, type ElfSection, eachEntry, linkedSection, titleOf } from "./sections.ts";
import { type Bits, structs } from "./struct.ts";
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

/** The sections with relocations of `target`; compilers write one at most. */
export function relocationSections(elf: ElfFile, target: ElfSection): ElfSection[] {
  return elf.sections.filter((section) => isRelocations(section) && section.info === target.index);
}

/**
 * The entries of a section of type REL or RELA. Throws a malformed error where one names a symbol that is not there;
 * with `problems` that is told, and the entry left out.
 */
export function decodeRelocations(
  elf: ElfFile,
  section: ElfSection,
  problems?: ElfProblems,
): ElfRelocation[] {
  if (!isRelocations(section))
    throw malformedError("ELF", `${titleOf(section)} is not a relocation section`, section.offset);
  const { bits } = elf;
  const symbols = section.link === 0 ? 1 : symbolCount(elf, linkedSection(elf, section));
  const struct = (section.type === SECTION_TYPE.REL ? REL : RELA)[bits];
  const withAddend = section.type === SECTION_TYPE.RELA;
  const { view, littleEndian, native } = directReads(elf);
  const decode = (index: number, at: number): ElfRelocation => {
    const { symbol, type } = decodeInfo(view, at + struct.offsets.info, bits, littleEndian);
    if (symbol > 0 && symbol >= symbols) {
      const what = `relocation [${index}] at offset ${hex(at)}: symbol ${symbol} of ${symbols}`;
      throw malformedError("ELF", `${titleOf(section)}: ${what}`, at);
    }
    const offset = native(at);
    if (!withAddend) return { offset, symbol, type };
    return { offset, symbol, type, addend: BigInt.asIntN(bits, native(at + RELA[bits].offsets.addend)) };
  };
  const entries = eachEntry(elf, section, struct, (index, at) =>
    tolerate(
      problems,
      () => undefined,
      () => decode(index, at),
    ),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** How r_info holds symbol and type. The three types of 64-bit MIPS are not told apart. */
function decodeInfo(
  view: DataView,
  at: number,
  bits: Bits,
  littleEndian: boolean,
): Pick<ElfRelocation, "symbol" | "type"> {
  if (bits === 32) {
    const info = view.getUint32(at, littleEndian);
    return { symbol: info >>> 8, type: info & 0xff };
  }
  const [low, high] = littleEndian ? [at, at + 4] : [at + 4, at];
  return { symbol: view.getUint32(high, littleEndian), type: view.getUint32(low, littleEndian) };
}

function isRelocations({ type }: ElfSection): boolean {
  return type === SECTION_TYPE.REL || type === SECTION_TYPE.RELA;
}
