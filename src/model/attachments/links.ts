/** Links as attachments: those on which nothing else tells of the place (struct bpf_link_info by kind). */
import { MULTI_RETURN } from "../../uapi/link-types.ts";
import type { NetRecord } from "../net-records.ts";
import type { LinkDetail, LinkRecord, ProgRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import { functionName } from "../attach-targets.ts";
import type { Attachment, HookDevice, TracingTarget } from "./hooks.ts";

type DetailKind = LinkDetail["kind"];
type Made = Pick<Attachment, "hook" | "cookie" | "priority">;

type HookMaker<Detail = LinkDetail> = (detail: Detail, link: LinkRecord, known: Known) => Made;

interface Known {
  readonly registry: Registry;
  readonly nets: readonly NetRecord[];
}

/** A struct_ops link is on a map: see struct-ops.ts. */
const MAKERS: {
  readonly [Kind in Exclude<DetailKind, "struct_ops">]: HookMaker<Extract<LinkDetail, { kind: Kind }>>;
} = {
  none: (_, { type }) => ({ hook: { kind: "link", linkType: type } }),
  raw_tracepoint: ({ tpName, cookie }) => ({ hook: { kind: "raw_tracepoint", name: tpName }, cookie }),
  tracing({ attachType, targetObjId, targetBtfId, cookie }, { progId }, { registry }) {
    const prog = registry.progIfThere(progId);
    const target = tracingTarget(registry, prog, targetObjId, targetBtfId);
    return { hook: { kind: "tracing", attachType, ...(prog && { progType: prog.type }), target }, cookie };
  },
  cgroup: ({ cgroupId, attachType }) => ({ hook: { kind: "cgroup", cgroupId, attachType } }),
  iter: (walks) => ({ hook: { kind: "iter", walks } }),
  netns({ netnsIno, attachType }, _, { nets }) {
    const ino = BigInt(netnsIno);
    const netns = nets.find((net) => net.netns.ino === ino)?.netns;
    return { hook: { kind: "netns", ino, ...(netns && { netns }), attachType } };
  },
  xdp: (detail) => ({ hook: { kind: "xdp", device: device(detail) } }),
  netfilter: ({ pf, hook, prio }) => ({ hook: { kind: "netfilter", pf, hook }, priority: prio }),
  tcx: (detail) => ({ hook: { kind: "mprog", device: device(detail), attachType: detail.attachType } }),
  netkit: (detail) => ({ hook: { kind: "mprog", device: device(detail), attachType: detail.attachType } }),
  sockmap({ mapId, attachType }, _, { registry }) {
    const map = registry.maps().find(({ id }) => id === mapId);
    return { hook: { kind: "sockmap", mapId, ...(map && { mapName: map.name }), attachType } };
  },
  kprobe_multi: ({ flags, funcs }, { id }) => ({
    hook: { kind: "kprobe_multi", linkId: id, retprobe: (flags & MULTI_RETURN) !== 0, funcs },
  }),
  uprobe_multi: ({ path, flags, pid, funcs }, { id }) => ({
    hook: {
      kind: "uprobe_multi",
      linkId: id,
      retprobe: (flags & MULTI_RETURN) !== 0,
      path,
      offsets: funcs.map(({ offset }) => offset),
      pid,
    },
  }),
  perf_uprobe: ({ retprobe, file, offset, cookie }) => ({
    hook: { kind: "uprobe", retprobe, path: file, offset: BigInt(offset) },
    cookie,
  }),
  perf_kprobe: ({ retprobe, func, addr, offset, cookie }) => ({
    hook: { kind: "kprobe", retprobe, func, addr, offset: BigInt(offset) },
    cookie,
  }),
  perf_tracepoint: ({ tracepoint, cookie }) => ({ hook: { kind: "tracepoint", name: tracepoint }, cookie }),
  perf_event: ({ type, config, cookie }) => ({ hook: { kind: "perf_event", type, config }, cookie }),
};

/** `nets` are all that could be read. */
export function linkAttachments(
  registry: Registry,
  links: readonly LinkRecord[],
  nets: readonly NetRecord[],
): Attachment[] {
  return links.flatMap((link) => {
    const { id: linkId, progId, detail } = link;
    if (detail.kind === "struct_ops") return [];
    // The table has a maker for each kind, which the type system cannot follow through a union.
    const make = MAKERS[detail.kind] as HookMaker;
    return [{ progId, linkId, ...make(detail, link, { registry, nets }) }];
  });
}

/** Its name is that of the own namespace, whose devices have been looked through. */
function device({ ifindex }: { readonly ifindex: number }): HookDevice {
  return { ifindex };
}

/**
 * The kernel keeps the BTF of what a program traces only where that is the kernel's (kernel/bpf/syscall.c:bpf_prog_load); then
 * the link's object is a BTF object, otherwise a program.
 */
function tracingTarget(
  registry: Registry,
  prog: ProgRecord | undefined,
  objId: number,
  btfId: number,
): TracingTarget {
  const isProg = prog?.attachBtfObjId === 0;
  const types = isProg ? (registry.progIfThere(objId)?.btfId ?? 0) : objId;
  const func = functionName(registry, types, btfId);
  return {
    btfId,
    ...(func !== undefined && { func }),
    ...(isProg ? { progId: objId } : { btfObjId: objId }),
  };
}
