/** Every kind of link and perf attachment against what bpftool 7.8.0 printed over crafted answers of the kernel. */
import { describe, expect, test } from "vitest";
import type { LinkDetail } from "../../src/model/records.ts";
import type { LinkView } from "../../src/model/views.ts";
import { linkJson, linkPlain } from "../../src/render/link/show.ts";
import { perfJson, perfPlain } from "../../src/render/perf/show.ts";
import { LINK_TYPE } from "../../src/uapi/link-types.ts";
import { CAPTURED_PERF } from "../sources/captured-perf.ts";
import { dataText } from "../support/data.ts";
import { linkRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const TRACING = 26;
const NONE: LinkDetail = { kind: "none" };

function kprobe(fields: Partial<Extract<LinkDetail, { kind: "perf_kprobe" }>>): LinkDetail {
  const nothing = { retprobe: false, func: "", addr: 0n, offset: 0, missed: 0n, cookie: 0n };
  return { kind: "perf_kprobe", ...nothing, ...fields };
}

function uprobe(fields: Partial<Extract<LinkDetail, { kind: "perf_uprobe" }>>): LinkDetail {
  const nothing = { retprobe: false, file: "/bin/bash", offset: 0, cookie: 0n, refCtrOffset: 0n };
  return { kind: "perf_uprobe", ...nothing, ...fields };
}

function iter(targetName: string, fields: Partial<Extract<LinkDetail, { kind: "iter" }>> = {}): LinkDetail {
  return { kind: "iter", targetName, mapId: 0, cgroupId: 0n, order: 0, tid: 0, pid: 0, ...fields };
}

function netfilter(pf: number, hook: number, prio: number, flags = 0): LinkDetail {
  return { kind: "netfilter", pf, hook, prio, flags };
}

/** The links of the capture by id: type, program and the rest. */
const LINKS: readonly (readonly [id: number, type: number, progId: number, detail: LinkDetail])[] = [
  [
    1,
    LINK_TYPE.tracing,
    1,
    { kind: "tracing", attachType: 24, targetObjId: 1, targetBtfId: 12345, cookie: 0n },
  ],
  [2, LINK_TYPE.tracing, 1, { kind: "tracing", attachType: 25, targetObjId: 0, targetBtfId: 0, cookie: 99n }],
  [3, LINK_TYPE.iter, 1002, iter("bpf_map_elem", { mapId: 55 })],
  [4, LINK_TYPE.iter, 1003, iter("task", { tid: 7 })],
  [5, LINK_TYPE.iter, 1004, iter("task_vma", { pid: 8 })],
  [6, LINK_TYPE.iter, 1005, iter("cgroup", { cgroupId: 42n, order: 2 })],
  [7, LINK_TYPE.iter, 1006, iter("bpf_prog")],
  [8, LINK_TYPE.struct_ops, 1007, { kind: "struct_ops", mapId: 66 }],
  [
    9,
    LINK_TYPE.kprobe_multi,
    1008,
    {
      kind: "kprobe_multi",
      flags: 0,
      missed: 5n,
      funcs: [
        { addr: 0xffffffff821f8be0n, cookie: 1n, func: "schedule" },
        { addr: 0xffffffff8135d5c0n, cookie: 0n, func: "do_exit" },
        { addr: 0xffffffff821ffb20n, cookie: 2n, func: "do_nanosleep" },
      ],
    },
  ],
  [10, LINK_TYPE.kprobe_multi, 1009, { kind: "kprobe_multi", flags: 1, missed: 0n, funcs: [] }],
  [
    11,
    LINK_TYPE.uprobe_multi,
    1010,
    {
      kind: "uprobe_multi",
      path: "/usr/lib/libc.so.6",
      flags: 1,
      pid: 33,
      funcs: [
        { offset: 0x123456789abcdefn, refCtrOffset: 0n, cookie: 0n },
        { offset: 0n, refCtrOffset: 0x77n, cookie: 0xffff_ffff_ffff_ffffn },
      ],
    },
  ],
  [12, LINK_TYPE.sockmap, 1011, { kind: "sockmap", mapId: 3, attachType: 7 }],
  [13, LINK_TYPE.perf_event, 1012, kprobe({ func: "do_nanosleep", addr: 0xffffffff81234560n })],
  [
    14,
    LINK_TYPE.perf_event,
    1013,
    kprobe({ retprobe: true, func: "do_nanosleep", offset: 16, missed: 3n, cookie: 9n }),
  ],
  [15, LINK_TYPE.perf_event, 1014, kprobe({})],
  [16, LINK_TYPE.perf_event, 1015, uprobe({ offset: 0x2340 })],
  [17, LINK_TYPE.perf_event, 1016, uprobe({ retprobe: true, cookie: 3n, refCtrOffset: 0x99n })],
  [18, LINK_TYPE.perf_event, 1017, { kind: "perf_event", type: 0, config: 0n, cookie: 0n }],
  [19, LINK_TYPE.perf_event, 1018, { kind: "perf_event", type: 3, config: 0x10002n, cookie: 0n }],
  [20, LINK_TYPE.perf_event, 1019, { kind: "perf_event", type: 3, config: 0x50407n, cookie: 0n }],
  [21, LINK_TYPE.perf_event, 1020, { kind: "perf_event", type: 4, config: 439n, cookie: 0n }],
  [22, LINK_TYPE.perf_event, 1021, { kind: "perf_event", type: 99, config: 5n, cookie: 1n }],
  [23, LINK_TYPE.perf_event, 1022, NONE],
  [24, LINK_TYPE.tcx, 1023, { kind: "tcx", ifindex: 0, attachType: 47 }],
  [25, LINK_TYPE.netkit, 1024, { kind: "netkit", ifindex: 9999, attachType: 54 }],
  [26, LINK_TYPE.xdp, 1025, { kind: "xdp", ifindex: 0 }],
  [27, LINK_TYPE.netfilter, 1026, netfilter(3, 1, 5)],
  [28, LINK_TYPE.netfilter, 1027, netfilter(99, 12, -5, 0x10)],
  [29, LINK_TYPE.netfilter, 1028, netfilter(5, 0, 0)],
  [30, LINK_TYPE.tracing_multi, 1029, NONE],
  [31, 77, 1030, NONE],
  [32, LINK_TYPE.cgroup, 1031, { kind: "cgroup", cgroupId: 1n, attachType: 200 }],
  [33, LINK_TYPE.unspec, 1032, NONE],
  [34, LINK_TYPE.netfilter, 1033, netfilter(7, 4, 0)],
];

function view(
  id: number,
  type: number,
  progId: number,
  detail: LinkDetail,
  rest: Partial<LinkView> = {},
): LinkView {
  const progType = detail.kind === "tracing" ? TRACING : undefined;
  return { link: linkRecord(id, type, progId, detail), progType, pins: undefined, holders: [], ...rest };
}

describe("linkPlain(), linkJson() print what bpftool 7.8.0 printed", () => {
  const recordedPlain = dataText(import.meta.url, "data/link_all_kinds.txt").split(/(?<=\n)(?=\d+: )/);
  // Not parsed: numbers of 64 bits must be there to the last digit.
  const recordedJson = dataText(import.meta.url, "data/link_all_kinds.json.txt")
    .slice(1, -2)
    .split(/,(?=\{"id")/);

  test("every recorded link has a row here", () => {
    const recorded = recordedPlain.map((text) => Number.parseInt(text, 10));
    expect(recordedJson.length).toBe(recorded.length);
    expect(LINKS.map(([id]) => id)).toEqual(recorded);
  });

  test.each(LINKS.map((row) => [recordedPlain[row[0] - 1]?.split("\n")[0], ...row] as const))(
    "%s",
    (_, ...row) => {
      const link = view(...row);
      expect(plainText((out) => linkPlain(out, link))).toBe(recordedPlain[row[0] - 1]);
      const ours = jsonText((json) => linkJson(json, link));
      expect(ours).toBe(recordedJson[row[0] - 1]);
    },
  );
});

describe("linkPlain(), linkJson()", () => {
  type Row = readonly [what: string, view: LinkView, plain: string, json: string];
  const rtp: LinkDetail = { kind: "raw_tracepoint", tpName: "sys_enter", cookie: 4660n };
  const ROWS: readonly Row[] = [
    [
      "raw_tracepoint with a pin (run)",
      view(90, 1, 1145, rtp, { pins: ["/sys/fs/bpf/demo/l_rtp_cookie"] }),
      "90: raw_tracepoint  prog 1145  \n\ttp 'sys_enter'  cookie 4660  \n\tpinned /sys/fs/bpf/demo/l_rtp_cookie\n",
      '{"id":90,"type":"raw_tracepoint","prog_id":1145,"tp_name":"sys_enter","cookie":4660,"pinned":["/sys/fs/bpf/demo/l_rtp_cookie"]}',
    ],
    [
      "tcx on a device (run)",
      view(100, LINK_TYPE.tcx, 1154, { kind: "tcx", ifindex: 6, ifname: "sa0", attachType: 46 }),
      "100: tcx  prog 1154  \n\tifindex sa0(6)  attach_type tcx_ingress  \n",
      '{"id":100,"type":"tcx","prog_id":1154,"devname":"sa0","ifindex":6,"attach_type":"tcx_ingress"}',
    ],
    [
      "tracing whose program cannot be read, where bpftool aborts (24.19)",
      view(
        1,
        LINK_TYPE.tracing,
        5,
        { kind: "tracing", attachType: 24, targetObjId: 0, targetBtfId: 0, cookie: 0n },
        { progType: undefined },
      ),
      "1: tracing  prog 5  \n\tattach_type trace_fentry  \n",
      '{"id":1,"type":"tracing","prog_id":5,"attach_type":"trace_fentry","target_obj_id":0,"target_btf_id":0,"cookie":0}',
    ],
    [
      "netns with holders",
      view(
        2,
        LINK_TYPE.netns,
        5,
        { kind: "netns", netnsIno: 4026531992, attachType: 36 },
        { holders: [{ kind: "link", id: 2, pid: 9, comm: "x" }], pins: [] },
      ),
      "2: netns  prog 5  \n\tnetns_ino 4026531992  attach_type sk_lookup  \n\tpids x(9)\n",
      '{"id":2,"type":"netns","prog_id":5,"netns_ino":4026531992,"attach_type":"sk_lookup","pinned":[],"pids":[{"pid":9,"comm":"x"}]}',
    ],
    [
      "perf event with holders: its cookie stands there once more (run with a crafted iterator)",
      view(
        3,
        LINK_TYPE.perf_event,
        5,
        { kind: "perf_tracepoint", tracepoint: "sched_switch", cookie: 0n },
        { holders: [{ kind: "link", id: 3, pid: 9, comm: "x" }], pins: ["/sys/fs/bpf/l"] },
      ),
      "3: perf_event  prog 5  \n\ttracepoint sched_switch  \n\tpinned /sys/fs/bpf/l\n\tbpf_cookie 0\n\tpids x(9)\n",
      '{"id":3,"type":"perf_event","prog_id":5,"tracepoint":"sched_switch","cookie":0,"pinned":["/sys/fs/bpf/l"],"bpf_cookie":0,"pids":[{"pid":9,"comm":"x"}]}',
    ],
    [
      "perf event of a kind that the kernel does not tell of, with holders",
      view(3, LINK_TYPE.perf_event, 5, NONE, { holders: [{ kind: "link", id: 3, pid: 9, comm: "x" }] }),
      "3: perf_event  prog 5  \n\tpids x(9)\n",
      '{"id":3,"type":"perf_event","prog_id":5,"pids":[{"pid":9,"comm":"x"}]}',
    ],
    [
      "perf tracepoint",
      view(3, LINK_TYPE.perf_event, 5, { kind: "perf_tracepoint", tracepoint: "sched_switch", cookie: 1n }),
      "3: perf_event  prog 5  \n\ttracepoint sched_switch  cookie 1  \n",
      '{"id":3,"type":"perf_event","prog_id":5,"tracepoint":"sched_switch","cookie":1}',
    ],
    [
      "uprobe_multi of no function",
      view(4, LINK_TYPE.uprobe_multi, 5, { kind: "uprobe_multi", path: "/x", flags: 0, pid: 0, funcs: [] }),
      "4: uprobe_multi  prog 5  \n",
      '{"id":4,"type":"uprobe_multi","prog_id":5,"retprobe":false,"path":"/x","func_cnt":0,"pid":0,"funcs":[]}',
    ],
    [
      "an iterator in an unknown order",
      view(5, LINK_TYPE.iter, 5, iter("cgroup", { cgroupId: 1n, order: 99 })),
      "5: iter  prog 5  target_name cgroup  cgroup_id 1  order unknown  \n",
      '{"id":5,"type":"iter","prog_id":5,"target_name":"cgroup","cgroup_id":1,"order":"unknown"}',
    ],
    [
      "netfilter of each family that the capture has not",
      view(6, LINK_TYPE.netfilter, 5, netfilter(10, 2, -1, 1)),
      "6: netfilter  prog 5  \n\tip6 forward prio -1 flags 0x1\n",
      '{"id":6,"type":"netfilter","prog_id":5,"pf":10,"hook":2,"prio":-1,"flags":1}',
    ],
  ];
  test.each(ROWS)("%s", (_, link, plain, json) => {
    expect(plainText((out) => linkPlain(out, link))).toBe(plain);
    expect(jsonText((out) => linkJson(out, link))).toBe(json);
  });
});

describe("perfPlain(), perfJson() print what bpftool 7.8.0 printed", () => {
  const recorded = dataText(import.meta.url, "data/perf_all_kinds.txt").split(/(?<=\n)/);

  test.each(CAPTURED_PERF.map((perf, i) => [recorded[i]?.trim(), perf, recorded[i]] as const))(
    "%s",
    (_, perf, theirs) => {
      // bpftool forgets the newline of an unknown type, so that the next line sticks to it; ours has one.
      const expected = perf.fdType === 99 ? `${theirs}\n` : theirs;
      expect(plainText((out) => perfPlain(out, perf))).toBe(expected);
    },
  );

  test("nothing recorded is left out", () => expect(CAPTURED_PERF.length).toBe(recorded.length));

  test("JSON", () => {
    const ours = jsonText((json) => {
      json.startArray();
      for (const perf of CAPTURED_PERF) perfJson(json, perf);
      json.endArray();
    });
    expect(`${ours}\n`).toBe(dataText(import.meta.url, "data/perf_all_kinds.json.txt"));
  });
});
