/** What the name of a section says of the programs in it (libbpf libbpf.c:section_defs, find_sec_def; libbpf 1.8). */
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { PROG_TYPE } from "../../uapi/prog-types.ts";

export interface SectionRule {
  /** enum bpf_prog_type; 0 where the name says nothing. */
  readonly type: number;
  /** enum bpf_attach_type. */
  readonly attachType?: number;
  /** What stands behind the type: a function, a tracepoint, a path and symbol. */
  readonly attachTo?: string;
}

type Row = readonly [names: string, type: keyof typeof PROG_TYPE, attachType?: (typeof ATTACH_TYPES)[number]];

/** Names that may be followed by `/` and what the program is attached to. */
const WITH_TARGET = byWord([
  ["kprobe kretprobe ksyscall kretsyscall", "kprobe"],
  ["uprobe uretprobe uprobe.s uretprobe.s usdt usdt.s", "kprobe"],
  ["kprobe.multi kretprobe.multi", "kprobe", "trace_kprobe_multi"],
  ["kprobe.session", "kprobe", "trace_kprobe_session"],
  ["uprobe.multi uretprobe.multi uprobe.multi.s uretprobe.multi.s", "kprobe", "trace_uprobe_multi"],
  ["uprobe.session uprobe.session.s", "kprobe", "trace_uprobe_session"],
  ["tp tracepoint tp.s tracepoint.s", "tracepoint"],
  ["raw_tp raw_tracepoint raw_tp.s raw_tracepoint.s", "raw_tracepoint"],
  ["raw_tp.w raw_tracepoint.w", "raw_tracepoint_writable"],
  ["tp_btf tp_btf.s", "tracing", "trace_raw_tp"],
  ["fentry fentry.s", "tracing", "trace_fentry"],
  ["fexit fexit.s", "tracing", "trace_fexit"],
  ["fmod_ret fmod_ret.s", "tracing", "modify_return"],
  ["fsession fsession.s", "tracing", "trace_fsession"],
  ["fentry.multi fentry.multi.s", "tracing", "trace_fentry_multi"],
  ["fexit.multi fexit.multi.s", "tracing", "trace_fexit_multi"],
  ["fsession.multi fsession.multi.s", "tracing", "trace_fsession_multi"],
  ["iter iter.s", "tracing", "trace_iter"],
  ["freplace", "ext"],
  ["lsm lsm.s", "lsm", "lsm_mac"],
  ["lsm_cgroup", "lsm", "lsm_cgroup"],
  ["struct_ops struct_ops.s", "struct_ops"],
]);

/** Names that stand for themselves. */
const WHOLE = byWord([
  ["socket", "socket_filter"],
  ["sk_reuseport/migrate", "sk_reuseport", "sk_reuseport_select_or_migrate"],
  ["sk_reuseport", "sk_reuseport", "sk_reuseport_select"],
  ["tc/ingress tcx/ingress", "sched_cls", "tcx_ingress"],
  ["tc/egress tcx/egress", "sched_cls", "tcx_egress"],
  ["netkit/primary", "sched_cls", "netkit_primary"],
  ["netkit/peer", "sched_cls", "netkit_peer"],
  ["tc classifier", "sched_cls"],
  ["action", "sched_act"],
  ["syscall", "syscall"],
  ["xdp xdp.frags", "xdp", "xdp"],
  ["xdp/devmap xdp.frags/devmap", "xdp", "xdp_devmap"],
  ["xdp/cpumap xdp.frags/cpumap", "xdp", "xdp_cpumap"],
  ["perf_event", "perf_event"],
  ["lwt_in", "lwt_in"],
  ["lwt_out", "lwt_out"],
  ["lwt_xmit", "lwt_xmit"],
  ["lwt_seg6local", "lwt_seg6local"],
  ["sockops", "sock_ops", "cgroup_sock_ops"],
  ["sk_skb", "sk_skb"],
  ["sk_skb/stream_parser", "sk_skb", "sk_skb_stream_parser"],
  ["sk_skb/stream_verdict", "sk_skb", "sk_skb_stream_verdict"],
  ["sk_skb/verdict", "sk_skb", "sk_skb_verdict"],
  ["sk_msg", "sk_msg", "sk_msg_verdict"],
  ["sk_lookup", "sk_lookup", "sk_lookup"],
  ["lirc_mode2", "lirc_mode2", "lirc_mode2"],
  ["flow_dissector", "flow_dissector", "flow_dissector"],
  ["netfilter", "netfilter", "netfilter"],
  ["cgroup/skb", "cgroup_skb"],
  ["cgroup_skb/ingress", "cgroup_skb", "cgroup_inet_ingress"],
  ["cgroup_skb/egress", "cgroup_skb", "cgroup_inet_egress"],
  ["cgroup/sock cgroup/sock_create", "cgroup_sock", "cgroup_inet_sock_create"],
  ["cgroup/sock_release", "cgroup_sock", "cgroup_inet_sock_release"],
  ["cgroup/post_bind4", "cgroup_sock", "cgroup_inet4_post_bind"],
  ["cgroup/post_bind6", "cgroup_sock", "cgroup_inet6_post_bind"],
  ["cgroup/bind4", "cgroup_sock_addr", "cgroup_inet4_bind"],
  ["cgroup/bind6", "cgroup_sock_addr", "cgroup_inet6_bind"],
  ["cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect"],
  ["cgroup/connect6", "cgroup_sock_addr", "cgroup_inet6_connect"],
  ["cgroup/connect_unix", "cgroup_sock_addr", "cgroup_unix_connect"],
  ["cgroup/sendmsg4", "cgroup_sock_addr", "cgroup_udp4_sendmsg"],
  ["cgroup/sendmsg6", "cgroup_sock_addr", "cgroup_udp6_sendmsg"],
  ["cgroup/sendmsg_unix", "cgroup_sock_addr", "cgroup_unix_sendmsg"],
  ["cgroup/recvmsg4", "cgroup_sock_addr", "cgroup_udp4_recvmsg"],
  ["cgroup/recvmsg6", "cgroup_sock_addr", "cgroup_udp6_recvmsg"],
  ["cgroup/recvmsg_unix", "cgroup_sock_addr", "cgroup_unix_recvmsg"],
  ["cgroup/getpeername4", "cgroup_sock_addr", "cgroup_inet4_getpeername"],
  ["cgroup/getpeername6", "cgroup_sock_addr", "cgroup_inet6_getpeername"],
  ["cgroup/getpeername_unix", "cgroup_sock_addr", "cgroup_unix_getpeername"],
  ["cgroup/getsockname4", "cgroup_sock_addr", "cgroup_inet4_getsockname"],
  ["cgroup/getsockname6", "cgroup_sock_addr", "cgroup_inet6_getsockname"],
  ["cgroup/getsockname_unix", "cgroup_sock_addr", "cgroup_unix_getsockname"],
  ["cgroup/sysctl", "cgroup_sysctl", "cgroup_sysctl"],
  ["cgroup/getsockopt", "cgroup_sockopt", "cgroup_getsockopt"],
  ["cgroup/setsockopt", "cgroup_sockopt", "cgroup_setsockopt"],
  ["cgroup/dev", "cgroup_device", "cgroup_device"],
]);

/** A question mark in front says that the program is not loaded unless somebody asks for it. */
export function sectionRule(section: string): SectionRule {
  const name = section.startsWith("?") ? section.slice(1) : section;
  const exact = WHOLE.get(name) ?? WITH_TARGET.get(name);
  if (exact) return exact;
  const slash = name.indexOf("/");
  const rule = slash < 0 ? undefined : WITH_TARGET.get(name.slice(0, slash));
  return rule ? { ...rule, attachTo: name.slice(slash + 1) } : { type: PROG_TYPE.unspec };
}

function byWord(rows: readonly Row[]): ReadonlyMap<string, SectionRule> {
  const rules = new Map<string, SectionRule>();
  for (const [names, type, attachType] of rows) {
    const attached = attachType !== undefined && { attachType: ATTACH_TYPES.indexOf(attachType) };
    const rule = { type: PROG_TYPE[type], ...attached };
    for (const name of names.split(" ")) rules.set(name, rule);
  }
  return rules;
}
