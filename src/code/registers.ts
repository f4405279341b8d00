/**
 * What registers surely hold before an instruction: constants, maps and what is in them, along straight lines of code.
 * Enough to read the arguments of a call whose index and map the compiler has put there, and to tell which table an
 * indirect jump has its target from.
 */
import type { Insn, InsnArray } from "../insn/insn.ts";
import { LD_IMM64 } from "../insn/insn.ts";
import {
  ALU_OP,
  ATOMIC_IMM,
  CALL_KIND,
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
  | { readonly kind: "map"; readonly id: number }
  /** An address in the values of a map, or 8 bytes that were loaded from one. */
  | { readonly kind: "map_value" | "map_content"; readonly id: number };

/** By register number; undefined where nothing is known. */
export type Registers = readonly (Held | undefined)[];

/** r0 to r5 are the callee's. */
const CALLER_SAVED = 6;

/**
 * Every instruction with what the registers hold before it; the registers are good until the next is asked for.
 * `indirectTargets` is asked where there are indirect jumps: all slots that any may lead to, undefined for anywhere.
 */
export function* withRegisters(
  insns: InsnArray,
  indirectTargets: () => Iterable<number> | undefined = () => undefined,
): Generator<{ readonly pc: number; readonly insn: Insn; readonly registers: Registers }> {
  const joins = jumpTargets(insns, indirectTargets);
  let registers: (Held | undefined)[] = [];
  for (const { pc, insn } of insns.instructions()) {
    if (joins === "anywhere" || joins.has(pc)) registers = [];
    yield { pc, insn, registers };
    registers = after(insn, registers);
  }
}

/** Where control may come from elsewhere. */
function jumpTargets(
  insns: InsnArray,
  indirectTargets: () => Iterable<number> | undefined,
): ReadonlySet<number> | "anywhere" {
  const targets = new Set<number>();
  let indirect = false;
  for (const { pc, insn } of insns.instructions()) {
    indirect ||= insn.code === CODE.GOTOX;
    if (insn.code === LD_IMM64 && insn.src === IMM64_KIND.FUNC) targets.add(pc + 1 + insn.imm);
    else if (insn.code === CODE.CALL && insn.src === CALL_KIND.SUBPROG)
      targets.add(pc + 1 + insn.off).add(pc + 1 + insn.imm);
    else if (isJump(insn.code)) targets.add(pc + 1 + (insn.code === CODE.GOTOL ? insn.imm : insn.off));
  }
  if (!indirect) return targets;
  const others = indirectTargets();
  if (others === undefined) return "anywhere";
  for (const target of others) targets.add(target);
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
function loaded(insn: Insn, before: Registers): Held | undefined {
  const { code, src, off, imm } = insn;
  if (code === LD_IMM64) {
    const kind = IMM64_HELD[src];
    return kind && { kind, id: imm };
  }
  const cls = classOf(code);
  if (code === CODE.LDX_DW) {
    const from = before[src];
    return from?.kind === "map_value" ? { kind: "map_content", id: from.id } : undefined;
  }
  if (cls !== CLASS.ALU && cls !== CLASS.ALU64) return undefined;
  if (opOf(code) !== ALU_OP.MOV) return cls === CLASS.ALU64 ? moved(insn, before) : undefined;
  if (off !== 0) return undefined;
  if (!(code & SRC_X)) return { kind: "constant", value: imm };
  return cls === CLASS.ALU64 ? before[src] : undefined;
}

/** By src_reg of a 64-bit load. */
const IMM64_HELD: Readonly<Record<number, "map" | "map_value">> = {
  [IMM64_KIND.MAP_FD]: "map",
  [IMM64_KIND.MAP_VALUE]: "map_value",
};

/** An address that something is added to stays in its map: the verifier sees to it. */
function moved({ code, dst, src }: Insn, before: Registers): Held | undefined {
  const op = opOf(code);
  if (op !== ALU_OP.ADD && op !== ALU_OP.SUB) return undefined;
  const [left, right] = [before[dst], code & SRC_X ? before[src] : undefined];
  if (left?.kind === "map_value") return right?.kind === "map_value" ? undefined : left;
  return op === ALU_OP.ADD && right?.kind === "map_value" ? right : undefined;
}
