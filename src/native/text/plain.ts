/** Machines whose text stays as capstone writes it. */
import type { CapstoneInsn } from "../capstone.ts";

export function plainText({ mnemonic, operands }: CapstoneInsn): string {
  return operands === "" ? mnemonic : `${mnemonic}\t${operands}`;
}
