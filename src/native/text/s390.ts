/** z/Architecture, as LLVM's SystemZInstPrinter writes it. */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals, tightParentheses } from "./numbers.ts";

/** Low nibbles of the second byte, of instructions whose last operand is an address, by their first byte. */
const RELATIVE: ReadonlyMap<number, readonly number[] | "all"> = new Map<number, readonly number[] | "all">([
  [0x84, "all"],
  [0x85, "all"],
  [0xa7, [4, 5, 6, 7]],
  [0xc0, [0, 4, 5]],
  [0xc4, "all"],
  [0xc6, "all"],
  [0xcc, [6]],
]);
/** Compare and branch: 0xec, and the sixth byte. */
const COMPARE_AND_BRANCH = 0xec;
const RELATIVE_LAST: ReadonlySet<number> = new Set([
  0x44, 0x45, 0x64, 0x65, 0x76, 0x77, 0x7c, 0x7d, 0x7e, 0x7f,
]);

export function s390Text({ mnemonic, operands, bytes }: CapstoneInsn): string {
  if (operands === "") return mnemonic;
  if (!endsInAddress(bytes)) return `${mnemonic}\t${decimals(tightParentheses(operands))}`;
  const last = operands.lastIndexOf(" ") + 1;
  return `${mnemonic}\t${decimals(operands.slice(0, last))}${operands.slice(last)}`;
}

function endsInAddress(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (first === COMPARE_AND_BRANCH) return RELATIVE_LAST.has(bytes[5] ?? 0);
  const nibbles = RELATIVE.get(first);
  return nibbles === "all" || (nibbles?.includes(second & 15) ?? false);
}
