/**
 * The header and the section headers of an ELF file: 32 or 64 bits, either byte order, any type and machine
 * (ELF specification, "ELF Header" and "Sections"; include/uapi/linux/elf.h).
 *
 * No two sections may share bytes, as the specification has it: so whatever is made of all of them is in
 * proportion to the file.
 */
import { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";
import { SECTION_INDEX, SECTION_TYPE } from "./constants.ts";
import { hex, toNumber } from "./numbers.ts";
import { type ElfProblems, tolerate } from "./problems.ts";
import { type ElfSection, hasBytes, nameReader, titleOf } from "./sections.ts";
import { type Bits, structs } from "./struct.ts";

export interface ElfFile {
  /** The whole file, in its byte order. */
  readonly reader: ByteReader;
  readonly bits: Bits;
  /** See ELF_TYPE. */
  readonly type: number;
  /** See ELF_MACHINE. */
  readonly machine: number;
  /** By index: the first is an empty one. None at all where the file has none. */
  readonly sections: readonly ElfSection[];
}

/** Offsets in e_ident, whose bytes come first. */
const IDENT = { CLASS: 4, DATA: 5, VERSION: 6, SIZE: 16 } as const;

/** What follows e_ident. */
const FILE_HEADER = structs({
  type: 2,
  machine: 2,
  version: 4,
  entry: "native",
  programs: "native",
  sections: "native",
  flags: 4,
  headerSize: 2,
  programSize: 2,
  programCount: 2,
  sectionSize: 2,
  sectionCount: 2,
  namesIndex: 2,
});
type FileHeader = ReturnType<(typeof FILE_HEADER)[Bits]["decode"]>;

const SECTION_HEADER = structs({
  name: 4,
  type: 4,
  flags: "native",
  address: "native",
  offset: "native",
  size: "native",
  link: 4,
  info: 4,
  align: "native",
  entrySize: "native",
});

/** The first bytes of an ELF file. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Throws a malformed error, with the offset, where a header or what it points to is not in the file. With `problems`
 * that is told instead of sections whose place or name is wrong: they are empty ones of type NULL, or without a name.
 */
export function parseElf(bytes: Uint8Array, problems?: ElfProblems): ElfFile {
  if (!isElf(bytes)) throw malformedError("ELF", "no magic number 7f 45 4c 46", 0);
  const reader = new ByteReader(bytes, { littleEndian: bytes[IDENT.DATA] === 1, what: "ELF" });
  const bits = identified(reader, IDENT.CLASS, "class", { 1: 32, 2: 64 } as const);
  identified(reader, IDENT.DATA, "byte order", { 1: "little", 2: "big" });
  identified(reader, IDENT.VERSION, "version", { 1: "current" });
  const header = FILE_HEADER[bits].decode(reader, IDENT.SIZE);
  const { type, machine } = header;
  return { reader, bits, type, machine, sections: decodeSections(reader, bits, header, problems) };
}

function identified<T>(reader: ByteReader, at: number, what: string, known: Readonly<Record<number, T>>): T {
  const value = reader.u8(at);
  const meaning = known[value];
  if (meaning !== undefined) return meaning;
  throw malformedError("ELF", `unknown ${what} ${value} at offset ${hex(at)}`, at);
}

function decodeSections(
  reader: ByteReader,
  bits: Bits,
  header: FileHeader,
  problems?: ElfProblems,
): readonly ElfSection[] {
  if (header.sections === 0n) return [];
  const struct = SECTION_HEADER[bits];
  const start = toNumber(header.sections, () => "offset of the section headers", 0);
  if (header.sectionSize !== struct.size) {
    const what = `section headers of ${header.sectionSize} bytes, expected ${struct.size}`;
    throw malformedError("ELF", what, start);
  }
  // The first section header has what does not fit into the file header.
  const first = struct.decode(reader, start);
  const count = header.sectionCount || toNumber(first.size, () => "number of sections", start);
  const namesIndex = header.namesIndex === SECTION_INDEX.XINDEX ? first.link : header.namesIndex;
  reader.need(start, count * struct.size);

  const nameOffsets: number[] = [];
  const decoded = Array.from({ length: count }, (_, index): ElfSection => {
    const at = start + index * struct.size;
    const { name, offset, size, align, entrySize, ...rest } = struct.decode(reader, at);
    const number = (value: bigint, what: string) =>
      toNumber(value, () => `${what} of section [${index}]`, at);
    nameOffsets.push(name);
    const empty = () => ({
      index,
      name: "",
      ...rest,
      type: SECTION_TYPE.NULL,
      offset: 0,
      size: 0,
      align: 0,
      entrySize: 0,
    });
    return tolerate(problems, empty, () => ({
      index,
      name: "",
      ...rest,
      offset: number(offset, "offset"),
      size: number(size, "size"),
      align: number(align, "alignment"),
      entrySize: number(entrySize, "entry size"),
    }));
  });
  const unnamed = checkedPlaces(reader, decoded, problems);
  if (namesIndex === SECTION_INDEX.UNDEF) return unnamed;
  const nameAt = tolerate(
    problems,
    () => undefined,
    () => {
      const strings = unnamed[namesIndex];
      if (strings) return nameReader(reader, strings);
      throw malformedError("ELF", `section names are in section ${namesIndex} of ${count}`, start);
    },
  );
  if (!nameAt) return unnamed;
  return unnamed.map((section, index) => {
    const name = tolerate(
      problems,
      () => "",
      () => nameAt(nameOffsets[index] as number),
    );
    return { ...section, name };
  });
}

/** Throws unless the contents of all sections are in the file, and none shares bytes with another. */
function checkedPlaces(
  reader: ByteReader,
  sections: readonly ElfSection[],
  problems?: ElfProblems,
): readonly ElfSection[] {
  const checked = [...sections];
  const placed = sections.filter((section) => hasBytes(section) && section.size > 0);
  let end = 0;
  for (const section of placed.sort((a, b) => a.offset - b.offset)) {
    const { index, offset, size } = section;
    const empty = () => ({ ...section, type: SECTION_TYPE.NULL, offset: 0, size: 0 });
    checked[index] = tolerate(problems, empty, () => {
      const wrong =
        offset + size > reader.length
          ? `past the end (${reader.length} bytes)`
          : offset < end && "in another section too";
      if (!wrong) return section;
      const what = `${titleOf(section)}: ${size} bytes at offset ${hex(offset)} are ${wrong}`;
      throw malformedError("ELF", what, offset);
    });
    if (checked[index] === section) end = offset + size;
  }
  return checked;
}
