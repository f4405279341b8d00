/** Where jumps lead. */
import type { ClassicInsn } from "./insn.ts";
import { CLASS, classOf, isConditional, JMP_JA, operationOf } from "./opcodes.ts";

/** Where the condition holds, and where not; one target where there is no condition. */
export type Targets = readonly [always: number] | readonly [whenTrue: number, whenFalse: number];

/**
 * Instruction numbers, which may lie outside of the program; undefined for what is no jump. The offset of `ja` is
 * taken for signed, as libpcap does, which makes loops with it; Linux takes only jumps forward. A jump whose condition
 * means nothing still has two ways.
 */
export function jumpTargets({ code, jt, jf, k }: ClassicInsn, pc: number): Targets | undefined {
  if (code === JMP_JA) return [(pc + 1 + k) | 0];
  return isConditional(code) ? [pc + 1 + jt, pc + 1 + jf] : undefined;
}

/** It ends the program. */
export function isReturn({ code }: ClassicInsn): boolean {
  return classOf(code) === CLASS.RET && operationOf(code) !== undefined;
}
