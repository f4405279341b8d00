/** The symbols of an ELF file (ELF specification, "Symbol Table"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_INDEX, SECTION_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex, toNumber } from "./numbers.ts";
import {
  decodeTable,
  type ElfSection,
  linkedSection,
  nameReader,
  offsetInSection,
  sectionBytes,
  titleOf,
} from "./sections.ts";
import { structs } from "./struct.ts";

export interface ElfSymbol {
  readonly index: number;
  /** Byte text; "" of most symbols that stand for a section. */
  readonly name: string;
  /** In relocatable files the bytes from the start of its section, in others an address. */
  readonly value: bigint;
  /** In bytes; 0 where it is unknown. */
  readonly size: number;
  /** See SYMBOL_BINDINGS. */
  readonly binding: number;
  /** See SYMBOL_TYPES. */
  readonly type: number;
  /** See SYMBOL_VISIBILITIES. */
  readonly visibility: number;
  /** The index of its section, or the reason why there is none: see SECTION_INDEX. */
  readonly sectionIndex: number;
  /** Where it is defined; undefined of symbols that are undefined, absolute or common. */
  readonly section: ElfSection | undefined;
}

const SYMBOL = structs(
  { name: 4, value: "native", size: "native", info: 1, other: 1, sectionIndex: 2 },
  { name: 4, info: 1, other: 1, sectionIndex: 2, value: "native", size: "native" },
);

/** An entry of SYMTAB_SHNDX: the section index of the symbol at the same place, where it is XINDEX there. */
const LARGE_INDEX = structs({ sectionIndex: 4 });

/**
 * The symbols of a table (SYMTAB, DYNSYM) by index, the empty first one among them; without `table` those of the first
 * SYMTAB, none where there is none. Throws a malformed error where the name or the section of one is not in the file.
 */
export function decodeSymbols(
  elf: ElfFile,
  table = elf.sections.find(({ type }) => type === SECTION_TYPE.SYMTAB),
): ElfSymbol[] {
  if (!table) return [];
  requireSymbolTable(table);
  const nameAt = nameReader(elf.reader, linkedSection(elf, table));
  const largeIndexes = decodeLargeIndexes(elf, table);
  return decodeTable(elf, table, SYMBOL, (raw, index, at) => {
    const name = nameAt(raw.name);
    const title = `symbol [${index}] '${name}'`;
    const large = raw.sectionIndex === SECTION_INDEX.XINDEX;
    const sectionIndex = large ? (largeIndexes[index] ?? raw.sectionIndex) : raw.sectionIndex;
    const defined = large || (sectionIndex > SECTION_INDEX.UNDEF && sectionIndex < SECTION_INDEX.LORESERVE);
    const section = defined ? elf.sections[sectionIndex] : undefined;
    if (defined && !section) {
      const what = `section ${sectionIndex} of ${elf.sections.length}`;
      throw malformedError("ELF", `${title} at offset ${hex(at)}: ${what}`, at);
    }
    return {
      index,
      name,
      value: raw.value,
      size: toNumber(raw.size, `size of ${title}`, at),
      binding: raw.info >>> 4,
      type: raw.info & 0xf,
      visibility: raw.other & 0x3,
      sectionIndex,
      section,
    };
  });
}

/**
 * The bytes of a function or a variable, not copied; undefined where they are not in the file (extern, .bss).
 * Throws a malformed error where they run over the end of the section.
 */
export function symbolBytes(elf: ElfFile, { section, value, size }: ElfSymbol): Uint8Array | undefined {
  if (!section) return undefined;
  const offset = offsetInSection(elf, section, value, size);
  return sectionBytes(elf, section)?.subarray(offset, offset + size);
}

/** How many symbols a table holds. */
export function symbolCount(elf: ElfFile, table: ElfSection): number {
  requireSymbolTable(table);
  return Math.floor(table.size / SYMBOL[elf.bits].size);
}

function requireSymbolTable(section: ElfSection): void {
  if (section.type !== SECTION_TYPE.SYMTAB && section.type !== SECTION_TYPE.DYNSYM)
    throw malformedError("ELF", `${titleOf(section)} is not a symbol table`, section.offset);
}

function decodeLargeIndexes(elf: ElfFile, table: ElfSection): number[] {
  const indexes = elf.sections.find(
    ({ type, link }) => type === SECTION_TYPE.SYMTAB_SHNDX && link === table.index,
  );
  return indexes ? decodeTable(elf, indexes, LARGE_INDEX, (raw) => raw.sectionIndex) : [];
}
