/** The symbols of an ELF file (ELF specification, "Symbol Table"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_INDEX, SECTION_TYPE, SYMBOL_BINDING, SYMBOL_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex, toNumber } from "./numbers.ts";
import { type ElfProblems, tolerate } from "./problems.ts";
import {
  decodeTable,
  directReads,
  eachEntry,
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

/** What stands for nothing, as the first symbol of every table. */
const EMPTY: Omit<ElfSymbol, "index"> = {
  name: "",
  value: 0n,
  size: 0,
  binding: SYMBOL_BINDING.LOCAL,
  type: SYMBOL_TYPE.NOTYPE,
  visibility: 0,
  sectionIndex: SECTION_INDEX.UNDEF,
  section: undefined,
};

/** An entry of SYMTAB_SHNDX: the section index of the symbol at the same place, where it is XINDEX there. */
const LARGE_INDEX = structs({ sectionIndex: 4 });

/**
 * The symbols of a table (SYMTAB, DYNSYM) by index, the empty first one among them; without `table` those of the first
 * SYMTAB, none where there is none. Throws a malformed error where the name or the section of one is not in the file;
 * with `problems` that is told, and the symbol has no name, or is an empty one.
 */
export function decodeSymbols(
  elf: ElfFile,
  table = elf.sections.find(({ type }) => type === SECTION_TYPE.SYMTAB),
  problems?: ElfProblems,
): ElfSymbol[] {
  if (!table) return [];
  requireSymbolTable(table);
  const nameAt = nameReader(elf.reader, linkedSection(elf, table));
  const largeIndexes = decodeLargeIndexes(elf, table);
  const struct = SYMBOL[elf.bits];
  const { offsets } = struct;
  const { view, littleEndian, native } = directReads(elf);
  const decode = (index: number, at: number, named = true): ElfSymbol => {
    const name = named ? nameAt(view.getUint32(at + offsets.name, littleEndian)) : "";
    const title = () => `symbol [${index}] '${name}'`;
    const rawIndex = view.getUint16(at + offsets.sectionIndex, littleEndian);
    const large = rawIndex === SECTION_INDEX.XINDEX;
    const sectionIndex = large ? (largeIndexes[index] ?? rawIndex) : rawIndex;
    const defined = large || (sectionIndex > SECTION_INDEX.UNDEF && sectionIndex < SECTION_INDEX.LORESERVE);
    const section = defined ? elf.sections[sectionIndex] : undefined;
    if (defined && !section) {
      const what = `section ${sectionIndex} of ${elf.sections.length}`;
      throw malformedError("ELF", `${title()} at offset ${hex(at)}: ${what}`, at);
    }
    const info = view.getUint8(at + offsets.info);
    return {
      index,
      name,
      value: native(at + offsets.value),
      size: toNumber(native(at + offsets.size), () => `size of ${title()}`, at),
      binding: info >>> 4,
      type: info & 0xf,
      visibility: view.getUint8(at + offsets.other) & 0x3,
      sectionIndex,
      section,
    };
  };
  const empty = (index: number) => ({ ...EMPTY, index });
  const nameless = (index: number, at: number) =>
    tolerate(
      () => {},
      () => empty(index),
      () => decode(index, at, false),
    );
  return eachEntry(elf, table, struct, (index, at) =>
    tolerate(
      problems,
      () => nameless(index, at),
      () => decode(index, at),
    ),
  );
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
