/** A64, as LLVM's AArch64InstPrinter writes it; targets are addresses. */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals } from "./numbers.ts";

/** Instructions by what the number at their end is. */
const TARGET = /^(bl?|bc?\..+|cbn?z|tbn?z|adrp)$/;
const LITERAL = /^ldr(sw)? \w+, #/;
const EXCEPTION = /^(brk|hlt|svc|hvc|smc)$/;
const BYTE_MASK = /^movi (d\d|v\d+\.2d)/;
const LAST_NUMBER = /#(-?)(0x[0-9a-f]+|\d+)$/;

/** Which operand is a system register. */
const SYSTEM_REGISTER: Readonly<Record<string, number>> = { mrs: 1, msr: 0 };
/** Fields of PSTATE, which are not all in capitals. */
const PSTATE: Readonly<Record<string, string>> = { daifset: "DAIFSet", daifclr: "DAIFClr", spsel: "SPSel" };

export function arm64Text(insn: CapstoneInsn): string {
  const { mnemonic } = insn;
  const register = SYSTEM_REGISTER[mnemonic];
  const operands = register === undefined ? insn.operands : inCapitals(insn.operands, register);
  if (operands === "") return mnemonic;
  const found = LAST_NUMBER.exec(operands);
  if (!found) return `${mnemonic}\t${vectorList(decimals(operands))}`;
  const [, sign, digits = "0"] = found;
  const number = sign ? -BigInt(digits) : BigInt(digits);
  return withNumber(insn, decimals(operands.slice(0, found.index)), number);
}

/** The instruction whose operands are `head` and a number. */
function withNumber(insn: CapstoneInsn, head: string, number: bigint): string {
  const { mnemonic, operands, address } = insn;
  const bits = operands.startsWith("w") ? 32 : 64;
  if (TARGET.test(mnemonic) || LITERAL.test(`${mnemonic} ${operands}`)) {
    return `${mnemonic}\t${head}${hex(BigInt.asUintN(64, number))}`;
  }
  if (mnemonic === "adr") return `adr\t${head}#${BigInt.asIntN(64, number - address)}`;
  if (EXCEPTION.test(mnemonic) && number !== 0n) return `${mnemonic}\t${head}#${hex(number)}`;
  if (BYTE_MASK.test(`${mnemonic} ${head}`)) return `${mnemonic}\t${head}#${sixteenWide(number)}`;
  if (isLogical(insn)) return logical(mnemonic, head, BigInt.asUintN(bits, number), bits);
  const value = BigInt.asIntN(mnemonic === "mov" ? bits : 64, number);
  return `${mnemonic}\t${vectorList(head)}#${value}`;
}

/** AND, ORR, EOR and ANDS with a bit pattern as immediate. */
function isLogical({ bytes }: CapstoneInsn): boolean {
  const [, , third = 0, fourth = 0] = bytes;
  return (fourth & 0x1f) === 0x12 && third < 0x80;
}

/** LLVM calls ORR with the zero register mov only where MOVZ and MOVN cannot do the same. */
function logical(mnemonic: string, head: string, pattern: bigint, bits: number): string {
  if (mnemonic !== "mov") return `${mnemonic}\t${head}#${hex(pattern)}`;
  if (!isWideMove(pattern, bits)) return `mov\t${head}#${BigInt.asIntN(bits, pattern)}`;
  return `orr\t${head}${bits === 32 ? "wzr" : "xzr"}, #${hex(pattern)}`;
}

/** One of its 16-bit parts holds all that is set, or all that is not. */
function isWideMove(pattern: bigint, bits: number): boolean {
  const within = (value: bigint, shift: bigint) => (value & (0xffffn << shift)) === value;
  const inverse = BigInt.asUintN(bits, ~pattern);
  return [0n, 16n, 32n, 48n].some((shift) => within(pattern, shift) || within(inverse, shift));
}

function inCapitals(operands: string, index: number): string {
  const capitals = (name: string) => PSTATE[name] ?? name.toUpperCase();
  return operands
    .split(", ")
    .map((operand, i) => (i === index ? capitals(operand) : operand))
    .join(", ");
}

/** `{ v0.16b, v1.16b }` */
function vectorList(operands: string): string {
  return operands.replace(/\{(.*?)\}/g, "{ $1 }");
}

/** As C's `%#016llx`. */
function sixteenWide(value: bigint): string {
  return value === 0n ? "0".repeat(16) : `0x${value.toString(16).padStart(14, "0")}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
