/** x86 in AT&T syntax, as LLVM's X86ATTInstPrinter writes it. */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals, tightParentheses } from "./numbers.ts";

/** Targets stay hexadecimal. */
const BRANCH = /^(j|call|loop|xbegin)/;
const IMMEDIATE = /^\$(0x[0-9a-f]+|\d+)/;
const PREFIXES: ReadonlySet<number> = new Set([
  0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3,
]);
/** Arithmetic of a byte that stands for more: 0x83, and imul 0x6b. */
const SIGN_EXTENDED: ReadonlySet<number> = new Set([0x83, 0x6b]);
/** Shifts by one, which has no place in the code. */
const SHIFT_BY_ONE: ReadonlySet<number> = new Set([0xd0, 0xd1]);
const BITS: Readonly<Record<string, number>> = { b: 8, w: 16, l: 32 };

export function x86Text(insn: CapstoneInsn): string {
  const { mnemonic, operands } = insn;
  if (operands === "") return mnemonic;
  if (BRANCH.test(mnemonic) && operands.startsWith("0x")) return `${mnemonic}\t${operands}`;
  return `${mnemonic}\t${decimals(tightParentheses(immediate(insn)))}`;
}

/** The operands with the immediate at their start, if any, as signed as LLVM has it. */
function immediate({ mnemonic, operands, bytes }: CapstoneInsn): string {
  const opcode = opcodeOf(bytes);
  if (SHIFT_BY_ONE.has(opcode)) return operands.replace(/^\$1, /, "");
  const number = IMMEDIATE.exec(operands)?.[1];
  if (number === undefined) return operands;
  const bits = BITS[mnemonic.at(-1) as string] ?? 64;
  const signed = bits === 8 || SIGN_EXTENDED.has(opcode) ? bits : 64;
  return `$${BigInt.asIntN(signed, BigInt(number))}${operands.slice(number.length + 1)}`;
}

/** The first byte of the opcode. */
function opcodeOf(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => !PREFIXES.has(byte) && (byte & 0xf0) !== 0x40);
  return bytes[at] ?? 0;
}
