/** What the instructions of an object file refer to, in words: the loader has not yet put numbers there. */
import { type InsnSymbols, signed } from "../insn/disasm.ts";
import { CALL_KIND } from "../insn/opcodes.ts";
import type { InsnReference } from "../model/records.ts";

/** Names where there is a reference, else what `symbols` say. */
export function referenceNames(references: readonly InsnReference[], symbols: InsnSymbols): InsnSymbols {
  const byPc = new Map(references.map((reference) => [reference.pc, reference]));
  return {
    callTarget(insn, pc) {
      const reference = byPc.get(pc);
      if (reference?.kind === "subprog") return `${reference.name}#pc${signed(insn.imm)}`;
      if (reference?.kind === "kfunc") return `${reference.name}#kfunc`;
      // The distance is still in the immediate: the kernel will put it into the offset.
      if (insn.src === CALL_KIND.SUBPROG && insn.off === 0) return `pc${signed(insn.imm)}`;
      return symbols.callTarget(insn, pc);
    },
    imm64(insn, pc) {
      const reference = byPc.get(pc);
      switch (reference?.kind) {
        case "map":
          return `map[name:${reference.name}]`;
        case "map_value":
          return `map[name:${reference.name}][0]+${reference.offset}`;
        case "callback":
          return `subprog[${signed(insn.imm)}]#${reference.name}`;
        case "kfunc":
        case "ksym":
          return `ksym[name:${reference.name}]`;
        default:
          return symbols.imm64?.(insn, pc);
      }
    },
  };
}

/** What stands behind an instruction, by pc: the variable that it loads, the CO-RE relocation that it waits for. */
export function referenceNotes(references: readonly InsnReference[]): ReadonlyMap<number, string> {
  return new Map(
    references.flatMap((reference): [number, string][] => {
      if (reference.kind === "core") return [[reference.pc, `${reference.path} (${reference.what})`]];
      const variable = reference.kind === "map_value" ? reference.variable : undefined;
      return variable === undefined ? [] : [[reference.pc, variable]];
    }),
  );
}
