/** Where the basic blocks of a function begin and end. */
import { type Insn, type InsnArray, LD_IMM64 } from "../insn/insn.ts";
import type { FunctionRange } from "./functions.ts";
import { type FlowHints, waysOut } from "./ways-out.ts";

const [INSN, START] = [1, 2];

/** The first slot of each block, and the slot of its last instruction, both in order of address. */
export function blockBounds(
  insns: InsnArray,
  { start, end }: FunctionRange,
  hints: FlowHints,
): { starts: number[]; lasts: number[] } {
  const marks = new Uint8Array(end - start);
  const mark = (pc: number, what: number): void => {
    if (pc >= start && pc < end) (marks[pc - start] as number) |= what;
  };
  mark(start, START);
  for (let pc = start; pc < end; ) {
    const insn = insns.at(pc) as Insn;
    const next = pc + (insn.code === LD_IMM64 ? 2 : 1);
    mark(pc, INSN);
    const ways = waysOut(insn, pc, next, hints);
    if (ways !== undefined) mark(next, START);
    if (ways !== undefined && ways !== "unknown")
      for (const { target } of ways) if (target !== undefined) mark(target, START);
    pc = next;
  }
  const [starts, lasts]: [number[], number[]] = [[], []];
  let last = start;
  for (let at = 0; at < marks.length; at++) {
    if (marks[at] === 0 || marks[at] === START) continue; // the second half of an instruction
    if (marks[at] === (INSN | START)) {
      if (starts.length > 0) lasts.push(last);
      starts.push(start + at);
    }
    last = start + at;
  }
  if (starts.length > 0) lasts.push(last);
  return { starts, lasts };
}
