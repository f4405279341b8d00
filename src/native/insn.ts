/** An instruction of a machine, as a row of a listing. */
import { hexByte, hexByte0x } from "../bytes/hex.ts";

export interface NativeInsn {
  /** Bytes from the start of the image. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** As LLVM prints it: the operation, and behind a tab its operands. */
  readonly text: string;
}

/** An assembler's directives for numbers of so many bytes. */
const DIRECTIVES: Readonly<Record<number, string>> = { 2: ".short", 4: ".long" };

/** Code that cannot be read, as data: `.long\t0x4c000020`. */
export function dataText(bytes: Uint8Array, littleEndian: boolean): string {
  const directive = DIRECTIVES[bytes.length];
  if (directive === undefined) return `.byte\t${Array.from(bytes, hexByte0x).join(", ")}`;
  const digits = Array.from(bytes, hexByte);
  return `${directive}\t0x${(littleEndian ? digits.reverse() : digits).join("")}`;
}
