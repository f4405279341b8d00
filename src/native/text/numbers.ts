/** Numbers in the text of an instruction: capstone writes most of them in hexadecimal, LLVM in decimal. */

const HEX = /(-?)\b0x([0-9a-f]+)/g;
/** So many digits are less than 2 ** 31. */
const SHORT = 7;

/** Hexadecimal numbers as signed decimal ones of so many bits. */
export function decimals(text: string, bits = 64): string {
  if (!text.includes("0x")) return text;
  return text.replace(HEX, (_, sign: string, digits: string) => {
    if (digits.length <= SHORT) return `${sign}${Number.parseInt(digits, 16)}`;
    const value = BigInt(`0x${digits}`);
    return String(BigInt.asIntN(bits, sign ? -value : value));
  });
}

/** `1, 2(3,4)` of `1, 2(3, 4)`: LLVM has no blanks within parentheses. */
export function tightParentheses(operands: string): string {
  if (!operands.includes("(")) return operands;
  return operands.replace(/\([^)]*\)/g, (group) => group.replaceAll(", ", ","));
}
