import { byName } from "./name-table.ts";

/** Names of the link types (enum bpf_link_type), by value, in the words of libbpf link_type_name. Linux 6.18 and libbpf 1.8. */
export const LINK_TYPES = [
  "unspec",
  "raw_tracepoint",
  "tracing",
  "cgroup",
  "iter",
  "netns",
  "xdp",
  "perf_event",
  "kprobe_multi",
  "struct_ops",
  "netfilter",
  "tcx",
  "uprobe_multi",
  "netkit",
  "sockmap",
  "tracing_multi",
] as const;

/** Link types (enum bpf_link_type) by name. */
export const LINK_TYPE = byName(LINK_TYPES);

/** BPF_F_KPROBE_MULTI_RETURN and BPF_F_UPROBE_MULTI_RETURN: the link is on returns. */
export const MULTI_RETURN = 1;
