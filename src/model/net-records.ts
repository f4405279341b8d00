/**
 * What hangs on the network devices of a namespace, as the kernel tells it: types are numbers (XDP_ATTACHED_*, enum
 * bpf_attach_type), names of devices and filters are byte text.
 */
import type { LinkDetail } from "./records.ts";

/** What is asked for. */
export interface NetRequest {
  /** All namespaces that can be found, and not the own alone. */
  readonly everyNetns: boolean;
  /** The one device of this name, if there is one. */
  readonly device?: string;
}

/** What is attached to the network. */
export interface NetworkRecord {
  /** The own namespace first. */
  readonly nets: readonly NetRecord[];
  /** Of all namespaces: the kernel does not tell theirs. */
  readonly netfilter: readonly NetfilterRecord[];
  /** What of them could not be read, in words. */
  readonly problems: readonly string[];
}

/** A netfilter link. */
export interface NetfilterRecord {
  readonly progId: number;
  readonly detail: NetfilterDetail;
}

export type NetfilterDetail = Extract<LinkDetail, { kind: "netfilter" }>;

/** How a network namespace is known. */
export interface NetnsRecord {
  /** Inode in the kernel's file system of namespaces. */
  readonly ino: bigint;
  /** It is the one of whoever asked. */
  readonly own: boolean;
  /** Below /run/netns. */
  readonly names: readonly string[];
  /** The lowest of those in it. */
  readonly pid?: number;
}

/** A namespace with its devices, in the kernel's order. */
export interface NetRecord {
  readonly netns: NetnsRecord;
  readonly devices: readonly NetDeviceRecord[];
  /** Ids of programs. */
  readonly flowDissector: readonly number[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

export interface NetDeviceRecord {
  readonly ifindex: number;
  readonly ifname: string;
  /** Further names (`ip link property add`). */
  readonly altNames: readonly string[];
  readonly xdp?: XdpRecord;
  /** By attach type, then in the order in which they run. */
  readonly mprogs: readonly MprogRecord[];
  readonly filters: readonly FilterRecord[];
}

export interface XdpRecord {
  /** XDP_ATTACHED_*: of one program, or of several. */
  readonly mode: number;
  /** Each with its own mode. */
  readonly progs: readonly { readonly mode: number; readonly progId: number }[];
}

/** A program on one of the hooks that take several: tcx, netkit. */
export interface MprogRecord {
  readonly attachType: number;
  readonly progId: number;
  readonly progFlags: number;
  /** 0 where no link holds the program. */
  readonly linkId: number;
  readonly linkFlags: number;
}

/** A filter of kind bpf (net/sched/cls_bpf.c). */
export interface FilterRecord {
  /** Where it hangs: the kind of the qdisc or class, or `clsact/ingress` and `clsact/egress`. */
  readonly kind: string;
  readonly name?: string;
  /** Absent for classic BPF. */
  readonly progId?: number;
  /** Those of kind bpf; absent where the filter has no actions at all. */
  readonly actions?: readonly ActionRecord[];
}

/** An action of kind bpf (net/sched/act_bpf.c). */
export interface ActionRecord {
  readonly name?: string;
  readonly progId?: number;
}
