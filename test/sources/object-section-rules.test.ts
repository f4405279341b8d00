/** What names of sections stand for (libbpf libbpf.c:section_defs). */
import { describe, expect, test } from "vitest";
import { sectionRule } from "../../src/sources/object/section-rules.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { PROG_TYPES } from "../../src/uapi/prog-types.ts";

/** `tracing trace_fentry vfs_read`; `-` for what there is not. */
function ruleText(section: string): string {
  const { type, attachType, attachTo = "-" } = sectionRule(section);
  return `${PROG_TYPES[type]} ${attachType === undefined ? "-" : ATTACH_TYPES[attachType]} ${attachTo}`;
}

test.each([
  ["socket", "socket_filter - -"],
  ["tc", "sched_cls - -"],
  ["classifier", "sched_cls - -"],
  ["action", "sched_act - -"],
  ["tc/ingress", "sched_cls tcx_ingress -"],
  ["tcx/egress", "sched_cls tcx_egress -"],
  ["netkit/primary", "sched_cls netkit_primary -"],
  ["netkit/peer", "sched_cls netkit_peer -"],
  ["xdp", "xdp xdp -"],
  ["xdp.frags", "xdp xdp -"],
  ["xdp/devmap", "xdp xdp_devmap -"],
  ["xdp.frags/cpumap", "xdp xdp_cpumap -"],
  ["sk_skb", "sk_skb - -"],
  ["sk_skb/stream_verdict", "sk_skb sk_skb_stream_verdict -"],
  ["sk_reuseport", "sk_reuseport sk_reuseport_select -"],
  ["sk_reuseport/migrate", "sk_reuseport sk_reuseport_select_or_migrate -"],
  ["sk_lookup", "sk_lookup sk_lookup -"],
  ["sockops", "sock_ops cgroup_sock_ops -"],
  ["netfilter", "netfilter netfilter -"],
  ["syscall", "syscall - -"],
  ["cgroup/skb", "cgroup_skb - -"],
  ["cgroup_skb/ingress", "cgroup_skb cgroup_inet_ingress -"],
  ["cgroup/sock", "cgroup_sock cgroup_inet_sock_create -"],
  ["cgroup/post_bind6", "cgroup_sock cgroup_inet6_post_bind -"],
  ["cgroup/connect4", "cgroup_sock_addr cgroup_inet4_connect -"],
  ["cgroup/sendmsg6", "cgroup_sock_addr cgroup_udp6_sendmsg -"],
  ["cgroup/getsockname_unix", "cgroup_sock_addr cgroup_unix_getsockname -"],
  ["cgroup/dev", "cgroup_device cgroup_device -"],
  ["lwt_seg6local", "lwt_seg6local - -"],
])("%s stands for itself", (section, wanted) => {
  expect(ruleText(section)).toBe(wanted);
  expect(ruleText(`?${section}`)).toBe(wanted);
  expect(ruleText(`${section}/more`)).toBe("unspec - -");
});

test.each([
  ["kprobe", "kprobe - "],
  ["kretprobe", "kprobe - "],
  ["ksyscall", "kprobe - "],
  ["uprobe.s", "kprobe - "],
  ["uretprobe", "kprobe - "],
  ["usdt.s", "kprobe - "],
  ["kprobe.multi", "kprobe trace_kprobe_multi "],
  ["kprobe.session", "kprobe trace_kprobe_session "],
  ["uretprobe.multi.s", "kprobe trace_uprobe_multi "],
  ["uprobe.session", "kprobe trace_uprobe_session "],
  ["tp", "tracepoint - "],
  ["tracepoint", "tracepoint - "],
  ["raw_tp.s", "raw_tracepoint - "],
  ["raw_tracepoint.w", "raw_tracepoint_writable - "],
  ["tp_btf.s", "tracing trace_raw_tp "],
  ["fentry", "tracing trace_fentry "],
  ["fexit.s", "tracing trace_fexit "],
  ["fmod_ret", "tracing modify_return "],
  ["fsession", "tracing trace_fsession "],
  ["fentry.multi.s", "tracing trace_fentry_multi "],
  ["iter.s", "tracing trace_iter "],
  ["freplace", "ext - "],
  ["lsm.s", "lsm lsm_mac "],
  ["lsm_cgroup", "lsm lsm_cgroup "],
  ["struct_ops.s", "struct_ops - "],
])("%s may say what it is attached to", (section, wanted) => {
  expect(ruleText(section)).toBe(`${wanted}-`);
  expect(ruleText(`${section}/a/b:c`)).toBe(`${wanted}a/b:c`);
  expect(ruleText(`?${section}/a`)).toBe(`${wanted}a`);
  expect(ruleText(`${section}/`)).toBe(wanted);
  expect(ruleText(`${section}_more`)).toBe("unspec - -");
});

describe("names that mean nothing", () => {
  test.each([
    "",
    "?",
    ".text",
    "XDP",
    "xdp_prog",
    "kprobes/x",
    "/kprobe",
    "??xdp",
    "constructor",
    "__proto__",
  ])("'%s'", (section) => expect(sectionRule(section)).toEqual({ type: 0 }));
});
