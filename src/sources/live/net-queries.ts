/** BPF_PROG_QUERY about network devices and namespaces (bpftool net.c:__show_dev_tc_bpf, query_flow_dissector). */
import { syscallError } from "../../errors.ts";
import type { MprogRecord } from "../../model/net-records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ATTACH_TYPE } from "../../uapi/attach-types.ts";
import { EINVAL } from "../../uapi/errno.ts";
import { queryProgs } from "./prog-query.ts";

/** Hooks of devices that take several programs, in bpftool's order. */
const TCX_HOOKS = [ATTACH_TYPE.tcx_ingress, ATTACH_TYPE.tcx_egress];
const NETKIT_HOOKS = [ATTACH_TYPE.netkit_primary, ATTACH_TYPE.netkit_peer];
const NETKIT = "netkit";
/** The kernel takes no more on one hook (BPF_MPROG_MAX). */
const MAX_MPROGS = 64;

/** A device that has no such hooks, or has gone, has no programs there. `kind` is that of virtual devices. */
export function readMprogs(sys: Syscalls, ifindex: number, kind: string | undefined): MprogRecord[] {
  const progIds = new Uint32Array(MAX_MPROGS);
  const progFlags = new Uint32Array(MAX_MPROGS);
  const linkIds = new Uint32Array(MAX_MPROGS);
  const linkFlags = new Uint32Array(MAX_MPROGS);
  const hooks = kind === NETKIT ? [...TCX_HOOKS, ...NETKIT_HOOKS] : TCX_HOOKS;
  return hooks.flatMap((attachType) => {
    const count = queryProgs(sys, ifindex, attachType, {
      progIds,
      progAttachFlags: progFlags,
      linkIds,
      linkAttachFlags: linkFlags,
    });
    return Array.from({ length: Math.max(0, count) }, (_, i) => ({
      attachType,
      progId: progIds[i] ?? 0,
      progFlags: progFlags[i] ?? 0,
      linkId: linkIds[i] ?? 0,
      linkFlags: linkFlags[i] ?? 0,
    }));
  });
}

/** Ids of the programs of a namespace, by its descriptor. Kernels that cannot be asked tell of none. */
export function readFlowDissector(sys: Syscalls, netns: number): number[] {
  const progIds = new Uint32Array(1);
  const count = queryProgs(sys, netns, ATTACH_TYPE.flow_dissector, { progIds });
  if (count === -EINVAL) return [];
  if (count < 0) throw syscallError("can't query prog", -count);
  return [...progIds.subarray(0, count)];
}
