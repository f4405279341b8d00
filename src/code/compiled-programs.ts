/**
 * Programs with the addresses of their source lines: for each line_info record the kernel tells where the code of its
 * first instruction begins (kernel bpf/core.c:bpf_prog_fill_jited_linfo).
 */
import type { LineInfo } from "../btf/ext-info.ts";
import { ByteReader } from "../bytes/reader.ts";
import { InspectError } from "../errors.ts";
import { InsnArray } from "../insn/insn.ts";
import type { KernelSymbols } from "../kallsyms/symbols.ts";
import { lookupError } from "../model/lookup-errors.ts";
import type { ProgCode, ProgImage, ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import { symbolRequest } from "./calls.ts";
import { type ProgramCode, programCode } from "./program-code.ts";

/** A line_info record and where its code begins. */
export interface LineRecord {
  readonly address: bigint;
  readonly line: LineInfo;
}

export interface CompiledProgram {
  /** undefined where it cannot be read. */
  readonly code: ProgramCode | undefined;
  /** In the order of line_info. */
  readonly records: readonly LineRecord[];
  /** Why there are no records. */
  readonly why?: string;
}

const MIN_RECORD_SIZE = 8;

/** Reads programs when they are asked for, each once, and the kernel's symbols once for all of these. */
export function programReader(
  registry: Registry,
  progs: Iterable<ProgRecord>,
): (prog: ProgRecord) => CompiledProgram {
  const codes = new Map([...progs].map((prog) => [prog.id, readCode(registry, prog)]));
  const programs = new Map<number, CompiledProgram>();
  let symbols: KernelSymbols | undefined;
  const resolve = () => {
    symbols ??= calledSymbols(registry, codes.values());
    return symbols;
  };
  return (prog) => {
    const code = codes.get(prog.id) ?? lookupError("prog", prog.id);
    const program = programs.get(prog.id) ?? compiledProgram(registry, prog, code, resolve);
    programs.set(prog.id, program);
    return program;
  };
}

type ReadCode = ProgCode | InspectError;

function readCode({ source }: Registry, prog: ProgRecord): ReadCode {
  try {
    return source.code(prog);
  } catch (error) {
    if (error instanceof InspectError) return error;
    throw error;
  }
}

/** What the instructions of all programs call. */
function calledSymbols({ source }: Registry, codes: Iterable<ReadCode>): KernelSymbols {
  const { littleEndian } = source.host();
  const addresses = new Set<bigint>();
  const offsets = new Set<number>();
  for (const code of codes) {
    if (code instanceof InspectError) continue;
    const request = symbolRequest(new InsnArray(code.xlated, littleEndian), code.jitedKsyms);
    for (const address of request.addresses) addresses.add(address);
    for (const offset of request.offsets) offsets.add(offset);
  }
  return source.symbols({ addresses: [...addresses], offsets: [...offsets] });
}

function compiledProgram(
  registry: Registry,
  prog: ProgRecord,
  read: ReadCode,
  symbols: () => KernelSymbols,
): CompiledProgram {
  const { source } = registry;
  try {
    if (read instanceof InspectError) throw read;
    const { littleEndian } = source.host();
    const code = programCode(read, registry.btf(prog.btfId), littleEndian, symbols);
    const image = source.image(prog);
    if (!image) return { code, records: [], why: hiddenText(registry, prog) };
    return { code, ...lineRecords(code, image, littleEndian) };
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    return { code: undefined, records: [], why: error.message };
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
): Pick<CompiledProgram, "records" | "why"> {
  if (lines.length === 0) return { records: [], why: "the program has no line_info" };
  if (jitedLineInfo.length === 0) return { records: [], why: "no addresses of its lines are known" };
  const count = size < MIN_RECORD_SIZE ? 0 : Math.floor(jitedLineInfo.length / size);
  if (count !== lines.length)
    return { records: [], why: `${lines.length} line records have ${count} addresses` };
  const reader = new ByteReader(jitedLineInfo, { littleEndian, what: "jited_line_info" });
  return { records: lines.map((line, i) => ({ address: reader.u64(i * size), line })) };
}
