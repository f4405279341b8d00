/**
 * Why the kernel hides the code of a program from this process (kernel/bpf/syscall.c:bpf_prog_get_info_by_fd,
 * bpf_capable; kernel/ksyms_common.c:kallsyms_show_value).
 */
import type { CodeKind, ProgRecord } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

/** Numbers of include/uapi/linux/capability.h. */
const CAPABILITY = { CAP_SYS_ADMIN: 21, CAP_SYSLOG: 34, CAP_BPF: 39 } as const;

/** undefined where nothing of what is known hides it. */
export function whyHidden(sys: Syscalls, prog: ProgRecord, kind: CodeKind): string | undefined {
  const has = capabilities(sys);
  if (has && !has("CAP_BPF") && !has("CAP_SYS_ADMIN"))
    return "this process has neither CAP_BPF nor CAP_SYS_ADMIN";
  if (kind === "jited" && prog.jitedLen === 0) return "the program is not compiled";
  const addresses = whyNoAddresses(sys, has);
  if (addresses === undefined || kind === "jited") return addresses;
  return `the constants of the program are blinded, and ${addresses}`;
}

type Has = (name: keyof typeof CAPABILITY) => boolean;

function capabilities(sys: Syscalls): Has | undefined {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(sys.readText("/proc/self/status") ?? "")?.[1];
  if (digits === undefined) return undefined;
  const effective = BigInt(`0x${digits}`);
  return (name) => ((effective >> BigInt(CAPABILITY[name])) & 1n) === 1n;
}

/** Kernel addresses, and code that has them in it, are shown to whoever may read those of kallsyms. */
function whyNoAddresses(sys: Syscalls, has: Has | undefined): string | undefined {
  const restrict = Number(sys.readText("/proc/sys/kernel/kptr_restrict")?.trim() ?? Number.NaN);
  if (restrict >= 2) return `kernel.kptr_restrict is ${restrict}`;
  const perf = Number(sys.readText("/proc/sys/kernel/perf_event_paranoid")?.trim() ?? Number.NaN);
  if (restrict === 0 && perf <= 1) return undefined;
  return has && !has("CAP_SYSLOG")
    ? `this process does not have CAP_SYSLOG (kernel.kptr_restrict is ${restrict})`
    : undefined;
}
