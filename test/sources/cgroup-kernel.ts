/** A kernel with cgroups: BPF_PROG_QUERY (kernel/bpf/cgroup.c:__cgroup_bpf_query), and the folders of the hierarchy. */
import type { CgroupProgRecord } from "../../src/model/cgroup-records.ts";
import { BPF, QUERY_ATTR } from "../../src/sys/attr.ts";
import { decodeStruct, encodeStruct } from "../../src/sys/struct.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { EBADF, EINVAL, ENOENT, ENOSPC } from "../../src/uapi/errno.ts";
import { byName } from "../../src/uapi/name-table.ts";

const LSM_CGROUP = byName(ATTACH_TYPES).lsm_cgroup;
const EFFECTIVE = 1;

export interface KernelCgroup {
  readonly path: string;
  readonly attached?: readonly CgroupProgRecord[];
  readonly effective?: readonly CgroupProgRecord[];
  /** Why it cannot be opened, or asked. */
  readonly openErrno?: number;
  readonly queryErrno?: number;
  /** Number of its file system. */
  readonly dev?: bigint;
  /** As the directory above lists it. */
  readonly type?: "file" | "directory" | "other";
}

export interface CgroupKernelOptions {
  /** Hooks that it does not know. */
  readonly unknown?: readonly number[];
  /** It tells the flags of a hook alone, as before 6.0. */
  readonly old?: boolean;
  readonly mounts?: string;
  /** Called before a cgroup is opened: what is taken out of the list is gone from then on. */
  readonly change?: (path: string, cgroups: KernelCgroup[]) => void;
}

export interface CgroupKernel {
  readonly sys: Syscalls;
  readonly openFds: () => number;
  readonly queries: () => number;
}

export const MOUNTS = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";

/** Cgroups are listed in the order in which they are given. */
export function cgroupKernel(
  given: readonly KernelCgroup[],
  options: CgroupKernelOptions = {},
): CgroupKernel {
  const cgroups = [...given];
  const fds = new Map<number, KernelCgroup>();
  let nextFd = 50;
  let queries = 0;
  const at = (path: string) => cgroups.find((cgroup) => cgroup.path === path);

  const sys: Partial<Syscalls> = {
    openDirectory(path) {
      options.change?.(path, cgroups);
      const cgroup = at(path);
      if (!cgroup) return -ENOENT;
      if (cgroup.openErrno !== undefined) return -cgroup.openErrno;
      fds.set(nextFd, cgroup);
      return nextFd++;
    },
    close(fd) {
      if (!fds.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
    },
    bpf(cmd, attr, pointers = []) {
      if (cmd !== BPF.PROG_QUERY) return -EINVAL;
      queries++;
      const { target, attachType, queryFlags, count: room } = decodeStruct(QUERY_ATTR, attr);
      const array = (offset: number) => {
        const bytes = pointers.find((pointer) => pointer.offset === offset)?.target;
        return bytes && new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      };
      const [ids, flags] = [array(QUERY_ATTR.progIds.offset), array(QUERY_ATTR.progAttachFlags.offset)];
      const cgroup = fds.get(target);
      if (!cgroup) return -EBADF;
      if (cgroup.queryErrno !== undefined) return -cgroup.queryErrno;
      const effective = (queryFlags & EFFECTIVE) !== 0;
      if (options.unknown?.includes(attachType) || (options.old && flags)) return -EINVAL;
      if (effective && flags) return -EINVAL;
      if (attachType === LSM_CGROUP && room > 0 && ids && !flags) return -EINVAL;
      const progs = ((effective ? cgroup.effective : cgroup.attached) ?? []).filter(
        (prog) => prog.attachType === attachType,
      );
      const hookFlags = effective || attachType === LSM_CGROUP ? 0 : (progs[0]?.attachFlags ?? 0);
      encodeStruct(QUERY_ATTR, attr, { attachFlags: hookFlags, count: progs.length });
      for (const [i, { progId, attachFlags }] of progs.slice(0, room).entries()) {
        if (ids) ids[i] = progId;
        if (flags) flags[i] = attachFlags;
      }
      return room < progs.length ? -ENOSPC : 0;
    },
    identity(path) {
      const cgroup = at(path);
      return cgroup && { dev: cgroup.dev ?? 30n, ino: BigInt(cgroups.indexOf(cgroup) + 1) };
    },
    list(path) {
      const start = path === "/" ? "/" : `${path}/`;
      return cgroups
        .filter((cgroup) => cgroup.path.startsWith(start) && cgroup.path.length > start.length)
        .map((cgroup) => ({ name: cgroup.path.slice(start.length), type: cgroup.type ?? "directory" }))
        .filter(({ name }) => !name.includes("/"));
    },
    readText: (path) => (path === "/proc/mounts" ? (options.mounts ?? MOUNTS) : undefined),
  };
  return { sys: sys as Syscalls, openFds: () => fds.size, queries: () => queries };
}
