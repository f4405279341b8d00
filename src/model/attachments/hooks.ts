/**
 * Where programs are attached: hooks, and a program on one. What the kernel tells of them in many places (links, netlink,
 * cgroups, perf events, maps) has one form here. Names of types are looked up when they are rendered.
 */
import type { NetnsRecord } from "../net-records.ts";
import type { KprobeMultiFunc, LinkDetail } from "../records.ts";

export interface HookDevice {
  /** 0 where the device is gone, and a link is all that is left. */
  readonly ifindex: number;
  readonly ifname?: string;
  /** Absent where only a link tells of the device: it does not say which namespace its index counts in. */
  readonly netns?: NetnsRecord;
}

/** By kind. What tells the programs on one hook apart stands in Attachment. */
export type Hook =
  /** `mode` is XDP_ATTACHED_*; absent where only a link tells of the device. */
  | { readonly kind: "xdp"; readonly device: HookDevice; readonly mode?: number }
  /** tcx and netkit. */
  | { readonly kind: "mprog"; readonly device: HookDevice; readonly attachType: number }
  /** A filter of kind bpf, or an action of one. `place` as in FilterRecord.kind. */
  | { readonly kind: "tc"; readonly device: HookDevice; readonly place: string }
  | {
      readonly kind: "netns";
      readonly ino: bigint;
      readonly netns?: NetnsRecord;
      readonly attachType: number;
    }
  | { readonly kind: "netfilter"; readonly pf: number; readonly hook: number }
  | {
      readonly kind: "cgroup";
      readonly cgroupId: bigint;
      /** Absent where no walk came to the cgroup. */
      readonly path?: string;
      readonly attachType: number;
    }
  | {
      readonly kind: "kprobe";
      readonly retprobe: boolean;
      /** "" where the kernel tells the address alone. */
      readonly func: string;
      readonly addr: bigint;
      readonly offset: bigint;
    }
  /** All functions of one link, which may be very many. */
  | {
      readonly kind: "kprobe_multi";
      readonly linkId: number;
      readonly retprobe: boolean;
      readonly funcs: readonly KprobeMultiFunc[];
    }
  | {
      readonly kind: "uprobe";
      readonly retprobe: boolean;
      readonly path: string;
      /** Bytes into the file. */
      readonly offset: bigint;
    }
  | {
      readonly kind: "uprobe_multi";
      readonly linkId: number;
      readonly retprobe: boolean;
      readonly path: string;
      readonly offsets: readonly bigint[];
      /** 0 for all processes. */
      readonly pid: number;
    }
  | { readonly kind: "tracepoint"; readonly name: string }
  | { readonly kind: "raw_tracepoint"; readonly name: string }
  | { readonly kind: "perf_event"; readonly type: number; readonly config: bigint }
  /** fentry, fexit, modify_return, LSM: functions of the kernel or of another program; freplace: of a program. */
  | {
      readonly kind: "tracing";
      readonly attachType: number;
      /** Absent where the program could not be read. */
      readonly progType?: number;
      readonly target: TracingTarget;
    }
  | { readonly kind: "iter"; readonly walks: Extract<LinkDetail, { kind: "iter" }> }
  | {
      readonly kind: "struct_ops";
      readonly mapId: number;
      readonly mapName: string;
      /** `tcp_congestion_ops`; absent where its type cannot be read. */
      readonly operations?: string;
      /** The kernel uses them. */
      readonly registered: boolean;
    }
  /** A map whose values are programs: prog_array, and devmap and cpumap with XDP programs. */
  | { readonly kind: "map"; readonly mapId: number; readonly mapName: string; readonly mapType: number }
  | {
      readonly kind: "sockmap";
      readonly mapId: number;
      /** Absent where the map has gone. */
      readonly mapName?: string;
      readonly attachType: number;
    }
  /** A link of a kind that tells nothing, or is not known here. */
  | { readonly kind: "link"; readonly linkType: number };

export interface TracingTarget {
  /** The function's name; absent where its BTF cannot be read. */
  readonly func?: string;
  /** Id of the program that it is a function of; absent for functions of the kernel. */
  readonly progId?: number;
  /** Id of the function's BTF object, for functions of the kernel. */
  readonly btfObjId?: number;
  readonly btfId: number;
}

export type HookKind = Hook["kind"];
export type HookOf<Kind extends HookKind> = Extract<Hook, { kind: Kind }>;

export interface Attachment {
  readonly progId: number;
  readonly hook: Hook;
  /** The link that holds the program there. */
  readonly linkId?: number;
  /** Descriptors of a perf event that hold it there, without a link. */
  readonly perfFds?: readonly PerfFd[];
  /** 0n where there is none. */
  readonly cookie?: bigint;
  /** Of netfilter: programs run by ascending priority. */
  readonly priority?: number;
  /** Of maps: the key, as a number. */
  readonly slot?: number;
  /** Of struct_ops: the member of the struct. */
  readonly member?: string;
  /** Of filters in tc: it is an action of one. */
  readonly action?: true;
}

export interface PerfFd {
  readonly pid: number;
  readonly fd: number;
}

/** The same text for the same hook. */
export function hookKey(hook: Hook): string {
  if (hook.kind === "kprobe_multi" || hook.kind === "uprobe_multi") return `link ${hook.linkId}`;
  return JSON.stringify(hook, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Names of the functions of the kernel or of programs that a hook is on. */
export function functionsOf(hook: Hook): readonly string[] {
  switch (hook.kind) {
    case "kprobe":
      return hook.func === "" ? [] : [hook.func];
    case "kprobe_multi":
      return hook.funcs.flatMap(({ func, aliases = [] }) => (func === undefined ? [] : [func, ...aliases]));
    case "tracing":
      return hook.target.func === undefined ? [] : [hook.target.func];
    default:
      return [];
  }
}
