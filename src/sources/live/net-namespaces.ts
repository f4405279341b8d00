/** Network namespaces: finding them (ip-netns(8)), and being in one for a while (setns(2)). */
import { type InspectError, syscallError } from "../../errors.ts";
import type { NetnsRecord } from "../../model/net-records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EACCES, ENOENT } from "../../uapi/errno.ts";

/** The one that this thread is in. */
const OWN = "/proc/thread-self/ns/net";
const NAMED = "/run/netns";

/** A namespace and where it can be opened. */
export interface FoundNetns {
  readonly netns: NetnsRecord;
  readonly paths: readonly string[];
}

export function ownNetns(sys: Syscalls): FoundNetns {
  return { netns: { ino: sys.identity(OWN)?.ino ?? 0n, own: true, names: [] }, paths: [OWN] };
}

/** Our own, then those with names, then those of processes; each once. */
export function findNetns(sys: Syscalls): FoundNetns[] {
  const own = sys.identity(OWN);
  if (!own) return [ownNetns(sys)];
  const found = new Map<bigint, { names: string[]; pids: number[] }>([[own.ino, { names: [], pids: [] }]]);
  const at = (path: string) => {
    const file = sys.identity(path);
    // What is in another file system is no namespace: `ip netns` leaves files where it is interrupted.
    if (file?.dev !== own.dev) return undefined;
    const netns = found.get(file.ino) ?? { names: [], pids: [] };
    found.set(file.ino, netns);
    return netns;
  };
  const names = sys.list(NAMED).map(({ name }) => name);
  for (const name of names.sort()) at(`${NAMED}/${name}`)?.names.push(name);
  for (const pid of sys.listNumbers("/proc")) at(`/proc/${pid}/ns/net`)?.pids.push(pid);
  return [...found].map(([ino, { names, pids }]) => ({
    netns: { ino, own: ino === own.ino, names, ...(pids[0] !== undefined && { pid: pids[0] }) },
    paths:
      ino === own.ino
        ? [OWN]
        : [...names.map((name) => `${NAMED}/${name}`), ...pids.map((pid) => `/proc/${pid}/ns/net`)],
  }));
}

/** A descriptor that the caller closes; undefined where the namespace has gone, whatever its paths mean now. */
export function openNetns(sys: Syscalls, { netns, paths }: FoundNetns): number | undefined {
  for (const path of paths) {
    const fd = sys.openFile(path);
    // That is how a process that ends says it, too.
    if (fd === -ENOENT || fd === -EACCES) continue;
    if (fd < 0) throw syscallError(`can't open ${path}`, -fd);
    if (netns.own || sys.identity(`/proc/thread-self/fd/${fd}`)?.ino === netns.ino) return fd;
    sys.close(fd);
  }
  return undefined;
}

/**
 * Runs `use` in a namespace, or `refused` where there is no way in. The thread is back in its own afterwards, whatever
 * happens, or an error says that it is not: what is read from then on is of the wrong namespace. `own` and `netns` are
 * descriptors.
 */
export function inNetns<T>(
  sys: Syscalls,
  own: number,
  netns: number,
  use: () => T,
  refused: (error: InspectError) => T,
): T {
  const entered = sys.enterNetns(netns);
  if (entered < 0) return refused(syscallError("can't enter the network namespace", -entered));
  try {
    return use();
  } finally {
    goBack(sys, own);
  }
}

function goBack(sys: Syscalls, own: number): void {
  const status = sys.enterNetns(own);
  if (status < 0) throw syscallError("can't go back to the own network namespace", -status);
}
