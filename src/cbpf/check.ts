/** What is wrong with a program as a whole. Linux checks more before it takes one (net/core/filter.c:bpf_check_classic). */
import type { ClassicInsn } from "./insn.ts";
import { jumpTargets } from "./jumps.ts";

/** BPF_MAXINSNS */
const MAX_KERNEL_INSNS = 4096;

/** Sentences without a period. */
export function classicWarnings(insns: readonly ClassicInsn[]): string[] {
  return [...tooMany(insns), ...strayJumps(insns)];
}

function tooMany({ length }: readonly ClassicInsn[]): string[] {
  return length > MAX_KERNEL_INSNS
    ? [`the program has ${length} instructions, Linux takes at most ${MAX_KERNEL_INSNS}`]
    : [];
}

/**
 * Jumps that leave the program. Those that lead back are no mistake: tcpdump makes them for `protochain`, and runs
 * such filters by itself.
 */
function strayJumps(insns: readonly ClassicInsn[]): string[] {
  const stray = insns.flatMap((insn, pc) =>
    (jumpTargets(insn, pc) ?? [])
      .filter((target) => target < 0 || target >= insns.length)
      .map((target) => ({ pc, target })),
  );
  const [first] = stray;
  if (!first) return [];
  const others = stray.length > 1 ? `, and ${stray.length - 1} more do so` : "";
  return [`instruction ${first.pc} jumps out of the program, to ${first.target}${others}`];
}
