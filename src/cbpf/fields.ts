/** An instruction from its four numbers as text. */
import type { ClassicInsn } from "./insn.ts";
import { errorAt, quote } from "./mistakes.ts";

const LIMITS = { code: 0xffff, jt: 0xff, jf: 0xff, k: 0xffff_ffff } as const satisfies Record<
  keyof ClassicInsn,
  number
>;

export const FIELD_COUNT = 4;

/** Decimal, or hexadecimal with 0x. */
const NUMBER = /^(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)$/;

/** `fields` stand at `offset` of the text: what an error tells. */
export function insnOfFields(fields: readonly string[], text: string, offset: number): ClassicInsn {
  if (fields.length !== FIELD_COUNT) {
    throw errorAt(text, offset, `expected ${FIELD_COUNT} numbers, found ${fields.length}`);
  }
  const [code = "", jt = "", jf = "", k = ""] = fields;
  const number = (name: keyof ClassicInsn, field: string): number => {
    if (!NUMBER.test(field)) throw errorAt(text, offset, `${quote(field)} is no number (${name})`);
    const value = Number(field);
    if (value <= LIMITS[name]) return value;
    throw errorAt(text, offset, `${name} ${quote(field)} is larger than ${LIMITS[name]}`);
  };
  return { code: number("code", code), jt: number("jt", jt), jf: number("jf", jf), k: number("k", k) };
}
