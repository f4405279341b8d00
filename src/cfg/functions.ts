/** Where the functions of a program begin and end. */
import type { FuncInfo } from "../btf/ext-info.ts";
import type { InsnArray } from "../insn/insn.ts";
import { LD_IMM64 } from "../insn/insn.ts";
import { CALL_KIND, CODE, IMM64_KIND } from "../insn/opcodes.ts";

export interface FunctionRange {
  /** In order of discovery: the main function is 0, then as the instructions refer to them. */
  readonly number: number;
  /** First slot, and the slot after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * The functions, in order of address: the first instruction, what is called, what is handed out as a callback,
 * and what func_info names (bpftool cfg.c:cfg_partition_funcs knows the first two).
 */
export function findFunctions(insns: InsnArray, funcs: readonly FuncInfo[] = []): FunctionRange[] {
  const numbers = new Map<number, number>([[0, 0]]);
  const discover = (start: number): void => {
    if (start >= 0 && start < insns.length && !numbers.has(start)) numbers.set(start, numbers.size);
  };
  for (const { pc, insn } of insns.instructions()) {
    if (insn.code === CODE.CALL && insn.src === CALL_KIND.SUBPROG) discover(pc + insn.off + 1);
    else if (insn.code === LD_IMM64 && insn.src === IMM64_KIND.FUNC) discover(pc + insn.imm + 1);
  }
  for (const { insnOff } of funcs) discover(insnOff);
  const starts = [...numbers.keys()].sort((a, b) => a - b);
  return starts.map((start, i) => ({
    number: numbers.get(start) as number,
    start,
    end: starts[i + 1] ?? insns.length,
  }));
}
