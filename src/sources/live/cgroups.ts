/**
 * Programs on cgroups of the running kernel (bpftool cgroup.c:do_show, do_show_tree_fn; kernel/bpf/cgroup.c:
 * __cgroup_bpf_query).
 */
import { errnoOf, InspectError, syscallError } from "../../errors.ts";
import {
  type CgroupProgRecord,
  type CgroupRecord,
  type CgroupSource,
  folderPath,
  type UnreadCgroup,
} from "../../model/cgroup-records.ts";
import { BPF, makeAttr, QUERY_ATTR } from "../../sys/attr.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ATTACH_TYPE } from "../../uapi/attach-types.ts";
import { EINVAL, ENODEV, ENOENT, ENOSPC } from "../../uapi/errno.ts";
import { readMounts } from "./mounts.ts";
import { closing } from "./objects.ts";

/** Hooks of cgroups, in bpftool's order. */
const HOOKS = [
  ATTACH_TYPE.cgroup_inet_ingress,
  ATTACH_TYPE.cgroup_inet_egress,
  ATTACH_TYPE.cgroup_inet_sock_create,
  ATTACH_TYPE.cgroup_inet_sock_release,
  ATTACH_TYPE.cgroup_inet4_bind,
  ATTACH_TYPE.cgroup_inet6_bind,
  ATTACH_TYPE.cgroup_inet4_post_bind,
  ATTACH_TYPE.cgroup_inet6_post_bind,
  ATTACH_TYPE.cgroup_inet4_connect,
  ATTACH_TYPE.cgroup_inet6_connect,
  ATTACH_TYPE.cgroup_unix_connect,
  ATTACH_TYPE.cgroup_inet4_getpeername,
  ATTACH_TYPE.cgroup_inet6_getpeername,
  ATTACH_TYPE.cgroup_unix_getpeername,
  ATTACH_TYPE.cgroup_inet4_getsockname,
  ATTACH_TYPE.cgroup_inet6_getsockname,
  ATTACH_TYPE.cgroup_unix_getsockname,
  ATTACH_TYPE.cgroup_udp4_sendmsg,
  ATTACH_TYPE.cgroup_udp6_sendmsg,
  ATTACH_TYPE.cgroup_unix_sendmsg,
  ATTACH_TYPE.cgroup_udp4_recvmsg,
  ATTACH_TYPE.cgroup_udp6_recvmsg,
  ATTACH_TYPE.cgroup_unix_recvmsg,
  ATTACH_TYPE.cgroup_sock_ops,
  ATTACH_TYPE.cgroup_device,
  ATTACH_TYPE.cgroup_sysctl,
  ATTACH_TYPE.cgroup_getsockopt,
  ATTACH_TYPE.cgroup_setsockopt,
  ATTACH_TYPE.lsm_cgroup,
];

const BPF_F_QUERY_EFFECTIVE = 1;
/** Programs on one hook of one cgroup; the kernel takes 64, and effective ones come from all cgroups above, too. */
const USUAL_ROOM = 1024;
const MAX_ROOM = 1 << 20;

export function liveCgroups(sys: Syscalls): CgroupSource {
  const query = hookQuery(sys);
  return {
    mount: () => readMounts(sys).find(({ type }) => type === "cgroup2")?.path,
    read(path, effective) {
      const fd = sys.openDirectory(path);
      if (fd < 0) throw new InspectError("syscall", `can't open cgroup ${path}`, { data: { errno: -fd } });
      const id = sys.identity(path)?.ino ?? 0n;
      return closing(sys, fd, () => ({ path, id, progs: readProgs(query, fd, path, effective) }));
    },
    walk: (root, effective) => walkFrom(sys, query, root, effective),
  };
}

function readProgs(query: HookQuery, fd: number, path: string, effective: boolean): CgroupProgRecord[] {
  return HOOKS.flatMap((attachType) => {
    const found = query(fd, attachType, effective);
    if (found === -EINVAL) return []; // the kernel does not have the hook, or does not tell of it
    if (typeof found === "number") throw syscallError(`can't query bpf programs attached to ${path}`, -found);
    return found;
  });
}

/** Folders of other file systems are not entered, nor links. */
function* walkFrom(
  sys: Syscalls,
  query: HookQuery,
  given: string,
  effective: boolean,
): Generator<CgroupRecord | UnreadCgroup> {
  const root = folderPath(given);
  const device = sys.identity(root)?.dev;
  const rest = [root];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    const place = sys.identity(path);
    if (place?.dev !== device) continue;
    const cannotOpen = path === root ? `can't iterate over ${given}` : `can't open cgroup ${path}`;
    const progs = progsOrError(sys, query, path, effective, cannotOpen);
    if (progs instanceof InspectError) {
      if (path === root) throw progs;
      if (isGone(progs)) continue;
      yield { path, error: progs };
    } else {
      yield { path, id: place?.ino ?? 0n, progs };
    }
    const below = sys.list(path).filter(({ type }) => type === "directory");
    const start = path === "/" ? "" : path;
    for (const { name } of below.reverse()) rest.push(`${start}/${name}`);
  }
}

function progsOrError(
  sys: Syscalls,
  query: HookQuery,
  path: string,
  effective: boolean,
  cannotOpen: string,
): CgroupProgRecord[] | InspectError {
  const fd = sys.openDirectory(path);
  if (fd < 0) return syscallError(cannotOpen, -fd);
  try {
    return closing(sys, fd, () => readProgs(query, fd, path, effective));
  } catch (error) {
    if (error instanceof InspectError) return error;
    throw error;
  }
}

/** The cgroup was removed while the walk was under way. */
function isGone(error: InspectError): boolean {
  const errno = errnoOf(error);
  return errno === ENOENT || errno === ENODEV;
}

/** The programs of a hook, or -errno. */
type HookQuery = (fd: number, attachType: number, effective: boolean) => CgroupProgRecord[] | number;

function hookQuery(sys: Syscalls): HookQuery {
  let progIds = new Uint32Array(USUAL_ROOM);
  let progFlags = new Uint32Array(USUAL_ROOM);
  /** Kernels before 6.0 tell the flags of the hook alone, and refuse to be asked for those of each program. */
  let hasProgFlags: boolean | undefined;

  function ask(fd: number, attachType: number, effective: boolean, withProgFlags: boolean) {
    progFlags.fill(0);
    const attr = makeAttr(QUERY_ATTR, {
      target: fd,
      attachType,
      queryFlags: effective ? BPF_F_QUERY_EFFECTIVE : 0,
      count: progIds.length,
    });
    const pointer = (field: "progIds" | "progAttachFlags", target: Uint32Array) => ({
      holder: attr,
      offset: QUERY_ATTR[field].offset,
      target: new Uint8Array(target.buffer),
    });
    const status = sys.bpf(BPF.PROG_QUERY, attr, [
      pointer("progIds", progIds),
      ...(withProgFlags ? [pointer("progAttachFlags", progFlags)] : []),
    ]);
    return { status, ...decodeStruct(QUERY_ATTR, attr) };
  }

  function askAsPossible(fd: number, attachType: number, effective: boolean) {
    // The flags of effective programs are not told: asking for them is a mistake.
    if (effective || hasProgFlags === false) return ask(fd, attachType, effective, false);
    const answer = ask(fd, attachType, effective, true);
    if (answer.status >= 0) hasProgFlags = true;
    if (answer.status !== -EINVAL || hasProgFlags) return answer;
    const without = ask(fd, attachType, effective, false);
    if (without.status >= 0) hasProgFlags = false;
    return without;
  }

  return (fd, attachType, effective) => {
    let answer = askAsPossible(fd, attachType, effective);
    while (answer.status === -ENOSPC && answer.count > progIds.length && answer.count <= MAX_ROOM) {
      progIds = new Uint32Array(answer.count);
      progFlags = new Uint32Array(answer.count);
      answer = askAsPossible(fd, attachType, effective);
    }
    if (answer.status < 0) return answer.status;
    const { count, attachFlags } = answer;
    return Array.from(progIds.subarray(0, count), (progId, i) => ({
      attachType,
      progId,
      attachFlags: progFlags[i] || attachFlags,
    }));
  };
}
