/**
 * The control flow of one function: basic blocks and the edges between them, with the block numbers of bpftool's
 * graphs (cfg.c): 0 is ENTRY, 1 is EXIT, the blocks follow in order of address.
 *
 * Unlike bpftool every jump and every exit ends its block, exits lead to EXIT, and the long jump goes where its
 * immediate says. The targets of an indirect jump (gotox) are not known: it has no edge.
 */
import type { Insn, InsnArray } from "../insn/insn.ts";
import { CLASS, CODE, classOf, isJump, JMP_OP, opOf } from "../insn/opcodes.ts";
import type { FunctionRange } from "./functions.ts";

export const ENTRY = 0;
export const EXIT = 1;
const FIRST_BLOCK = 2;

export interface Block {
  readonly number: number;
  /** First slot, and the slot after the last. */
  readonly start: number;
  readonly end: number;
}

export interface Edge {
  /** Block numbers. */
  readonly from: number;
  readonly to: number;
}

export interface FunctionGraph extends FunctionRange {
  readonly blocks: readonly Block[];
  /** From ENTRY, then by block; to the next instruction before a jump's target. */
  readonly edges: readonly Edge[];
}

export function controlFlow(insns: InsnArray, range: FunctionRange): FunctionGraph {
  const starts = blockStarts(insns, range);
  const blocks = starts.map((start, i) => ({
    number: FIRST_BLOCK + i,
    start,
    end: starts[i + 1] ?? range.end,
  }));
  const byStart = new Map(blocks.map((block) => [block.start, block.number]));
  const edges: Edge[] = [{ from: ENTRY, to: FIRST_BLOCK }];
  for (const { number, start, end } of blocks) {
    const last = lastInsn(insns, start, end);
    const targets = last ? successors(last.insn, last.pc, end) : [];
    // A jump out of the function, or into the middle of an instruction, leaves what we can show.
    const numbers = targets.map((target) => (target === "exit" ? EXIT : (byStart.get(target) ?? EXIT)));
    for (const to of new Set(numbers)) edges.push({ from: number, to });
  }
  return { ...range, blocks, edges };
}

/** The first slot of each block: the function's own, jump targets, and what follows a jump or an exit. */
function blockStarts(insns: InsnArray, { start, end }: FunctionRange): number[] {
  const boundaries = new Set<number>();
  const starts = new Set([start]);
  const targets: number[] = [];
  for (const { pc, insn, slots } of insns.instructions(start, end)) {
    boundaries.add(pc);
    if (!isJump(insn.code) && !isExit(insn)) continue;
    targets.push(pc + slots);
    const target = jumpTarget(insn, pc);
    if (target !== undefined) targets.push(target);
  }
  for (const target of targets) if (boundaries.has(target)) starts.add(target);
  return [...starts].sort((a, b) => a - b);
}

function lastInsn(insns: InsnArray, start: number, end: number): { pc: number; insn: Insn } | undefined {
  let last: { pc: number; insn: Insn } | undefined;
  for (const { pc, insn } of insns.instructions(start, end)) last = { pc, insn };
  return last;
}

/** Where control goes after the last instruction of a block that ends at `end`. */
function successors(insn: Insn, pc: number, end: number): (number | "exit")[] {
  if (isExit(insn)) return ["exit"];
  if (!isJump(insn.code)) return [end];
  if (insn.code === CODE.GOTOX) return [];
  const target = jumpTarget(insn, pc) as number;
  return opOf(insn.code) === JMP_OP.JA ? [target] : [end, target];
}

function isExit({ code }: Insn): boolean {
  const cls = classOf(code);
  return (cls === CLASS.JMP || cls === CLASS.JMP32) && opOf(code) === JMP_OP.EXIT;
}

/** undefined for exits and indirect jumps. */
function jumpTarget(insn: Insn, pc: number): number | undefined {
  if (isExit(insn) || insn.code === CODE.GOTOX) return undefined;
  return pc + 1 + (insn.code === CODE.GOTOL ? insn.imm : insn.off);
}
