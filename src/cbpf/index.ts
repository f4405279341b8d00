/** `bpflens/cbpf`: classic BPF programs: read them, their text, their control flow. */
export { type ClassicBlock, type ClassicEdge, type ClassicFlow, classicFlow } from "./blocks.ts";
export { classicWarnings } from "./check.ts";
export { disasmClassic } from "./disasm.ts";
export { type ClassicInsn, decodeInsns } from "./insn.ts";
export { jumpTargets, type Targets } from "./jumps.ts";
export { type ClassicForm, type ClassicProgram, parseClassic } from "./program.ts";
