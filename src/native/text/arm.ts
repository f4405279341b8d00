/** A32, near to what LLVM's ARMInstPrinter writes. */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals } from "./numbers.ts";

/** Their operand is an address or a register. */
const BRANCH = /^(b|bl|bx|blx)(eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?$/;

export function armText({ mnemonic, operands }: CapstoneInsn): string {
  if (operands === "") return mnemonic;
  return `${mnemonic}\t${BRANCH.test(mnemonic) ? operands.replace("#", "") : decimals(operands, 32)}`;
}
