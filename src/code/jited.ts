/**
 * A program's JIT image as a listing: functions, their instructions, source lines
 * (bpftool prog.c:prog_dump, jit_disasm.c:disasm_print_insn).
 */
import type { Btf } from "../btf/btf.ts";
import { decodeFuncInfo, type LineInfo } from "../btf/ext-info.ts";
import { signature } from "../btf/signature.ts";
import type { ProgCode, ProgImage } from "../model/records.ts";
import type { Disassembler } from "../native/disassembler.ts";
import type { NativeInsn } from "../native/insn.ts";
import { type Extent, linesByFunction } from "./jited-lines.ts";
import { LineCursor, type SourceLine, sourceLine } from "./source-lines.ts";

export interface JitedProgram {
  readonly code: ProgCode;
  readonly image: ProgImage;
  readonly btf: Btf | undefined;
  readonly littleEndian: boolean;
  /** Kernel symbols by address. */
  readonly names: ReadonlyMap<bigint, string>;
}

export interface JitedListing {
  readonly functions: readonly JitedFunction[];
  /** What does not fit together in what is known of the program; for people. */
  readonly problems: readonly string[];
}

export interface JitedFunction {
  /** Its symbol, or its address; absent where it is not known where functions begin. */
  readonly name?: string;
  /** C-like signature. */
  readonly proto?: string;
  /** Decoded as they are taken, once. */
  readonly rows: Iterable<JitedRow>;
}

export interface JitedRow {
  /** Bytes from the start of the function. */
  readonly pc: number;
  readonly bytes: Uint8Array;
  /** Operation, tab, operands. */
  readonly text: string;
  readonly source?: SourceLine;
}

export function jitedListing(program: JitedProgram, disassembler: Disassembler): JitedListing {
  const { code, image, btf, littleEndian } = program;
  const { jitedFuncLens, jitedKsyms } = code;
  if (jitedFuncLens.length === 0) {
    const rows = rowsOf(disassembler.insns(image.jited, 0n), btf, []);
    return { functions: [{ rows }], problems: [] };
  }
  const parts = cut(image.jited, jitedFuncLens);
  const extents = parts.flatMap(({ length }, i): Extent[] => {
    const start = jitedKsyms[i];
    return start === undefined ? [] : [{ start, length }];
  });
  const lines = btf ? linesByFunction(code, image, littleEndian, extents) : [];
  const protos = protosOf(program);
  const functions = parts.map((bytes, i): JitedFunction => {
    const proto = protos[i];
    const insns = disassembler.insns(bytes, jitedKsyms[i] ?? 0n);
    return {
      name: nameOf(jitedKsyms[i], program.names),
      ...(proto !== undefined && { proto }),
      rows: rowsOf(insns, btf, lines?.[i] ?? []),
    };
  });
  const problems = sizeProblems(image.jited.length, jitedFuncLens);
  return { functions, problems: lines ? problems : [...problems, LINES_PROBLEM] };
}

const LINES_PROBLEM = "there are not as many addresses of source lines as source lines: they are left out";

/** The bytes of each function; less than its length, or none, where the image ends before. */
function cut(image: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let start = 0;
  return lengths.map((length) => {
    const end = Math.min(start + length, image.length);
    const bytes = image.subarray(start, end);
    start = end;
    return bytes;
  });
}

function sizeProblems(size: number, lengths: readonly number[]): string[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total > size) return [`its functions have ${total} bytes, but its image only ${size}`];
  if (total < size) return [`the last ${size - total} of ${size} bytes of its image belong to no function`];
  return [];
}

function nameOf(address: bigint | undefined, names: ReadonlyMap<bigint, string>): string {
  if (address === undefined) return "unknown";
  return names.get(address) ?? `0x${address.toString(16).padStart(16, "0")}`;
}

/** The signature of each function, in the order of func_info. */
function protosOf({ code, btf, littleEndian }: JitedProgram): readonly (string | undefined)[] {
  if (!btf) return [];
  const funcs = decodeFuncInfo(code.funcInfo, code.funcInfoRecSize || undefined, littleEndian);
  return funcs.slice(0, code.jitedFuncLens.length).map(({ typeId }) => signature(btf, typeId));
}

/** The offsets of `lines` are in bytes. */
function* rowsOf(
  insns: Iterable<NativeInsn>,
  btf: Btf | undefined,
  lines: readonly LineInfo[],
): Generator<JitedRow> {
  const cursor = new LineCursor(lines);
  for (const { offset, bytes, text } of insns) {
    const line = cursor.at(offset);
    yield { pc: offset, bytes, text, ...(line && btf && { source: sourceLine(btf, line) }) };
  }
}
