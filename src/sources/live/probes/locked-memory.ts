/**
 * Up to Linux 5.10 programs and maps count as locked memory of their user, and what goes beyond the limit is refused as if it was
 * not allowed. Later kernels charge the cgroup (libbpf bpf.c:bump_rlimit_memlock).
 */
import { type OwnProcess, UNLIMITED } from "../../../sys/own-process.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { HELPERS } from "../../../uapi/helpers.ts";
import { PROG_TYPE } from "../../../uapi/prog-types.ts";
import { probeHelper } from "./helpers.ts";

/** As old as the accounting by cgroup. */
const CONTEMPORARY = HELPERS.indexOf("bpf_ktime_get_coarse_ns");

/** Lifts the limit while `use` runs, on kernels that have it and where the process may. */
export function withLockedMemory<T>(sys: Syscalls, own: OwnProcess, use: () => T): T {
  const before = countsLockedMemory(sys) ? own.lockedMemory() : undefined;
  if (before === undefined || typeof before === "number" || own.setLockedMemory(UNLIMITED) < 0) return use();
  try {
    return use();
  } finally {
    own.setLockedMemory(before);
  }
}

function countsLockedMemory(sys: Syscalls): boolean {
  return probeHelper(sys, PROG_TYPE.socket_filter, CONTEMPORARY) !== "available";
}
