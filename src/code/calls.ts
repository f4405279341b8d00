/** The names of what a program calls: helpers by number, everything else by kernel address (behaviour of bpftool
 * xlated_dumper.c:print_call). */
import type { Insn, InsnArray } from "../insn/insn.ts";
import { type InsnSymbols, signed } from "../insn/disasm.ts";
import { CALL_KIND, CLASS, classOf, JMP_OP, opOf } from "../insn/opcodes.ts";
import type { KernelSymbols, SymbolRequest } from "../kallsyms/symbols.ts";
import { HELPERS } from "../uapi/helpers.ts";

/** What the kernel's symbol table must be asked for so that `insns` can be listed. */
export function symbolRequest(insns: InsnArray, jitedKsyms: readonly bigint[]): SymbolRequest {
  const addresses = new Set<bigint>();
  const offsets = new Set<number>();
  for (const { insn } of insns.instructions()) {
    if (!isCall(insn) || helperName(insn) !== undefined) continue;
    if (insn.src !== CALL_KIND.SUBPROG) offsets.add(insn.imm);
    else if (jitedKsyms.length > 0) {
      const address = jitedKsyms[insn.imm];
      if (address !== undefined) addresses.add(address);
      else offsets.add(insn.imm);
    }
  }
  return { addresses: [...addresses], offsets: [...offsets] };
}

export function callNames(symbols: KernelSymbols, jitedKsyms: readonly bigint[]): InsnSymbols {
  return {
    callTarget(insn) {
      const helper = helperName(insn);
      if (helper !== undefined) return `${helper}#${insn.imm}`;
      const subprog = insn.src === CALL_KIND.SUBPROG;
      if (subprog && jitedKsyms.length === 0) return `pc${signed(insn.off)}`;
      const jited = subprog ? jitedKsyms[insn.imm] : undefined;
      const address = jited ?? BigInt.asUintN(64, symbols.callBase + BigInt(insn.imm));
      const name = symbols.names.get(address) ?? `0x${address.toString(16)}`;
      return subprog ? `pc${signed(insn.off)}#${name}` : `${name}#${insn.imm}`;
    },
  };
}

function isCall({ code }: Insn): boolean {
  const cls = classOf(code);
  return (cls === CLASS.JMP || cls === CLASS.JMP32) && opOf(code) === JMP_OP.CALL;
}

function helperName(insn: Insn): string | undefined {
  return insn.src === CALL_KIND.HELPER ? HELPERS[insn.imm] : undefined;
}
