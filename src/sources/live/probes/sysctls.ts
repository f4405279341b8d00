/** The files of /proc/sys that rule BPF (bpftool feature.c:read_procfs). */
import type { SysctlRecord } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";

const FILES = {
  unprivilegedBpfDisabled: "kernel/unprivileged_bpf_disabled",
  jitEnable: "net/core/bpf_jit_enable",
  jitHarden: "net/core/bpf_jit_harden",
  jitKallsyms: "net/core/bpf_jit_kallsyms",
  jitLimit: "net/core/bpf_jit_limit",
} as const satisfies Readonly<Record<keyof SysctlRecord, string>>;

const UNREADABLE = -1n;
const I64_MAX = 2n ** 63n - 1n;

/** undefined where /proc is not mounted. */
export function readSysctls(sys: Syscalls): SysctlRecord | undefined {
  if (sys.readText("/proc/self/status") === undefined) return undefined;
  const values = Object.entries(FILES).map(([name, file]) => [name, readNumber(sys, `/proc/sys/${file}`)]);
  return Object.fromEntries(values) as unknown as SysctlRecord;
}

/** The first line, if it is a number that a C long holds and nothing else. */
function readNumber(sys: Syscalls, path: string): bigint {
  const digits = /^[ \t\v\f\r]*(-?\d{1,20})\n/.exec(sys.readText(path) ?? "")?.[1];
  if (digits === undefined) return UNREADABLE;
  const value = BigInt(digits);
  return value > I64_MAX || value < -I64_MAX ? UNREADABLE : value;
}
