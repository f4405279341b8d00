/** Sentences about the files of /proc/sys (bpftool feature.c:probe_unprivileged_disabled and its neighbours). */
import type { SysctlRecord } from "../../model/feature-records.ts";

interface SysctlForm {
  readonly name: keyof SysctlRecord;
  readonly key: string;
  /** By value. */
  readonly sentences: readonly string[];
  /** Before the value, where there is no sentence. */
  readonly other: string;
  /** Behind it. */
  readonly unit?: string;
  /** Where it could not be read. */
  readonly unreadable: string;
}

const LIMIT = "lobal memory limit for JIT compiler for unprivileged users";

/** In bpftool's order. */
export const SYSCTL_FORMS: readonly SysctlForm[] = [
  {
    name: "unprivilegedBpfDisabled",
    key: "unprivileged_bpf_disabled",
    sentences: [
      "bpf() syscall for unprivileged users is enabled",
      "bpf() syscall restricted to privileged users (without recovery)",
      "bpf() syscall restricted to privileged users (admin can change)",
    ],
    other: "bpf() syscall restriction has unknown value",
    unreadable: "Unable to retrieve required privileges for bpf() syscall",
  },
  {
    name: "jitEnable",
    key: "bpf_jit_enable",
    sentences: [
      "JIT compiler is disabled",
      "JIT compiler is enabled",
      "JIT compiler is enabled with debugging traces in kernel logs",
    ],
    other: "JIT-compiler status has unknown value",
    unreadable: "Unable to retrieve JIT-compiler status",
  },
  {
    name: "jitHarden",
    key: "bpf_jit_harden",
    sentences: [
      "JIT compiler hardening is disabled",
      "JIT compiler hardening is enabled for unprivileged users",
      "JIT compiler hardening is enabled for all users",
    ],
    other: "JIT hardening status has unknown value",
    unreadable: "Unable to retrieve JIT hardening status",
  },
  {
    name: "jitKallsyms",
    key: "bpf_jit_kallsyms",
    sentences: [
      "JIT compiler kallsyms exports are disabled",
      "JIT compiler kallsyms exports are enabled for root",
    ],
    other: "JIT kallsyms exports status has unknown value",
    unreadable: "Unable to retrieve JIT kallsyms export status",
  },
  {
    name: "jitLimit",
    key: "bpf_jit_limit",
    sentences: [],
    other: `G${LIMIT} is`,
    unit: " bytes",
    unreadable: `Unable to retrieve g${LIMIT}`,
  },
];

export function sysctlText(
  { name, sentences, other, unit = "", unreadable }: SysctlForm,
  record: SysctlRecord,
): string {
  const value = record[name];
  if (value === -1n) return unreadable;
  return sentences[Number(value)] ?? `${other} ${value}${unit}`;
}
