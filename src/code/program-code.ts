/** A program's code, decoded, with all that annotates it: names of calls, functions and source lines. */
import type { Btf } from "../btf/btf.ts";
import { decodeFuncInfo, decodeLineInfo, type FuncInfo, type LineInfo } from "../btf/ext-info.ts";
import type { InsnSymbols } from "../insn/disasm.ts";
import { InsnArray } from "../insn/insn.ts";
import type { KernelSymbols, SymbolRequest } from "../kallsyms/symbols.ts";
import type { ProgCode } from "../model/records.ts";
import { callNames, symbolRequest } from "./calls.ts";
import type { JumpTargets } from "./jump-targets.ts";
import { referenceNames, referenceNotes } from "./references.ts";

export interface ProgramCode {
  readonly insns: InsnArray;
  readonly symbols: InsnSymbols;
  readonly btf: Btf | undefined;
  /** Both empty without BTF, ascending by insnOff. */
  readonly funcs: readonly FuncInfo[];
  readonly lines: readonly LineInfo[];
  /** What is told behind the text of an instruction, by pc. */
  readonly notes: ReadonlyMap<number, string>;
  /** Where indirect jumps go; absent where only the code itself is at hand. */
  readonly jumpTargets?: JumpTargets;
}

/** `resolve` asks the source's symbol table; it is not called where no name is needed. */
export function programCode(
  code: ProgCode,
  btf: Btf | undefined,
  littleEndian: boolean,
  resolve: (request: SymbolRequest) => KernelSymbols,
): ProgramCode {
  const insns = new InsnArray(code.xlated, littleEndian);
  const request = symbolRequest(insns, code.jitedKsyms);
  const needed = request.addresses.length + request.offsets.length > 0;
  const resolved = needed ? resolve(request) : { callBase: 0n, names: new Map<bigint, string>() };
  const symbols = callNames(resolved, code.jitedKsyms);
  return {
    insns,
    symbols: code.references ? referenceNames(code.references, symbols) : symbols,
    notes: referenceNotes(code.references ?? []),
    btf,
    funcs: btf ? decodeFuncInfo(code.funcInfo, code.funcInfoRecSize || undefined, littleEndian) : [],
    lines: btf ? decodeLineInfo(code.lineInfo, code.lineInfoRecSize || undefined, littleEndian) : [],
  };
}
