/**
 * From a place in a compiled program back to its instructions and source lines.
 *
 * The kernel tells one address for each line_info record: where the code of the record's first instruction begins
 * (kernel bpf/core.c:bpf_prog_fill_jited_linfo). So a place is known as a range of instructions, from one record to the
 * next, as in libbpf bpf_prog_linfo.c:bpf_prog_linfo__lfind_addr_func.
 */
import type { LineInfo } from "../btf/ext-info.ts";
import { ByteReader } from "../bytes/reader.ts";
import { InspectError } from "../errors.ts";
import { disasm } from "../insn/disasm.ts";
import { INSN_SIZE, type InsnArray } from "../insn/insn.ts";
import { CALL_KIND, CODE } from "../insn/opcodes.ts";
import type { ProgImage, ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import type { LoadedFunction } from "./loaded-functions.ts";
import { type ProgramCode, programCode } from "./program-code.ts";
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
const MIN_RECORD_SIZE = 8;

const TAIL_CALL = 12;

const BEHIND_END = "it is the end of the function";
const NO_RECORD = "no line record stands before it";

/** Reads each program once. */
export function placeFinder(registry: Registry): (func: LoadedFunction, offset: number) => CodePlace {
  const programs = new Map<number, Program>();
  return (func, offset) => {
    const program = programs.get(func.prog.id) ?? readProgram(registry, func.prog);
    programs.set(func.prog.id, program);
    return codePlace(program, func, offset);
  };
}

interface Program {
  readonly code: ProgramCode | undefined;
  /** In the order of line_info. */
  readonly records: readonly LineRecord[];
  /** Why there are no records. */
  readonly why?: string;
  /** By index, as far as they were asked for. */
  readonly functions: Map<number, readonly FunctionLine[]>;
}

/** A line_info record with the address that its code begins at. */
interface LineRecord {
  readonly address: bigint;
  readonly line: LineInfo;
}

/** The same with bytes from the start of its function. */
interface FunctionLine {
  readonly offset: number;
  readonly line: LineInfo;
}

function readProgram(registry: Registry, prog: ProgRecord): Program {
  const { source } = registry;
  const functions = new Map<number, readonly FunctionLine[]>();
  try {
    const { littleEndian } = source.host();
    const code = programCode(source.code(prog), registry.btf(prog.btfId), littleEndian, (request) =>
      source.symbols(request),
    );
    const image = source.image(prog);
    if (!image) return { code, records: [], why: hiddenText(registry, prog), functions };
    return { code, ...lineRecords(code, image, littleEndian), functions };
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    return { code: undefined, records: [], why: error.message, functions };
  }
}

function hiddenText({ source }: Registry, prog: ProgRecord): string {
  if (prog.jitedLen === 0) return "the program is not compiled";
  return source.whyHidden?.(prog, "jited") ?? "the compiled program is hidden: kernel.kptr_restrict set?";
}

function lineRecords(
  { lines }: ProgramCode,
  { jitedLineInfo, jitedLineInfoRecSize: size }: ProgImage,
  littleEndian: boolean,
): Pick<Program, "records" | "why"> {
  if (lines.length === 0) return { records: [], why: "the program has no line_info" };
  if (jitedLineInfo.length === 0) return { records: [], why: "no addresses of its lines are known" };
  const count = size < MIN_RECORD_SIZE ? 0 : Math.floor(jitedLineInfo.length / size);
  if (count !== lines.length)
    return { records: [], why: `${lines.length} line records have ${count} addresses` };
  const reader = new ByteReader(jitedLineInfo, { littleEndian, what: "jited_line_info" });
  return { records: lines.map((line, i) => ({ address: reader.u64(i * size), line })) };
}

/** The records of a function, ascending by offset; several of one offset stay in their order. */
function functionLines({ records, functions }: Program, func: LoadedFunction): readonly FunctionLine[] {
  const known = functions.get(func.index);
  if (known) return known;
  const { address: start = 0n, length } = func;
  const end = start + BigInt(length);
  const lines = records
    .filter(({ address }) => address >= start && address < end)
    .map(({ address, line }) => ({ offset: Number(address - start), line }))
    .sort((a, b) => a.offset - b.offset);
  functions.set(func.index, lines);
  return lines;
}

function codePlace(program: Program, func: LoadedFunction, offset: number): CodePlace {
  const { code } = program;
  const lines = functionLines(program, func);
  const behindEnd = func.length > 0 && offset >= func.length;
  const index = behindEnd ? -1 : lastAtOrBefore(lines, offset);
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
    why: at || before ? undefined : (program.why ?? (behindEnd ? BEHIND_END : NO_RECORD)),
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
