/**
 * What is in the sections of an ELF file: bytes, strings, tables
 * (ELF specification, "Sections" and "String Table"; include/uapi/linux/elf.h).
 */
import type { ByteReader } from "../bytes/reader.ts";
import { byteText } from "../bytes/text.ts";
import { malformedError, unsupportedError } from "../errors.ts";
import { ELF_TYPE, SECTION_FLAG, SECTION_TYPE } from "./constants.ts";
import type { ElfFile } from "./elf.ts";
import { hex } from "./numbers.ts";

/** Offsets, sizes and the alignment are in bytes. */
export interface ElfSection {
  readonly index: number;
  /** Byte text; "" where the file has no names. */
  readonly name: string;
  /** See SECTION_TYPE. */
  readonly type: number;
  /** See SECTION_FLAG. */
  readonly flags: bigint;
  /** Where it stands in memory; 0 where it does not. */
  readonly address: bigint;
  readonly offset: number;
  /** In the file; of a NOBITS section (.bss) in memory, hence any number. */
  readonly size: number;
  /** Index of a section that this one needs: of symbols their strings, of relocations their symbols. */
  readonly link: number;
  /** Of relocations: the index of the section that they change. */
  readonly info: number;
  readonly align: number;
  /** Of tables: the size of an entry. */
  readonly entrySize: number;
}

/** How many times the size of the file all names that one reader gives may take. */
const NAME_BUDGET = 4;

/** The first section of a name (byte text). */
export function sectionNamed(elf: ElfFile, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name);
}

/**
 * The contents of a section, not copied; undefined where it has none in the file (NULL, NOBITS), whatever its size.
 * Throws an unsupported error where it is compressed.
 */
export function sectionBytes(elf: ElfFile, section: ElfSection): Uint8Array | undefined {
  return hasBytes(section) ? contents(elf.reader, section) : undefined;
}

/**
 * Bytes from the start of a section to `place`, the value of a symbol or the offset of a relocation: in relocatable
 * files the same, in others an address. Throws a malformed error unless `size` bytes of the section stand there.
 */
export function offsetInSection(elf: ElfFile, section: ElfSection, place: bigint, size = 0): number {
  const offset = elf.type === ELF_TYPE.REL ? place : place - section.address;
  if (offset >= 0n && offset + BigInt(size) <= section.size) return Number(offset);
  const what = `${size} bytes at ${hex(place)} are not in ${titleOf(section)} (${section.size} bytes)`;
  throw malformedError("ELF", what, section.offset);
}

/** The section that `link` of another names. */
export function linkedSection(elf: ElfFile, section: ElfSection): ElfSection {
  const linked = elf.sections[section.link];
  if (linked) return linked;
  const what = `${titleOf(section)} links to section ${section.link} of ${elf.sections.length}`;
  throw malformedError("ELF", what, section.offset);
}

/**
 * Names by their offset in a string table. Names may share bytes, so a small table can hold many long ones:
 * those of one reader are bounded together.
 */
export function nameReader(reader: ByteReader, strings: ElfSection): (offset: number) => string {
  const title = titleOf(strings);
  if (strings.type !== SECTION_TYPE.STRTAB)
    throw malformedError("ELF", `${title} is not a string table`, strings.offset);
  // Cut out of one string: a file has thousands of names.
  const text = byteText(contents(reader, strings));
  const fail = (offset: number, what: string) =>
    malformedError("ELF", `string offset ${hex(offset)} ${what}`, strings.offset + offset);
  let budget = NAME_BUDGET * reader.length;
  return (offset) => {
    // An empty table has an empty name.
    if (offset > 0 && offset >= text.length)
      throw fail(offset, `is past the end of ${title} (${text.length} bytes)`);
    const end = text.indexOf("\0", offset);
    const name = text.slice(offset, end < 0 ? text.length : end);
    budget -= name.length;
    if (budget < 0) throw fail(offset, `of ${title}: too many names share bytes`);
    return name;
  };
}

/**
 * How many structs of `expected` bytes a section is a table of, one after the other from its offset on. Throws unless it is
 * one, and in the file.
 */
export function entryCount({ reader }: ElfFile, section: ElfSection, expected: number): number {
  refuseCompressed(section);
  const { offset, size, entrySize } = section;
  if (entrySize !== expected || size % entrySize !== 0) {
    const what = `${size} bytes in entries of ${entrySize}, expected entries of ${expected}`;
    throw malformedError("ELF", `${titleOf(section)}: ${what}`, offset);
  }
  reader.need(offset, size);
  return size / entrySize;
}

/** Reads at offsets in the file that have been checked; `native` is as wide as the class. */
export function directReads({ bits, reader: { bytes, littleEndian } }: Pick<ElfFile, "bits" | "reader">) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  const native = (at: number) => (bits === 64 ? view.getBigUint64(at, littleEndian) : BigInt(u32(at)));
  return { view, littleEndian, u32, native };
}

/** `section [7] '.maps'`. */
export function titleOf({ index, name }: ElfSection): string {
  return `section [${index}]${name === "" ? "" : ` '${name}'`}`;
}

/** Its size is one of bytes in the file. */
export function hasBytes({ type }: ElfSection): boolean {
  return type !== SECTION_TYPE.NULL && type !== SECTION_TYPE.NOBITS;
}

function contents(reader: ByteReader, section: ElfSection): Uint8Array {
  refuseCompressed(section);
  return reader.bytes.subarray(section.offset, section.offset + section.size);
}

function refuseCompressed(section: ElfSection): void {
  if ((section.flags & SECTION_FLAG.COMPRESSED) !== 0n)
    throw unsupportedError(`Cannot read ELF ${titleOf(section)}: it is compressed`);
}
