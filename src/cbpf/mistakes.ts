/** What is wrong with the text or bytes of a program, and where. */
import { type InspectError, malformedError } from "../errors.ts";
import { MAX_INSNS } from "./insn.ts";

/** `Cannot parse classic BPF: ...` */
export function classicError(detail: string, offset?: number): InspectError {
  return malformedError("classic BPF", detail, offset);
}

/** `Cannot parse classic BPF: line 3: ...`; `offset` is that of the place in the text. */
export function errorAt(text: string, offset: number, detail: string): InspectError {
  return classicError(`line ${lineOf(text, offset)}: ${detail}`, offset);
}

/** Lines are counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

const MAX_QUOTED = 32;

/** A piece of foreign text in an error message. */
export function quote(text: string): string {
  return `'${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text}'`;
}

/** Throws where there are more instructions than any program can have. */
export function limitInsns(count: number): void {
  if (count >= MAX_INSNS + 1) throw classicError(`there are more than ${MAX_INSNS} instructions`);
}
