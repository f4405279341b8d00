/**
 * What registers surely hold before an instruction: constants and maps, along straight lines of code. Enough to read
 * the arguments of a call whose index and map the compiler has put there.
 */
import type { Insn, InsnArray } from "../insn/insn.ts";
import { LD_IMM64 } from "../insn/insn.ts";
import {
  ALU_OP,
  ATOMIC_IMM,
  CLASS,
  CODE,
  classOf,
  IMM64_KIND,
  isJump,
  JMP_OP,
  MODE,
  modeOf,
  opOf,
  SRC_X,
} from "../insn/opcodes.ts";

export type Held =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "map"; readonly id: number };

/** By register number; undefined where nothing is known. */
export type Registers = readonly (Held | undefined)[];

/** r0 to r5 are the callee's. */
const CALLER_SAVED = 6;

/** Every instruction with what the registers hold before it; the registers are good until the next is asked for. */
export function* withRegisters(
  insns: InsnArray,
): Generator<{ readonly pc: number; readonly insn: Insn; readonly registers: Registers }> {
  const joins = jumpTargets(insns);
  let registers: (Held | undefined)[] = [];
  for (const { pc, insn } of insns.instructions()) {
    if (joins.has(pc)) registers = [];
    yield { pc, insn, registers };
    registers = after(insn, registers);
  }
}

/** Where control may come from elsewhere. */
function jumpTargets(insns: InsnArray): ReadonlySet<number> {
  const targets = new Set<number>();
  for (const { pc, insn } of insns.instructions()) {
    if (insn.code === LD_IMM64 && insn.src === IMM64_KIND.FUNC) targets.add(pc + 1 + insn.imm);
    else if (insn.code === CODE.CALL) targets.add(pc + 1 + insn.off).add(pc + 1 + insn.imm);
    else if (isJump(insn.code)) targets.add(pc + 1 + (insn.code === CODE.GOTOL ? insn.imm : insn.off));
  }
  return targets;
}

function after(insn: Insn, before: (Held | undefined)[]): (Held | undefined)[] {
  const { code, dst, imm } = insn;
  const cls = classOf(code);
  const registers = before;
  if (cls === CLASS.JMP || cls === CLASS.JMP32) {
    if (opOf(code) === JMP_OP.CALL) registers.fill(undefined, 0, CALLER_SAVED);
    // What follows an unconditional jump is reached from elsewhere, or never.
    else if (opOf(code) === JMP_OP.JA || opOf(code) === JMP_OP.EXIT) return [];
    return registers;
  }
  if (cls === CLASS.STX) {
    if (modeOf(code) === MODE.ATOMIC)
      registers[imm === ATOMIC_IMM.CMPXCHG ? 0 : imm === ATOMIC_IMM.LOAD_ACQ ? dst : insn.src] = undefined;
    return registers;
  }
  if (cls === CLASS.ST) return registers;
  if (cls === CLASS.LD && code !== LD_IMM64) {
    registers.fill(undefined, 0, CALLER_SAVED);
    return registers;
  }
  registers[dst] = loaded(insn, before);
  return registers;
}

/** What an instruction puts into its destination. */
function loaded({ code, src, off, imm }: Insn, before: Registers): Held | undefined {
  if (code === LD_IMM64) return src === IMM64_KIND.MAP_FD ? { kind: "map", id: imm } : undefined;
  const cls = classOf(code);
  const alu = cls === CLASS.ALU || cls === CLASS.ALU64;
  if (!alu || opOf(code) !== ALU_OP.MOV || off !== 0) return undefined;
  if (!(code & SRC_X)) return { kind: "constant", value: imm };
  return cls === CLASS.ALU64 ? before[src] : undefined;
}
