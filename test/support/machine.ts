/** A machine with something of everything that a source can tell. */
import type { LinkRecord, ProgRecord } from "../../src/model/records.ts";
import { BtfBuilder } from "./btf-builder.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "./insns.ts";
import type { Machine } from "./memory-source.ts";
import { btfRecord, hostRecord, linkRecord, mapRecord, perfRecord, progCode, progRecord } from "./records.ts";

const CALL_BASE = 0xffffffff814ca650n;
const KSYM = 0xffffffffc0300100n;

/** What the listings of its programs ask for. */
export const SYMBOL_REQUEST = { addresses: [KSYM, 0xffffffffc0300000n], offsets: [330864, -61360] };

/** BTF of a program with a long name and with metadata. */
function programBtf() {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const func = builder.func("xdp_drop_all_of_them", int, [["ctx", builder.ref("PTR", 0)]]);
  const license = builder.variable("bpf_metadata_license", builder.array(builder.int("char", 1), 4));
  const version = builder.variable("bpf_metadata_num", int);
  const section = builder.section(".rodata", 8, [
    [license, 0, 4],
    [version, 4, 4],
  ]);
  const line = { file: builder.string("drop.bpf.c"), text: builder.string("\treturn XDP_DROP;") };
  return { bytes: builder.build(), func, section, line };
}

const BTF = programBtf();
const XLATED = insns(
  insn(0x18, { dst: 1, src: 1, imm: 26 }),
  insn(0),
  insn(0x85, { imm: 330864 }),
  insn(0x85, { imm: -61360 }),
  insn(0x85, { src: 1, off: 1, imm: 1 }),
  EXIT,
  MOV_R0_0,
  EXIT,
);
const JITED = Uint8Array.from({ length: 100 }, (_, i) => (i * 7) & 0xff);
const MANY_MAPS = Array.from({ length: 100 }, (_, i) => 1000 + i);

const DEVICE = { ifindex: 3, netnsDev: 4n, netnsIno: 4_026_531_992n };

function tag(seed: number): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, i) => (seed * 31 + i) & 0xff);
}

const PROGS: readonly ProgRecord[] = [
  progRecord({ id: 7, type: 2, tag: tag(7), name: "short", uid: 1000, xlatedLen: 16 }),
  progRecord({
    id: 121,
    tag: tag(121),
    name: "xdp_drop_all_of",
    gplCompatible: true,
    loadTime: 123_456_789_012n,
    mapIds: [30, 26],
    xlatedLen: XLATED.length,
    jitedLen: JITED.length,
    btfId: 24,
    nrFuncInfo: 1,
    runTimeNs: 0xffff_ffff_ffff_ffffn,
    runCnt: 4n,
    recursionMisses: 5n,
    verifiedInsns: 77,
    attachBtfObjId: 1,
    attachBtfId: 12_345,
    memlock: "4096",
  }),
  progRecord({ id: 122, type: 99, tag: tag(122), mapIds: MANY_MAPS, xlatedLen: 16, memlock: "4096" }),
  progRecord({ id: 123, tag: tag(123), device: { ...DEVICE, ifname: "eth0" }, xlatedLen: 16 }),
  progRecord({ id: 124, tag: tag(124), device: { ...DEVICE, netnsIno: 1n }, xlatedLen: 16 }),
];

const U64 = 0xffff_ffff_ffff_fffdn;

/** A link of every kind. */
const LINKS: readonly LinkRecord[] = [
  linkRecord(1, 1, 121, { kind: "raw_tracepoint", tpName: "sys_enter", cookie: U64 }),
  linkRecord(2, 2, 121, { kind: "tracing", attachType: 24, targetObjId: 1, targetBtfId: 2, cookie: 3n }),
  linkRecord(3, 3, 7, { kind: "cgroup", cgroupId: U64, attachType: 200 }),
  linkRecord(4, 4, 7, {
    kind: "iter",
    targetName: "bpf_map_elem",
    mapId: 26,
    cgroupId: 0x0000_0008_0000_0007n,
    order: 2,
    tid: 7,
    pid: 8,
  }),
  linkRecord(5, 5, 7, { kind: "netns", netnsIno: 4_026_531_992, attachType: 36 }),
  linkRecord(6, 6, 121, { kind: "xdp", ifindex: 3, ifname: "eth0" }),
  linkRecord(7, 6, 121, { kind: "xdp", ifindex: 0 }),
  linkRecord(8, 9, 26, { kind: "struct_ops", mapId: 26 }),
  linkRecord(9, 10, 7, { kind: "netfilter", pf: 2, hook: 1, prio: -128, flags: 1 }),
  linkRecord(10, 11, 7, { kind: "tcx", ifindex: 9999, attachType: 46 }),
  linkRecord(11, 13, 7, { kind: "netkit", ifindex: 3, ifname: "eth0", attachType: 54 }),
  linkRecord(12, 14, 7, { kind: "sockmap", mapId: 26, attachType: 7 }),
  linkRecord(13, 12, 7, {
    kind: "uprobe_multi",
    path: "/usr/lib/libc.so.6",
    flags: 1,
    pid: 33,
    funcs: [
      { offset: 0x0123_4567_89ab_cdefn, refCtrOffset: 0n, cookie: 1n },
      { offset: 0n, refCtrOffset: 0x77n, cookie: U64 },
    ],
  }),
  linkRecord(14, 7, 7, {
    kind: "perf_uprobe",
    retprobe: false,
    file: "/bin/bash",
    offset: 0x2340,
    cookie: 9n,
    refCtrOffset: 0x99n,
  }),
  linkRecord(15, 7, 7, {
    kind: "perf_uprobe",
    retprobe: true,
    file: "/bin/bash",
    offset: 0,
    cookie: 0n,
    refCtrOffset: 0n,
  }),
  linkRecord(16, 7, 7, {
    kind: "perf_kprobe",
    retprobe: false,
    func: "do_nanosleep",
    addr: 0xffffffff81234560n,
    offset: 16,
    missed: 3n,
    cookie: 9n,
  }),
  linkRecord(17, 7, 7, {
    kind: "perf_kprobe",
    retprobe: true,
    func: "",
    addr: 0n,
    offset: 0,
    missed: 0n,
    cookie: 0n,
  }),
  linkRecord(18, 7, 7, { kind: "perf_tracepoint", tracepoint: "sys_enter_read", cookie: 7n }),
  linkRecord(19, 7, 7, { kind: "perf_event", type: 1, config: 0n, cookie: 2n }),
  linkRecord(20, 77, 7, { kind: "none" }),
];

/** As real kernels tell it, a program that is not compiled has no address either. */
export const MACHINE: Machine = {
  host: hostRecord(),
  progs: PROGS,
  code: new Map([
    [7, progCode({ xlated: insns(MOV_R0_0, EXIT) })],
    [
      121,
      progCode({
        xlated: XLATED,
        funcInfo: u32s(0, BTF.func),
        lineInfo: u32s(
          0,
          BTF.line.file,
          BTF.line.text,
          (11 << 10) | 14,
          5,
          BTF.line.file,
          BTF.line.text,
          12 << 10,
        ),
        jitedKsyms: [0xffffffffc0300000n, KSYM],
        jitedFuncLens: [60, 40],
      }),
    ],
    [122, progCode({ xlated: insns(MOV_R0_0, EXIT) })],
    [123, progCode({ xlated: insns(MOV_R0_0, EXIT) })],
    [124, progCode({ xlated: insns(MOV_R0_0, EXIT) })],
  ]),
  images: new Map([
    [
      121,
      {
        jited: JITED,
        jitedLineInfo: new Uint8Array(BigUint64Array.of(KSYM, U64).buffer),
        jitedLineInfoRecSize: 8,
      },
    ],
  ]),
  maps: [
    mapRecord({ id: 26, name: "stats", flags: 1, maxEntries: 16, memlock: "8192", mapExtra: U64 }),
    mapRecord({
      id: 30,
      type: 2,
      name: "t.rodata",
      flags: 0x480,
      valueSize: 8,
      btfId: 24,
      btfValueTypeId: BTF.section,
      memlock: "8192",
      frozen: true,
    }),
    mapRecord({ id: 31, type: 3, name: "progs", maxEntries: 3, ownerProgType: 6, ownerJited: true }),
    mapRecord({ id: 32, type: 5, name: "per_cpu", valueSize: 5, maxEntries: 4, btfKeyTypeId: 1 }),
    mapRecord({ id: 33, type: 33, name: "fifteen_letters", device: { ...DEVICE, ifname: "eth0" } }),
    mapRecord({ id: 34, type: 26, btfVmlinuxValueTypeId: 99, btfVmlinuxId: 1, valueSize: 300 }),
  ],
  entries: new Map([
    [
      26,
      [
        { key: u32s(1), value: u32s(10) },
        { key: u32s(2), value: u32s(20) },
        { key: u32s(3), value: u32s(30) },
      ],
    ],
    [30, [{ key: u32s(0), value: Uint8Array.of(0x47, 0x50, 0x4c, 0, 7, 0, 0, 0) }]],
    [32, [{ key: u32s(5), value: Uint8Array.from({ length: 16 }, (_, i) => i) }]],
  ]),
  btfs: [
    btfRecord({ id: 1, size: 5_515_236, name: "vmlinux", kernel: true }),
    btfRecord({ id: 24, size: BTF.bytes.length }),
  ],
  blobs: new Map([[24, BTF.bytes]]),
  links: LINKS,
  perf: [
    perfRecord({ pid: 1, fd: 4, progId: 7, fdType: 0, name: "sys_enter" }),
    perfRecord({ pid: 1765, fd: 6, progId: 26, fdType: 2, name: "blk_account_io_start" }),
    perfRecord({ pid: 1765, fd: 11, progId: 28, fdType: 3, name: "", addr: U64 }),
    perfRecord({ pid: 1765, fd: 12, progId: 28, fdType: 4, name: "/bin/bash", offset: 96n }),
  ],
  pins: [
    { kind: "prog", id: 121, path: "/sys/fs/bpf/demo/drop" },
    { kind: "map", id: 26, path: "/sys/fs/bpf/demo/stats" },
    { kind: "prog", id: 7, path: "/sys/fs/bpf/short" },
    { kind: "link", id: 1, path: "/sys/fs/bpf/rtp" },
    { kind: "map", id: 26, path: "/mnt/other bpf/\\odd/stats_again" },
  ],
  holders: [
    { kind: "prog", id: 121, pid: 100, comm: "loader" },
    { kind: "map", id: 26, pid: 100, comm: "loader" },
    { kind: "link", id: 1, pid: 100, comm: "loader" },
    { kind: "link", id: 8, pid: 100, comm: "loader" },
    { kind: "btf", id: 24, pid: 200, comm: "with: colon" },
    { kind: "map", id: 26, pid: 200, comm: "with: colon" },
  ],
  tokens: [
    { path: "/mnt/tokens", cmds: ["map_create"], maps: ["hash", "array"], progs: ["any"], attachs: [] },
  ],
  nets: [
    {
      netns: { ino: 4_026_531_840n, own: true, names: ["home"], pid: 1 },
      devices: [
        {
          ifindex: 1,
          ifname: "eth0",
          altNames: ["uplink"],
          xdp: { mode: 4, progs: [{ mode: 2, progId: 121 }] },
          mprogs: [{ attachType: 46, progId: 7, progFlags: 0, linkId: 12, linkFlags: 0xffff_ffff }],
          filters: [
            {
              kind: "clsact/ingress",
              name: "f:[*fsobj]",
              progId: 7,
              actions: [{ name: "a", progId: 7 }, {}],
            },
            { kind: "htb" },
          ],
        },
      ],
      flowDissector: [124],
      problems: ["can't read all qdiscs: No buffer space available"],
    },
  ],
  symbols: [
    [CALL_BASE - 61360n, "bpf_trace_printk"],
    [CALL_BASE, "__bpf_call_base"],
    [CALL_BASE + 330864n, "__htab_map_lookup_elem"],
    [0xffffffffc0300000n, "bpf_prog_9e57_xdp_drop_all_of_them"],
    [KSYM, "bpf_prog_e8a0b6af00c52f43_bump"],
  ],
};
