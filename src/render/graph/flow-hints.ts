/** What a program's names and jump tables tell of its control flow. */
import type { FlowHints } from "../../cfg/ways-out.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import { CALL_KIND, CODE } from "../../insn/opcodes.ts";

/** The kernel function that unwinds the program; it does not return. */
const THROW = /^bpf_throw#/;

export function flowHints({ symbols, jumpTargets }: ProgramCode): FlowHints {
  return {
    jumpTargets: (pc) => jumpTargets?.of(pc),
    isThrow: (insn, pc) =>
      insn.code === CODE.CALL && insn.src === CALL_KIND.KFUNC && THROW.test(symbols.callTarget(insn, pc)),
  };
}
