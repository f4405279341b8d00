/** Where the functions of a program begin and end. */
import type { FuncInfo } from "../btf/ext-info.ts";
import type { InsnArray } from "../insn/insn.ts";
import { referredFunction } from "./calls.ts";

export interface FunctionRange {
  /** In order of discovery: the main function is 0, then as the instructions refer to them. */
  readonly number: number;
  /** First slot, and the slot after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * The functions, in order of address: the first instruction, what is called, what is handed out as a callback,
 * and what func_info names (bpftool cfg.c:cfg_partition_funcs knows the first two). They cover the program; none
 * begins inside an instruction.
 */
export function findFunctions(insns: InsnArray, funcs: readonly FuncInfo[] = []): FunctionRange[] {
  const numbers = new Map<number, number>([[0, 0]]);
  const isInsn = new Uint8Array(insns.length);
  const discover = (start: number): void => {
    if (start >= 0 && start < insns.length && !numbers.has(start)) numbers.set(start, numbers.size);
  };
  for (const { pc, insn } of insns.instructions()) {
    isInsn[pc] = 1;
    const start = referredFunction(insn, pc, funcs);
    if (start !== undefined) discover(start);
  }
  for (const { insnOff } of funcs) discover(insnOff);
  const starts = [...numbers.keys()].filter((start) => start === 0 || isInsn[start] === 1);
  const order = new Map(starts.map((start, number) => [start, number]));
  starts.sort((a, b) => a - b);
  return starts.map((start, i) => ({
    number: order.get(start) as number,
    start,
    end: starts[i + 1] ?? insns.length,
  }));
}
