/** The text of one instruction, to the byte what `tcpdump -d` prints (libpcap 1.10, bpf_image()). */
import type { ClassicInsn } from "./insn.ts";
import { jumpTargets } from "./jumps.ts";
import { ancillaryName, type Operand, operationOf } from "./opcodes.ts";

const NAME_WIDTH = 8;
const JUMP_OPERAND_WIDTH = 16;

/** The operand; `pc` is the instruction's own. */
const OPERAND_TEXT: Readonly<Record<Operand, (k: number, pc: number) => string>> = {
  nothing: () => "",
  x: () => "x",
  decimal: (k) => `#${k | 0}`,
  hex: (k) => `#${hex(k)}`,
  absolute: (k) => `[${ancillaryName(k) ?? k | 0}]`,
  indirect: (k) => `[x + ${k | 0}]`,
  length: () => "#pktlen",
  "header-length": (k) => `4*([${k | 0}]&0xf)`,
  memory: (k) => `M[${k | 0}]`,
  target: (k, pc) => String((pc + 1 + k) | 0),
};

/**
 * `ldh      [12]`, `jeq      #0x800           jt 2<tab>jf 18`. An instruction without an operand ends in blanks.
 * A code that means nothing is `unimp    0x18`.
 */
export function disasmClassic(insn: ClassicInsn, pc: number): string {
  const operation = operationOf(insn.code);
  const name = (operation?.name ?? "unimp").padEnd(NAME_WIDTH);
  const operand = operation ? OPERAND_TEXT[operation.operand](insn.k, pc) : hex(insn.code);
  const [whenTrue, whenFalse] = jumpTargets(insn, pc) ?? [];
  if (whenFalse === undefined) return `${name} ${operand}`;
  return `${name} ${operand.padEnd(JUMP_OPERAND_WIDTH)} jt ${whenTrue}\tjf ${whenFalse}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
