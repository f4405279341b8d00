/** How control leaves an instruction. */
import type { Insn } from "../insn/insn.ts";
import { CLASS, CODE, classOf, isJump, JMP_OP, opOf } from "../insn/opcodes.ts";

/** What the instructions do not tell of themselves. */
export interface FlowHints {
  /** Where the indirect jump (gotox) at `pc` may go, in slots of the program; undefined where nobody knows. */
  jumpTargets?(pc: number): readonly number[] | undefined;
  /** The instruction at `pc` is a call that never comes back: it throws. */
  isThrow?(insn: Insn, pc: number): boolean;
}

/**
 * `entry`: into the function. `next`: the next block begins at once, without a jump. `taken` and `fallthrough`: a
 * condition that holds, or does not. `goto`: always. `indirect`: one target of gotox. `exit`: back to the caller.
 * `throw`: out of the program.
 */
export type EdgeKind = "entry" | "next" | "fallthrough" | "taken" | "goto" | "indirect" | "exit" | "throw";

/** A way to slot `target`, or to EXIT where there is none. */
export interface WayOut {
  readonly kind: EdgeKind;
  readonly target?: number;
}

/**
 * The ways out of an instruction that ends its block; undefined for one that always goes on to the next, "unknown"
 * for an indirect jump whose targets nobody knows. `next` is the slot behind it.
 */
export function waysOut(
  insn: Insn,
  pc: number,
  next: number,
  hints: FlowHints,
): readonly WayOut[] | "unknown" | undefined {
  if (isExit(insn)) return [{ kind: "exit" }];
  if (!isJump(insn.code)) return hints.isThrow?.(insn, pc) ? [{ kind: "throw" }] : undefined;
  if (insn.code === CODE.GOTOX) return indirect(hints.jumpTargets?.(pc));
  const target = pc + 1 + (insn.code === CODE.GOTOL ? insn.imm : insn.off);
  if (opOf(insn.code) === JMP_OP.JA) return [{ kind: "goto", target }];
  return [
    { kind: "fallthrough", target: next },
    { kind: "taken", target },
  ];
}

function indirect(targets: readonly number[] | undefined): readonly WayOut[] | "unknown" {
  if (targets === undefined) return "unknown";
  return [...new Set(targets)].map((target) => ({ kind: "indirect", target }));
}

export function isExit({ code }: Insn): boolean {
  const cls = classOf(code);
  return (cls === CLASS.JMP || cls === CLASS.JMP32) && opOf(code) === JMP_OP.EXIT;
}
