/**
 * The section .BTF.ext of an object file: func_info, line_info and CO-RE relocations by ELF section
 * (struct btf_ext_header and btf_ext_info_sec of libbpf; libbpf btf.c:btf_ext_parse).
 */
import { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";
import { BTF_MAGIC } from "./sections.ts";

/** Where the header tells of each kind of records, and the size that a record has at least. */
const INFOS = {
  func_info: { at: 8, smallest: 8 },
  line_info: { at: 16, smallest: 16 },
  core_relo: { at: 24, smallest: 16 },
} as const satisfies Record<string, { at: number; smallest: number }>;

export type ExtInfoKind = keyof typeof INFOS;

export interface ExtInfo {
  /** Bytes of one record; its first word is the offset of an instruction in the section, in bytes. */
  readonly recordSize: number;
  readonly sections: readonly ExtInfoSection[];
}

/** The records of one ELF section. */
export interface ExtInfoSection {
  /** Its name, in the strings of the BTF. */
  readonly nameOff: number;
  /** One after the other, in the byte order of the file. */
  readonly records: Uint8Array;
}

const LENGTH_AT = 4;
const HEADER_SIZE = 24;
const WORD = 4;

/** undefined where there are no such records. Throws a malformed error, with the offset. */
export function extInfo(bytes: Uint8Array, kind: ExtInfoKind): ExtInfo | undefined {
  const { at, smallest } = INFOS[kind];
  const reader = new ByteReader(bytes, { littleEndian: bytes[0] === (BTF_MAGIC & 0xff), what: ".BTF.ext" });
  const headerSize = checkHeader(reader);
  if (headerSize < at + 2 * WORD) return undefined;
  const start = headerSize + reader.u32(at);
  const size = reader.u32(at + WORD);
  if (size === 0) return undefined;
  reader.need(start, size);
  const recordSize = reader.u32(start);
  if (recordSize < smallest || recordSize % WORD !== 0)
    throw malformedError(".BTF.ext", `${kind} has records of ${recordSize} bytes`, start);
  return { recordSize, sections: decodeSections(reader, kind, start + WORD, start + size, recordSize) };
}

function checkHeader(reader: ByteReader): number {
  const fail = (what: string, at: number) => malformedError(".BTF.ext", what, at);
  if (reader.u16(0) !== BTF_MAGIC) throw fail(`no magic number 0x${BTF_MAGIC.toString(16)}`, 0);
  if (reader.u8(2) !== 1) throw fail(`version ${reader.u8(2)} is not 1`, 2);
  const headerSize = reader.u32(LENGTH_AT);
  if (headerSize < HEADER_SIZE) throw fail(`header of ${headerSize} bytes is too short`, LENGTH_AT);
  reader.need(0, headerSize);
  return headerSize;
}

function decodeSections(
  reader: ByteReader,
  kind: ExtInfoKind,
  start: number,
  end: number,
  recordSize: number,
): ExtInfoSection[] {
  const sections: ExtInfoSection[] = [];
  for (let at = start; at < end; ) {
    const nameOff = reader.u32(at);
    const count = reader.u32(at + WORD);
    const size = count * recordSize;
    const records = at + 2 * WORD;
    if (records + size > end) {
      const what = `${count} records at offset 0x${records.toString(16)} run over the end of ${kind}`;
      throw malformedError(".BTF.ext", what, at);
    }
    sections.push({ nameOff, records: reader.slice(records, size) });
    at = records + size;
  }
  return sections;
}
