/** What the verifier takes of sizes, loops and instructions (bpftool feature.c:probe_misc_feature). */
import type { Answer, MiscFeature } from "../../../model/feature-records.ts";
import { MISC_FEATURES } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { PROG_TYPE } from "../../../uapi/prog-types.ts";
import { answerOf, tryProg } from "./attempts.ts";
import {
  assemble,
  EXIT,
  jumpIfEqual32,
  jumpIfLess,
  jumpIfLess32,
  jumpIfNot,
  longJump,
  lowerR0,
  setR0,
} from "./insns.ts";

/** BPF_MAXINSNS: a program had no more up to Linux 5.1. */
const OLD_LIMIT = 4096;

const PROGRAMS: Readonly<Record<MiscFeature, () => Uint8Array>> = {
  large_insn_limit: () => assemble(...Array(OLD_LIMIT).fill(setR0(1)), EXIT),
  bounded_loops: () => assemble(setR0(10), lowerR0(1), jumpIfNot(0, -2), EXIT),
  v2_isa_extension: () => assemble(setR0(0), jumpIfLess(0, 1), setR0(1), EXIT),
  v3_isa_extension: () => assemble(setR0(0), jumpIfLess32(0, 1), setR0(1), EXIT),
  v4_isa_extension: () => assemble(setR0(0), jumpIfEqual32(1, 1), longJump(1), setR0(1), EXIT),
};

/** `ifindex` of the device that the programs are for, 0 for the kernel itself. */
export function probeMisc(sys: Syscalls, ifindex: number): Record<MiscFeature, Answer> {
  const answers = MISC_FEATURES.map((feature): [MiscFeature, Answer] => {
    const errno = tryProg(sys, { type: PROG_TYPE.socket_filter, insns: PROGRAMS[feature](), ifindex });
    return [feature, answerOf(errno, errno === 0)];
  });
  return Object.fromEntries(answers) as Record<MiscFeature, Answer>;
}
