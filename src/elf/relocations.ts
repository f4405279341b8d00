/** The relocations of an ELF file (ELF specification, "Relocation"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex } from "./numbers.ts";
import { type ElfProblems, tell } from "./problems.ts";
import { directReads, type ElfSection, entryCount, linkedSection, titleOf } from "./sections.ts";
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

/** Is given the fields of an entry: see ElfRelocation. */
type Visit = (offset: bigint, symbol: number, type: number, addend: bigint | undefined) => void;

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
  const found: ElfRelocation[] = [];
  const add: Visit = (offset, symbol, type, addend) =>
    found.push({ offset, symbol, type, ...(addend !== undefined && { addend }) });
  eachRelocation(elf, section, add, problems);
  return found;
}

/** The same one by one. */
export function eachRelocation(
  elf: ElfFile,
  section: ElfSection,
  visit: Visit,
  problems?: ElfProblems,
): void {
  if (!isRelocations(section))
    throw malformedError("ELF", `${titleOf(section)} is not a relocation section`, section.offset);
  const { bits } = elf;
  const { view, littleEndian, native } = directReads(elf);
  const symbols = section.link === 0 ? 1 : symbolCount(elf, linkedSection(elf, section));
  const withAddend = section.type === SECTION_TYPE.RELA;
  const { size, offsets } = (withAddend ? RELA : REL)[bits];
  const addendAt = RELA[bits].offsets.addend;
  const count = entryCount(elf, section, size);
  // How r_info holds symbol and type. The three types of 64-bit MIPS are not told apart.
  const wide = bits === 64;
  const [symbolAt, typeAt] = !wide ? [0, 0] : littleEndian ? [4, 0] : [0, 4];
  for (let index = 0; index < count; index++) {
    const at = section.offset + index * size;
    const info = at + offsets.info;
    const word = view.getUint32(info + symbolAt, littleEndian);
    const symbol = wide ? word : word >>> 8;
    if (symbol > 0 && symbol >= symbols) {
      const what = `relocation [${index}] at offset ${hex(at)}: symbol ${symbol} of ${symbols}`;
      tell(problems, malformedError("ELF", `${titleOf(section)}: ${what}`, at));
      continue;
    }
    const type = wide ? view.getUint32(info + typeAt, littleEndian) : word & 0xff;
    visit(native(at), symbol, type, withAddend ? BigInt.asIntN(bits, native(at + addendAt)) : undefined);
  }
}

function isRelocations({ type }: ElfSection): boolean {
  return type === SECTION_TYPE.REL || type === SECTION_TYPE.RELA;
}
