/** The symbols of an ELF file (ELF specification, "Symbol Table"; include/uapi/linux/elf.h). */
import { malformedError } from "../errors.ts";
import { SECTION_INDEX, SECTION_TYPE, SYMBOL_BINDING, SYMBOL_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex, toNumber } from "./numbers.ts";
import { type ElfProblems, tolerate } from "./problems.ts";
import {
  directReads,
  type ElfSection,
  entryCount,
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

/** An entry of SYMTAB_SHNDX, a word: the section index of the symbol at the same place, where it is XINDEX there. */
const LARGE_INDEX_SIZE = 4;

/** The symbols of a table, each read when it is asked for. */
export interface SymbolTable {
  readonly length: number;
  /** undefined past the end. */
  at(index: number): ElfSymbol | undefined;
  /** Those of the types and bindings that are wanted, by index; others are not read. */
  select(wanted: (type: number, binding: number) => boolean): ElfSymbol[];
}

export const NO_SYMBOLS: SymbolTable = { length: 0, at: () => undefined, select: () => [] };

/**
 * A table of symbols (SYMTAB, DYNSYM), the empty first one among them; without `table` the first SYMTAB, empty where
 * there is none. A malformed error is thrown where the name or the section of one that is read is not in the file;
 * with `problems` that is told, and the symbol has no name, or is an empty one.
 */
export function symbolTable(
  elf: ElfFile,
  table = elf.sections.find(({ type }) => type === SECTION_TYPE.SYMTAB),
  problems?: ElfProblems,
): SymbolTable {
  if (!table) return NO_SYMBOLS;
  requireSymbolTable(table);
  const { size, offsets } = SYMBOL[elf.bits];
  const length = entryCount(elf, table, size);
  const decode = symbolReader(elf, table);
  const known: ElfSymbol[] = [];
  const read = (index: number, named: boolean) => decode(index, table.offset + index * size, named);
  const nameless = (index: number) =>
    tolerate(
      () => {},
      () => ({ ...EMPTY, index }),
      () => read(index, false),
    );
  const at = (index: number): ElfSymbol => {
    const symbol =
      known[index] ??
      tolerate(
        problems,
        () => nameless(index),
        () => read(index, true),
      );
    known[index] = symbol;
    return symbol;
  };
  const { view } = directReads(elf);
  return {
    length,
    at: (index) => (index < length ? at(index) : undefined),
    select(wanted) {
      const found: ElfSymbol[] = [];
      for (let index = 0; index < length; index++) {
        const info = view.getUint8(table.offset + index * size + offsets.info);
        if (wanted(typeOf(info), bindingOf(info))) found.push(at(index));
      }
      return found;
    },
  };
}

/** All symbols of a table, as symbolTable has them. */
export function decodeSymbols(elf: ElfFile, table?: ElfSection, problems?: ElfProblems): ElfSymbol[] {
  return symbolTable(elf, table, problems).select(() => true);
}

/** Reads the symbol of an index that stands at an offset of the file. */
function symbolReader(elf: ElfFile, table: ElfSection) {
  const nameAt = nameReader(elf.reader, linkedSection(elf, table));
  const largeIndexes = largeIndexReader(elf, table);
  const { offsets } = SYMBOL[elf.bits];
  const { view, littleEndian, u32, native } = directReads(elf);
  return (index: number, at: number, named: boolean): ElfSymbol => {
    const name = named ? nameAt(u32(at + offsets.name)) : "";
    const title = () => `symbol [${index}] '${name}'`;
    const rawIndex = view.getUint16(at + offsets.sectionIndex, littleEndian);
    const large = rawIndex === SECTION_INDEX.XINDEX;
    const sectionIndex = large ? (largeIndexes(index) ?? rawIndex) : rawIndex;
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
      binding: bindingOf(info),
      type: typeOf(info),
      visibility: view.getUint8(at + offsets.other) & 0x3,
      sectionIndex,
      section,
    };
  };
}

function typeOf(info: number): number {
  return info & 0xf;
}

function bindingOf(info: number): number {
  return info >>> 4;
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

/** Section indexes that did not fit, by the index of their symbol; undefined where there is none. */
function largeIndexReader(elf: ElfFile, table: ElfSection): (index: number) => number | undefined {
  const indexes = elf.sections.find(
    ({ type, link }) => type === SECTION_TYPE.SYMTAB_SHNDX && link === table.index,
  );
  if (!indexes) return () => undefined;
  const count = entryCount(elf, indexes, LARGE_INDEX_SIZE);
  const { u32 } = directReads(elf);
  return (index) => (index < count ? u32(indexes.offset + index * LARGE_INDEX_SIZE) : undefined);
}
