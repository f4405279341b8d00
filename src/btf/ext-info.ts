/**
 * The records that tie instructions to BTF: func_info, line_info and CO-RE relocations
 * (struct bpf_func_info, bpf_line_info and bpf_core_relo of include/uapi/linux/bpf.h).
 */
import { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";

export interface FuncInfo {
  /** First instruction of the function, in slots. */
  readonly insnOff: number;
  /** Id of its FUNC type. */
  readonly typeId: number;
}

export interface LineInfo {
  /** First instruction that the line stands for, in slots. */
  readonly insnOff: number;
  /** Offsets into the string section of the program's BTF. */
  readonly fileNameOff: number;
  readonly lineOff: number;
  readonly line: number;
  readonly column: number;
}

/** What an instruction waits for until the types of the kernel are known. */
export interface CoreRelo {
  /** Of the instruction, in bytes from the start of its section. */
  readonly insnOff: number;
  /** The type that the access starts from. */
  readonly typeId: number;
  /** Offset of the access string in the string section. */
  readonly accessStrOff: number;
  /** enum bpf_core_relo_kind. */
  readonly kind: number;
}

const FUNC_INFO_SIZE = 8;
const LINE_INFO_SIZE = 16;
const CORE_RELO_SIZE = 16;

/** Records of `recordSize` bytes, which may be more than what is known of them, never less. */
export function decodeFuncInfo(
  bytes: Uint8Array,
  recordSize = FUNC_INFO_SIZE,
  littleEndian = true,
): FuncInfo[] {
  return decodeRecords(bytes, recordSize, FUNC_INFO_SIZE, littleEndian, "func_info", (reader, at) => ({
    insnOff: reader.u32(at),
    typeId: reader.u32(at + 4),
  }));
}

export function decodeLineInfo(
  bytes: Uint8Array,
  recordSize = LINE_INFO_SIZE,
  littleEndian = true,
): LineInfo[] {
  return decodeRecords(bytes, recordSize, LINE_INFO_SIZE, littleEndian, "line_info", (reader, at) => ({
    insnOff: reader.u32(at),
    fileNameOff: reader.u32(at + 4),
    lineOff: reader.u32(at + 8),
    line: reader.u32(at + 12) >>> 10,
    column: reader.u32(at + 12) & 0x3ff,
  }));
}

export function decodeCoreRelos(
  bytes: Uint8Array,
  recordSize = CORE_RELO_SIZE,
  littleEndian = true,
): CoreRelo[] {
  return decodeRecords(bytes, recordSize, CORE_RELO_SIZE, littleEndian, "core_relo", (reader, at) => ({
    insnOff: reader.u32(at),
    typeId: reader.u32(at + 4),
    accessStrOff: reader.u32(at + 8),
    kind: reader.u32(at + 12),
  }));
}

function decodeRecords<T>(
  bytes: Uint8Array,
  recordSize: number,
  knownSize: number,
  littleEndian: boolean,
  what: string,
  decode: (reader: ByteReader, offset: number) => T,
): T[] {
  if (recordSize < knownSize) {
    throw malformedError(what, `records of ${recordSize} bytes are shorter than ${knownSize}`);
  }
  const reader = new ByteReader(bytes, { littleEndian, what });
  const count = Math.floor(bytes.length / recordSize);
  return Array.from({ length: count }, (_, i) => decode(reader, i * recordSize));
}
