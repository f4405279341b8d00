/** The capabilities that probing takes, or takes place without (bpftool feature.c:handle_perms). */
import { InspectError, syscallError } from "../../../errors.ts";
import type { CapabilitySets, OwnProcess } from "../../../sys/own-process.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { CAPABILITY, type CapabilityName } from "../../../uapi/capabilities.ts";
import { EPERM } from "../../../uapi/errno.ts";

/** In the order in which missing ones are named. Before Linux 5.8 the first was all. */
const NEEDED: readonly CapabilityName[] = ["CAP_SYS_ADMIN", "CAP_BPF", "CAP_NET_ADMIN", "CAP_PERFMON"];

export interface Privileges {
  readonly sets: CapabilitySets;
  /** Those in force, of the ones that BPF asks for. */
  readonly held: readonly CapabilityName[];
}

/** Throws where one is missing, unless the probes are to do without. */
export function checkPrivileges(sys: Syscalls, own: OwnProcess, unprivileged: boolean): Privileges {
  const sets = own.capabilities();
  if (typeof sets === "number") throw syscallError("failed to get capabilities for process", -sets);
  const known = knowsCapBpf(sys) ? NEEDED : NEEDED.slice(0, 1);
  const held = known.filter((name) => (sets.effective & bitOf(name)) !== 0n);
  const missing = known.filter((name) => !held.includes(name));
  if (missing.length > 0 && !unprivileged) {
    const message = `missing ${missing.join(", ")}, required for full feature probing; run as root or use 'unprivileged'`;
    throw new InspectError("syscall", message, { data: { errno: EPERM } });
  }
  return { sets, held };
}

/**
 * Runs `use` without them, and puts them in force again. They stay permitted all the while, so nothing can take them away,
 * and they are of this thread alone: nobody else notices.
 */
export function withoutPrivileges<T>(own: OwnProcess, { sets, held }: Privileges, use: () => T): T {
  if (held.length === 0) return use();
  const dropped = held.reduce((all, name) => all & ~bitOf(name), sets.effective);
  const status = own.setCapabilities({ ...sets, effective: dropped });
  if (status < 0) throw syscallError("failed to drop capabilities", -status);
  try {
    return use();
  } finally {
    own.setCapabilities(sets);
  }
}

function knowsCapBpf(sys: Syscalls): boolean {
  const last = Number(sys.readText("/proc/sys/kernel/cap_last_cap") ?? Number.NaN);
  return Number.isNaN(last) || last >= CAPABILITY.CAP_BPF;
}

function bitOf(name: CapabilityName): bigint {
  return 1n << BigInt(CAPABILITY[name]);
}
