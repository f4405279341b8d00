/** The kernel's answers over which bpftool 7.8.0 printed test/render/data/link_all_kinds.*, in its order. */
import { LINK_TYPE } from "../../src/uapi/link-types.ts";
import { arraysAt, type KernelLink, kernelLink, textAt, u32At, u64At } from "./link-kernel.ts";

const tracing = (attachType: number, objId: number, btfId: number, cookie: bigint) => [
  u32At(16, attachType),
  u32At(20, objId),
  u32At(24, btfId),
  u64At(32, cookie),
];
const iter = (target: string) => textAt(16, 24, target);
/** In the union: bpf_perf_event_type, then what it names. */
const probe = (type: number, name: string, offset: number) => [
  u32At(16, type),
  textAt(24, 32, name),
  u32At(36, offset),
];
const perfEvent = (type: number, config: bigint) => [u32At(16, 6), u64At(24, config), u32At(32, type)];
const netfilter = (pf: number, hook: number, prio: number, flags = 0) => [
  u32At(16, pf),
  u32At(20, hook),
  u32At(24, prio),
  u32At(28, flags),
];
const onDevice = (ifindex: number, attachType: number) => [u32At(16, ifindex), u32At(20, attachType)];

const FUNCTIONS = [0xffffffff821ffb20n, 0xffffffff8135d5c0n, 0xffffffff821f8be0n];

export const CAPTURED_KALLSYMS = `${[
  "ffffffff8135d5c0 T do_exit",
  "ffffffff821f8be0 T schedule",
  "ffffffff821ffb20 t do_nanosleep",
].join("\n")}\n`;

export const CAPTURED_LINKS: readonly KernelLink[] = [
  kernelLink(1, LINK_TYPE.tracing, 1, ...tracing(24, 1, 12345, 0n)),
  kernelLink(2, LINK_TYPE.tracing, 1, ...tracing(25, 0, 0, 99n)),
  kernelLink(3, LINK_TYPE.iter, 1002, iter("bpf_map_elem"), u32At(28, 55)),
  kernelLink(4, LINK_TYPE.iter, 1003, iter("task"), u32At(32, 7)),
  kernelLink(5, LINK_TYPE.iter, 1004, iter("task_vma"), u32At(36, 8)),
  kernelLink(6, LINK_TYPE.iter, 1005, iter("cgroup"), u64At(32, 42n), u32At(40, 2)),
  kernelLink(7, LINK_TYPE.iter, 1006, iter("bpf_prog")),
  kernelLink(8, LINK_TYPE.struct_ops, 1007, u32At(16, 66)),
  kernelLink(
    9,
    LINK_TYPE.kprobe_multi,
    1008,
    arraysAt(24, { 16: FUNCTIONS, 40: [2n, 0n, 1n] }),
    u64At(32, 5n),
  ),
  kernelLink(10, LINK_TYPE.kprobe_multi, 1009, arraysAt(24, { 16: [], 40: [] }), u32At(28, 1)),
  kernelLink(
    11,
    LINK_TYPE.uprobe_multi,
    1010,
    textAt(16, 48, "/usr/lib/libc.so.6"),
    arraysAt(52, {
      24: [0x123456789abcdefn, 0n],
      32: [0n, 0x77n],
      40: [0n, 0xffff_ffff_ffff_ffffn],
    }),
    u32At(56, 1),
    u32At(60, 33),
  ),
  kernelLink(12, LINK_TYPE.sockmap, 1011, u32At(16, 3), u32At(20, 7)),
  kernelLink(13, LINK_TYPE.perf_event, 1012, ...probe(3, "do_nanosleep", 0), u64At(40, 0xffffffff81234560n)),
  kernelLink(14, LINK_TYPE.perf_event, 1013, ...probe(4, "do_nanosleep", 16), u64At(48, 3n), u64At(56, 9n)),
  kernelLink(15, LINK_TYPE.perf_event, 1014, ...probe(3, "", 0)),
  kernelLink(16, LINK_TYPE.perf_event, 1015, ...probe(1, "/bin/bash", 0x2340)),
  kernelLink(17, LINK_TYPE.perf_event, 1016, ...probe(2, "/bin/bash", 0), u64At(40, 3n), u64At(48, 0x99n)),
  kernelLink(18, LINK_TYPE.perf_event, 1017, ...perfEvent(0, 0n)),
  kernelLink(19, LINK_TYPE.perf_event, 1018, ...perfEvent(3, 0x10002n)),
  kernelLink(20, LINK_TYPE.perf_event, 1019, ...perfEvent(3, 0x50407n)),
  kernelLink(21, LINK_TYPE.perf_event, 1020, ...perfEvent(4, 439n)),
  kernelLink(22, LINK_TYPE.perf_event, 1021, ...perfEvent(99, 5n), u64At(40, 1n)),
  kernelLink(23, LINK_TYPE.perf_event, 1022, u32At(16, 77)),
  kernelLink(24, LINK_TYPE.tcx, 1023, ...onDevice(0, 47)),
  kernelLink(25, LINK_TYPE.netkit, 1024, ...onDevice(9999, 54)),
  kernelLink(26, LINK_TYPE.xdp, 1025, u32At(16, 0)),
  kernelLink(27, LINK_TYPE.netfilter, 1026, ...netfilter(3, 1, 5)),
  kernelLink(28, LINK_TYPE.netfilter, 1027, ...netfilter(99, 12, -5, 0x10)),
  kernelLink(29, LINK_TYPE.netfilter, 1028, ...netfilter(5, 0, 0)),
  kernelLink(30, LINK_TYPE.tracing_multi, 1029),
  kernelLink(31, 77, 1030, u64At(16, 0xffff_ffff_ffff_ffffn)),
  kernelLink(32, LINK_TYPE.cgroup, 1031, u64At(16, 1n), u32At(24, 200)),
  kernelLink(33, LINK_TYPE.unspec, 1032),
  kernelLink(34, LINK_TYPE.netfilter, 1033, ...netfilter(7, 4, 0)),
];
