/** A classic program in the forms that people have it in, told by content. */
import { byteText } from "../bytes/text.ts";
import { hexTextBytes } from "./hex-text.ts";
import { hasInitialisers, parseInitialisers } from "./initialisers.ts";
import { type ClassicInsn, decodeInsns, INSN_SIZE } from "./insn.ts";
import { classicError, limitInsns } from "./mistakes.ts";
import { isNumbers, parseNumbers } from "./numbers.ts";
import { operationOf } from "./opcodes.ts";

/** An array of struct sock_filter, the same as hex digits, what `tcpdump -ddd` prints, what `-dd` prints. */
export type ClassicForm = "array" | "hex" | "numbers" | "initialisers";

export interface ClassicProgram {
  readonly form: ClassicForm;
  /** At least one, at most MAX_INSNS. */
  readonly insns: readonly ClassicInsn[];
  /** What is cut or does not fit together: sentences without a period. */
  readonly warnings: readonly string[];
}

/** No text has these bytes. */
const NOT_TEXT = /[^\t\n\v\f\r\x20-\x7e]/;

/**
 * `littleEndian` is the byte order of arrays; the other forms have none. What is cut at the end is a warning.
 * Throws a malformed error that tells line or offset.
 */
export function parseClassic(bytes: Uint8Array, { littleEndian = true } = {}): ClassicProgram {
  const program = parseForm(bytes, littleEndian);
  if (program.insns.length > 0) return program;
  throw classicError(program.warnings[0] ?? "there are no instructions");
}

function parseForm(bytes: Uint8Array, littleEndian: boolean): ClassicProgram {
  const text = byteText(bytes);
  if (NOT_TEXT.test(text)) return { form: "array", ...parseArray(bytes, littleEndian) };
  if (text.trim() === "") throw classicError("there is nothing to read");
  if (hasInitialisers(text)) return { form: "initialisers", ...parseInitialisers(text) };
  if (isNumbers(text)) return { form: "numbers", ...parseNumbers(text) };
  const hex = hexTextBytes(text);
  const { insns, warnings } = parseArray(hex.bytes, littleEndian);
  return { form: "hex", insns, warnings: [...hex.warnings, ...warnings] };
}

function parseArray(bytes: Uint8Array, littleEndian: boolean): Omit<ClassicProgram, "form"> {
  limitInsns(bytes.length / INSN_SIZE);
  const insns = decodeInsns(bytes, littleEndian);
  const warnings: string[] = [];
  const whole = insns.length * INSN_SIZE;
  if (bytes.length > whole) {
    const rest = `the last ${bytes.length - whole} of ${bytes.length} bytes`;
    warnings.push(`${rest}, at offset 0x${whole.toString(16)}, are no whole instruction`);
  }
  const codes = insns.map(({ code }) => code);
  if (codes.length > 0 && !codes.some(isKnown) && codes.map(swapped).every(isKnown)) {
    warnings.push(`no opcode is known, but all are when read as ${littleEndian ? "big" : "little"}-endian`);
  }
  return { insns, warnings };
}

function isKnown(code: number): boolean {
  return operationOf(code) !== undefined;
}

/** The two bytes of a code in the other order. */
function swapped(code: number): number {
  return (code >> 8) | ((code & 0xff) << 8);
}
