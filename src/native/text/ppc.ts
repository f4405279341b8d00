/** Power, near to what LLVM's PPCInstPrinter writes: registers and condition bits are bare numbers. */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals } from "./numbers.ts";

/** The last operand is an address, which stays hexadecimal; those to a register have none. */
const BRANCH = /^b/;
/** Conditional branches: whether a bit of a field of the condition register is to be set, and which. */
const CONDITIONS: Readonly<Record<string, readonly [operation: string, bit: number]>> = {
  blt: ["bt", 0],
  bge: ["bf", 0],
  bgt: ["bt", 1],
  ble: ["bf", 1],
  beq: ["bt", 2],
  bne: ["bf", 2],
  bso: ["bt", 3],
  bun: ["bt", 3],
  bns: ["bf", 3],
  bnu: ["bf", 3],
};
const FIELD_BITS: Readonly<Record<string, number>> = { lt: 0, gt: 1, eq: 2, un: 3, so: 3 };

/** Instructions that have another name with certain operands. */
const ALIASES: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^subf(c?)\t(\w+), (\w+), (\w+)$/, "sub$1\t$2, $4, $3"],
  [/^nor\t(\w+), (\w+), \2$/, "not\t$1, $2"],
  [/^isel\t(\w+, \w+, \w+), 0$/, "isellt\t$1"],
  [/^isel\t(\w+, \w+, \w+), 1$/, "iselgt\t$1"],
  [/^isel\t(\w+, \w+, \w+), 2$/, "iseleq\t$1"],
];

export function ppcText({ mnemonic, operands, bytes }: CapstoneInsn): string {
  if (operands === "") return mnemonic;
  if (mnemonic === "bdnzl" && isAlways(bytes)) return `bcl\t20, 31, ${operands}`;
  if (BRANCH.test(mnemonic)) return branch(mnemonic, operands);
  const text = `${mnemonic}\t${decimals(bareNumbers(operands))}`;
  return ALIASES.reduce((all, [pattern, alias]) => all.replace(pattern, alias), text);
}

/**
 * `bcl 20, 31`, which reads the program counter: capstone takes it for a loop. The bytes stand in either
 * order.
 */
function isAlways([a = 0, b = 0, c = 0, d = 0]: Uint8Array): boolean {
  return (a === 0x42 && b === 0x9f) || (d === 0x42 && c === 0x9f);
}

function branch(mnemonic: string, operands: string): string {
  const condition = CONDITIONS[mnemonic];
  const [, field = 0, target] = /^(?:cr(\d), )?(0x\w+)$/.exec(operands) ?? [];
  if (!condition || target === undefined) return `${mnemonic}\t${bareNumbers(operands)}`;
  const [operation, bit] = condition;
  return `${operation}\t${4 * Number(field) + bit}, ${target}`;
}

function bareNumbers(operands: string): string {
  return operands
    .replace(/\b(?:r|f|v|vs)(\d+)\b/g, "$1")
    .replace(/\bcr(\d)(lt|gt|eq|un|so)?\b/g, (_, field: string, bit: string | undefined) =>
      bit === undefined ? field : String(4 * Number(field) + (FIELD_BITS[bit] ?? 0)),
    );
}
