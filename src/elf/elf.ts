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
import { type ElfProblems, tell, tolerate } from "./problems.ts";
import { directReads, type ElfSection, hasBytes, nameReader, titleOf } from "./sections.ts";
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

  const read = sectionReader({ reader, bits }, problems);
  const sections = Array.from({ length: count }, (_, index) => read(index, start + index * struct.size));
  checkPlaces(reader, sections, problems);
  if (namesIndex === SECTION_INDEX.UNDEF) return sections;
  const nameAt = tolerate(
    problems,
    () => () => "",
    () => {
      const strings = sections[namesIndex];
      if (strings) return nameReader(reader, strings);
      throw malformedError("ELF", `section names are in section ${namesIndex} of ${count}`, start);
    },
  );
  // Until all have theirs, errors tell sections by their index alone.
  const names = sections.map(({ index }) =>
    tolerate(
      problems,
      () => "",
      () => nameAt(reader.u32(start + index * struct.size + struct.offsets.name)),
    ),
  );
  for (const section of sections) section.name = names[section.index] as string;
  return sections;
}

type SectionDraft = { -readonly [K in keyof ElfSection]: ElfSection[K] };

/** Reads the section of an index whose header stands at an offset of the file, but for its name. */
function sectionReader(elf: Pick<ElfFile, "reader" | "bits">, problems?: ElfProblems) {
  const { offsets } = SECTION_HEADER[elf.bits];
  const { u32, native } = directReads(elf);
  return (index: number, at: number): SectionDraft => {
    const section: SectionDraft = {
      index,
      name: "",
      type: u32(at + offsets.type),
      flags: native(at + offsets.flags),
      address: native(at + offsets.address),
      offset: 0,
      size: 0,
      link: u32(at + offsets.link),
      info: u32(at + offsets.info),
      align: 0,
      entrySize: 0,
    };
    const read = (field: "offset" | "size" | "align" | "entrySize", what: string = field): void => {
      section[field] = toNumber(native(at + offsets[field]), () => `${what} of section [${index}]`, at);
    };
    tolerate(
      problems,
      () => empty(section),
      () => {
        read("offset");
        read("size");
        read("align", "alignment");
        read("entrySize", "entry size");
      },
    );
    return section;
  };
}

function empty(section: SectionDraft): void {
  section.type = SECTION_TYPE.NULL;
  section.offset = 0;
  section.size = 0;
}

/** Throws unless the contents of all sections are in the file, and none shares bytes with another. */
function checkPlaces(reader: ByteReader, sections: readonly SectionDraft[], problems?: ElfProblems): void {
  const placed = sections.filter((section) => hasBytes(section) && section.size > 0);
  let end = 0;
  for (const section of placed.sort((a, b) => a.offset - b.offset)) {
    const { offset, size } = section;
    const wrong =
      offset + size > reader.length
        ? `past the end (${reader.length} bytes)`
        : offset < end && "in another section too";
    if (wrong) {
      const what = `${titleOf(section)}: ${size} bytes at offset ${hex(offset)} are ${wrong}`;
      tell(problems, malformedError("ELF", what, offset));
      empty(section);
    } else end = offset + size;
  }
}
