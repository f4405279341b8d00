/** The control flow of a classic program: basic blocks and the edges between them. */
import type { ClassicInsn } from "./insn.ts";
import { isReturn, jumpTargets } from "./jumps.ts";

export interface ClassicBlock {
  /** First instruction, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Some way leads here from the first instruction. */
  readonly reachable: boolean;
  /** Its last instruction ends the program. */
  readonly returns: boolean;
}

export interface ClassicEdge {
  /** The block that it leaves: an index. */
  readonly from: number;
  /** The instruction that it leads to, and the block there; undefined where there is no such instruction. */
  readonly target: number;
  readonly to: number | undefined;
  /** "next" where there was no jump; "either" where both ways of a jump are one. */
  readonly when: "true" | "false" | "either" | "always" | "next";
}

export interface ClassicFlow {
  /** In order of address. */
  readonly blocks: readonly ClassicBlock[];
  /** By block; to where the condition holds before the other way. */
  readonly edges: readonly ClassicEdge[];
}

export function classicFlow(insns: readonly ClassicInsn[]): ClassicFlow {
  const starts = blockStarts(insns);
  const byStart = new Map(starts.map((start, index) => [start, index]));
  const bounds = starts.map((start, index) => ({ start, end: starts[index + 1] ?? insns.length }));
  const edges = bounds.flatMap(({ end }, from) =>
    waysOut(insns[end - 1] as ClassicInsn, end - 1).map(
      ({ target, when }): ClassicEdge => ({ from, target, to: byStart.get(target), when }),
    ),
  );
  const reachable = reachableBlocks(edges, bounds.length);
  const blocks = bounds.map(({ start, end }, index) => ({
    start,
    end,
    reachable: reachable.has(index),
    returns: isReturn(insns[end - 1] as ClassicInsn),
  }));
  return { blocks, edges };
}

/** The first instruction, what jumps lead to, and what follows a jump or a return. */
function blockStarts(insns: readonly ClassicInsn[]): number[] {
  const starts = new Set([0]);
  for (const [pc, insn] of insns.entries()) {
    const targets = jumpTargets(insn, pc);
    if (!targets && !isReturn(insn)) continue;
    for (const start of [pc + 1, ...(targets ?? [])]) starts.add(start);
  }
  return [...starts].filter((start) => start >= 0 && start < insns.length).sort((a, b) => a - b);
}

/** Where control goes after the last instruction of a block. */
function waysOut(last: ClassicInsn, pc: number): { target: number; when: ClassicEdge["when"] }[] {
  if (isReturn(last)) return [];
  const targets = jumpTargets(last, pc);
  if (!targets) return [{ target: pc + 1, when: "next" }];
  const [target, whenFalse] = targets;
  if (whenFalse === undefined) return [{ target, when: "always" }];
  if (whenFalse === target) return [{ target, when: "either" }];
  return [
    { target, when: "true" },
    { target: whenFalse, when: "false" },
  ];
}

function reachableBlocks(edges: readonly ClassicEdge[], count: number): Set<number> {
  const successors: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) if (to !== undefined) successors[from]?.push(to);
  const reached = new Set<number>();
  const left = count > 0 ? [0] : [];
  for (let block = left.pop(); block !== undefined; block = left.pop()) {
    if (reached.has(block)) continue;
    reached.add(block);
    left.push(...(successors[block] ?? []));
  }
  return reached;
}
