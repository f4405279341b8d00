/** Numbers of ELF files, and how errors show them. */
import { malformedError } from "../errors.ts";

/** `0x1f4`. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** A u64 that counts bytes or things; `at` is the offset of what it belongs to, `what` says it for the error. */
export function toNumber(value: bigint, what: () => string, at: number): number {
  const number = Number(value);
  if (number <= Number.MAX_SAFE_INTEGER) return number;
  throw malformedError("ELF", `${what()} at offset ${hex(at)}: ${hex(value)} is too large`, at);
}
