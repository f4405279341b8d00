/** What instructions call, or hand out to be called. */
import type { FuncInfo } from "../btf/ext-info.ts";
import { type Insn, type InsnArray, LD_IMM64 } from "../insn/insn.ts";
import { CALL_KIND, CLASS, CODE, classOf, IMM64_KIND, JMP_OP, opOf } from "../insn/opcodes.ts";

export type CallSite = {
  readonly pc: number;
} /** `start` is the first slot of the function, in slots of the program; it may lie anywhere. */ & (
  | { readonly kind: "subprog" | "callback"; readonly start: number }
  | { readonly kind: "helper" | "kfunc" | "other" }
);

/** The calls from slot `start` to slot `end`, in order. */
export function callSites(
  insns: InsnArray,
  start: number,
  end: number,
  funcs: readonly FuncInfo[] = [],
): CallSite[] {
  const sites: CallSite[] = [];
  for (const { pc, insn } of insns.instructions(start, end)) {
    const site = callSite(insn, pc, funcs);
    if (site) sites.push(site);
  }
  return sites;
}

/** undefined where nothing is called. */
export function callSite(insn: Insn, pc: number, funcs: readonly FuncInfo[] = []): CallSite | undefined {
  const start = referredFunction(insn, pc, funcs);
  if (start !== undefined) return { pc, kind: insn.code === CODE.CALL ? "subprog" : "callback", start };
  if (!isCall(insn)) return undefined;
  return { pc, kind: insn.code === CODE.CALL ? (KERNEL_CALLS[insn.src] ?? "other") : "other" };
}

/** By src_reg. */
const KERNEL_CALLS: Readonly<Record<number, "helper" | "kfunc">> = {
  [CALL_KIND.HELPER]: "helper",
  [CALL_KIND.KFUNC]: "kfunc",
};

/** The first slot of the program's function that is called, or whose address is taken. */
export function referredFunction(insn: Insn, pc: number, funcs: readonly FuncInfo[]): number | undefined {
  if (insn.code === CODE.CALL && insn.src === CALL_KIND.SUBPROG) return calledFunction(insn, pc, funcs);
  if (insn.code === LD_IMM64 && insn.src === IMM64_KIND.FUNC) return pc + insn.imm + 1;
  return undefined;
}

/**
 * A loaded program has the distance in `off`, cut to 16 bits, and where it is compiled the function's index in
 * `imm` (kernel/bpf/verifier.c:jit_subprogs); before it is loaded, the distance is in `imm`.
 */
function calledFunction({ off, imm }: Insn, pc: number, funcs: readonly FuncInfo[]): number {
  const named = funcs[imm]?.insnOff;
  if (named !== undefined && cutTo16Bits(named - pc - 1) === off) return named;
  return pc + 1 + (off === 0 ? imm : off);
}

function cutTo16Bits(value: number): number {
  return (value << 16) >> 16;
}

function isCall({ code }: Insn): boolean {
  const cls = classOf(code);
  return (cls === CLASS.JMP || cls === CLASS.JMP32) && opOf(code) === JMP_OP.CALL;
}
