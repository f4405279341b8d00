/** Whether a program of a type can be loaded (libbpf libbpf_probes.c:probe_prog_load). */
import type { Answer, TypeAnswer } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { ATTACH_TYPE } from "../../../uapi/attach-types.ts";
import { EINVAL, ENOTSUPP } from "../../../uapi/errno.ts";
import { PROG_TYPE, PROG_TYPES } from "../../../uapi/prog-types.ts";
import { answerOf, type ProgTrial, tryProg, tryProgWithLog } from "./attempts.ts";
import { assemble, EXIT, setR0 } from "./insns.ts";

const BPF_F_SLEEPABLE = 1 << 4;

/** What the kernel asks of a program of a type before it looks at its instructions. */
export type TypeNeeds = Omit<ProgTrial, "type" | "insns">;

const NEEDS: Readonly<Record<number, TypeNeeds>> = {
  [PROG_TYPE.cgroup_sock_addr]: { expectedAttachType: ATTACH_TYPE.cgroup_inet4_connect },
  [PROG_TYPE.cgroup_sockopt]: { expectedAttachType: ATTACH_TYPE.cgroup_getsockopt },
  [PROG_TYPE.sk_lookup]: { expectedAttachType: ATTACH_TYPE.sk_lookup },
  [PROG_TYPE.lirc_mode2]: { expectedAttachType: ATTACH_TYPE.lirc_mode2 },
  [PROG_TYPE.netfilter]: { expectedAttachType: ATTACH_TYPE.netfilter },
  [PROG_TYPE.syscall]: { flags: BPF_F_SLEEPABLE },
  [PROG_TYPE.tracing]: { expectedAttachType: ATTACH_TYPE.trace_fentry, attachBtfId: 1 },
  [PROG_TYPE.lsm]: { expectedAttachType: ATTACH_TYPE.modify_return, attachBtfId: 1 },
  [PROG_TYPE.ext]: { attachBtfId: 1 },
};

/** How a kernel that has the type turns the program down: it has no target. */
interface Refusal {
  readonly errno: number;
  readonly log?: string;
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  [PROG_TYPE.tracing]: { errno: EINVAL, log: "attach_btf_id 1 is not a function" },
  [PROG_TYPE.lsm]: { errno: EINVAL, log: "attach_btf_id 1 is not a function" },
  [PROG_TYPE.ext]: { errno: EINVAL, log: "Cannot replace kernel functions" },
  [PROG_TYPE.struct_ops]: { errno: ENOTSUPP },
};

const PROGRAM = assemble(setR0(0), EXIT);

/** Types that no program can be loaded of without a target: nothing tells which helpers they have. */
export function needsTarget(type: number): boolean {
  return type in REFUSALS;
}

/** By type; `kernVersion` is LINUX_VERSION_CODE. */
export function needsOf(type: number, kernVersion: number): TypeNeeds {
  return type === PROG_TYPE.kprobe ? { kernVersion } : (NEEDS[type] ?? {});
}

export function probeProgTypes(sys: Syscalls, kernVersion: number): TypeAnswer[] {
  return PROG_TYPES.flatMap((_, type) =>
    type === PROG_TYPE.unspec ? [] : [{ type, answer: probeProgType(sys, type, kernVersion) }],
  );
}

function probeProgType(sys: Syscalls, type: number, kernVersion: number): Answer {
  const prog = { type, insns: PROGRAM, ...needsOf(type, kernVersion) };
  const refusal = REFUSALS[type];
  if (!refusal) {
    const errno = tryProg(sys, prog);
    return answerOf(errno, errno === 0);
  }
  const { errno, log } = tryProgWithLog(sys, prog);
  return answerOf(errno, errno === refusal.errno && log.includes(refusal.log ?? ""));
}
