/**
 * Which instructions and source line an offset in a compiled function leads to: the kernel tells one address for each
 * line_info record, so a place is known as the range of instructions from one record to the next (libbpf
 * bpf_prog_linfo.c:bpf_prog_linfo__lfind_addr_func).
 */
import type { LineInfo } from "../btf/ext-info.ts";
import { disasm } from "../insn/disasm.ts";
import { INSN_SIZE, type InsnArray } from "../insn/insn.ts";
import { CALL_KIND, CODE } from "../insn/opcodes.ts";
import type { ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import { type CompiledProgram, type LineRecord, programReader } from "./compiled-programs.ts";
import type { LoadedFunction } from "./loaded-functions.ts";
import type { ProgramCode } from "./program-code.ts";
import { type SourceLine, sourceLine } from "./source-lines.ts";

/** The instructions that a line_info record stands for. */
export interface InsnRange {
  /** In slots of the program, both of the range. */
  readonly firstPc: number;
  readonly lastPc: number;
  /** The first of them; empty where the kernel hides the instructions. */
  readonly insns: readonly { readonly pc: number; readonly text: string }[];
  readonly source: SourceLine | undefined;
}

/** Where an offset in a compiled function leads. */
export interface CodePlace {
  /** What C calls the function. */
  readonly name: string | undefined;
  /** undefined where no record tells, and at the very end of the function. */
  readonly at: InsnRange | undefined;
  /** What ends right before the offset, if that may be a call: a return address belongs to it. */
  readonly before: InsnRange | undefined;
  /** Why there is no range at all. */
  readonly why: string | undefined;
}

/** More instructions of a range are left out. */
const MAX_INSNS = 16;

const TAIL_CALL = 12;

const END = "it is the end of the function";
const NO_RECORD = "no line record stands before it";

/** Finds places in these programs. */
export function placeFinder(
  registry: Registry,
  progs: Iterable<ProgRecord>,
): (func: LoadedFunction, offset: number) => CodePlace {
  const readProgram = programReader(registry, progs);
  const known = new Map<LoadedFunction, readonly FunctionLine[]>();
  return (func, offset) => {
    const program = readProgram(func.prog);
    const lines = known.get(func) ?? functionLines(program.records, func);
    known.set(func, lines);
    return codePlace(program, lines, func, offset);
  };
}

/** A line_info record with bytes from the start of its function. */
interface FunctionLine {
  readonly offset: number;
  readonly line: LineInfo;
}

/** Ascending by offset; several of one offset stay in their order. */
function functionLines(records: readonly LineRecord[], func: LoadedFunction): FunctionLine[] {
  const { address: start = 0n, length } = func;
  const end = start + BigInt(length);
  return records
    .filter(({ address }) => address >= start && address < end)
    .map(({ address, line }) => ({ offset: Number(address - start), line }))
    .sort((a, b) => a.offset - b.offset);
}

function codePlace(
  { code, why = NO_RECORD }: CompiledProgram,
  lines: readonly FunctionLine[],
  func: LoadedFunction,
  offset: number,
): CodePlace {
  const isEnd = func.length > 0 && offset >= func.length;
  const index = isEnd ? -1 : lastAtOrBefore(lines, offset);
  const indexBefore = lastAtOrBefore(lines, offset - 1);
  const range = (of: number) => (code && of >= 0 ? insnRange(code, func, lines, of) : undefined);
  const at = range(index);
  const ended = indexBefore === index ? undefined : range(indexBefore);
  const before = code && mayEndInCall(code.insns, ended) ? ended : undefined;
  const type = code?.btf?.type(code.funcs[func.index]?.typeId ?? 0);
  return {
    name: type?.kind === "FUNC" && type.name !== "" ? type.name : undefined,
    at,
    before,
    why: at || before ? undefined : isEnd && lines.length > 0 ? END : why,
  };
}

/** A call is its last instruction, or nobody knows. Tail calls are jumps. */
function mayEndInCall(insns: InsnArray, range: InsnRange | undefined): boolean {
  if (range === undefined || insns.length === 0) return range !== undefined;
  const last = insns.at(range.lastPc);
  return last?.code === CODE.CALL && !(last.src === CALL_KIND.HELPER && last.imm === TAIL_CALL);
}

/** Its index; -1 where there is none. Of several at one offset it is the last: the others have no code. */
function lastAtOrBefore(lines: readonly FunctionLine[], offset: number): number {
  let from = 0;
  let to = lines.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((lines[middle] as FunctionLine).offset <= offset) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

function insnRange(
  { insns, symbols, funcs, btf }: ProgramCode,
  { prog, index: funcIndex }: LoadedFunction,
  lines: readonly FunctionLine[],
  index: number,
): InsnRange {
  const { line } = lines[index] as FunctionLine;
  const firstPc = line.insnOff;
  const next =
    lines[index + 1]?.line.insnOff ?? funcs[funcIndex + 1]?.insnOff ?? Math.floor(prog.xlatedLen / INSN_SIZE);
  const shown = [];
  for (const { pc, insn, slots } of insns.instructions(firstPc, Math.min(next, insns.length))) {
    if (shown.length === MAX_INSNS) break;
    shown.push({ pc, text: disasm(insn, slots === 2 ? insns.at(pc + 1) : undefined, pc, symbols) });
  }
  return {
    firstPc,
    lastPc: Math.max(firstPc, next - 1),
    insns: shown,
    source: btf && sourceLine(btf, line),
  };
}
