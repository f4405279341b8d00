/** `bpflens/insn`: BPF instructions and their text. */
export { disasm, type InsnSymbols } from "./disasm.ts";
export { INSN_SIZE, type Insn, InsnArray, LD_IMM64 } from "./insn.ts";
