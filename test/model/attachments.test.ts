/** What is attached where: every place that tells of a program, joined; what holds each; both ways round. */
import { describe, expect, test } from "vitest";
import { InspectError } from "../../src/errors.ts";
import type { Hook } from "../../src/model/attachments/hooks.ts";
import { readAttachments } from "../../src/model/attachments/read.ts";
import { type AttachmentFilter, attachmentsView } from "../../src/model/attachments/view.ts";
import type { NetDeviceRecord, NetRecord } from "../../src/model/net-records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { hookText } from "../../src/render/attachments/hooks.ts";
import { keeperText } from "../../src/render/attachments/keepers.ts";
import { linkReader } from "../../src/sources/live/links.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { LINK_TYPE } from "../../src/uapi/link-types.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { byName } from "../../src/uapi/name-table.ts";
import { PROG_TYPE } from "../../src/uapi/prog-types.ts";
import { CAPTURED_KALLSYMS, CAPTURED_LINKS } from "../sources/captured-links.ts";
import { linkKernel } from "../sources/link-kernel.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { u32s } from "../support/insns.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { btfRecord, linkRecord, mapRecord, perfRecord, progRecord } from "../support/records.ts";
import { MAP_IDS, STRUCT_OPS_MACHINE } from "../support/struct-ops-machine.ts";

const AT = byName(ATTACH_TYPES);
const ALL: AttachmentFilter = { by: "all" };

function viewOf(machine: Machine, filter = ALL, more: Partial<ObjectSource> = {}) {
  const registry = new Registry({ ...memorySource(machine), ...more });
  const { attachments, problems } = readAttachments(registry);
  return { ...attachmentsView(registry, attachments, filter), problems };
}

/** A row for each program on a hook: `hook | place | prog | link`. */
function rows(machine: Machine, more: Partial<ObjectSource> = {}): string[] {
  return viewOf(machine, ALL, more).hooks.flatMap(({ hook, attachments }) =>
    attachments.map(({ slot, member, priority, action, progId, linkId, perfFds }) => {
      const place = slot ?? member ?? priority ?? (action ? "action" : "");
      const held = linkId ?? perfFds?.map(({ pid, fd }) => `${pid}/${fd}`).join(" ") ?? "";
      return [hookText(hook), place, progId, held].join(" | ");
    }),
  );
}

function keepers(machine: Machine, id: number, more: Partial<ObjectSource> = {}) {
  const program = viewOf(machine, ALL, more).programs.find(({ prog }) => prog.id === id);
  return { by: program?.keptAliveBy.map(keeperText), orphan: program?.orphan };
}

function device(ifindex: number, ifname: string, fields: Partial<NetDeviceRecord> = {}): NetDeviceRecord {
  return { ifindex, ifname, altNames: [], mprogs: [], filters: [], ...fields };
}

function net(fields: Partial<NetRecord>): NetRecord {
  const netns = { ino: 1n, own: true, names: [] };
  return { netns, devices: [], flowDissector: [], problems: [], ...fields };
}

const BLUE = { ino: 2n, own: false, names: ["blue"] };
const PROGS = Array.from({ length: 20 }, (_, i) => progRecord({ id: i + 1, name: `p${i + 1}` }));

describe("links", () => {
  const { sys } = linkKernel(CAPTURED_LINKS, { kallsyms: CAPTURED_KALLSYMS });
  const links = linkReader(sys).all();

  test("each of every kind is on one hook", () => {
    const { hooks, problems } = viewOf({ links });
    const found = hooks.flatMap(({ attachments }) => attachments.map(({ linkId }) => linkId));
    const expected = links.filter(({ type }) => type !== LINK_TYPE.struct_ops).map(({ id }) => id);
    expect(found.sort((a, b) => Number(a) - Number(b))).toEqual(expected);
    expect(problems).toEqual([]);
  });

  test.each([
    [3, "iter bpf_map_elem  map_id 55"],
    [4, "iter task  tid 7"],
    [7, "iter bpf_prog"],
    [9, "kprobe.multi do_nanosleep, do_exit, schedule"],
    [11, "uretprobe.multi /usr/lib/libc.so.6 +0x123456789abcdef, +0x0 pid 33"],
    [12, "map 3 sk_msg_verdict"],
    [13, "kprobe do_nanosleep"],
    [14, "kretprobe do_nanosleep+0x10"],
    [16, "uprobe /bin/bash+0x2340"],
    [17, "uretprobe /bin/bash"],
    [18, "perf_event hardware:cpu-cycles"],
    [22, "perf_event 99:5"],
    [23, "link of type perf_event"],
    [24, "(detached) tcx/egress"],
    [25, "ifindex 7 netkit/primary"],
    [26, "(detached) xdp"],
    [27, "netfilter arp output"],
    [28, "netfilter pf 99 hook 12"],
    [30, "link of type tracing_multi"],
    [31, "link of type 77"],
    [32, "cgroup id 1 type 200"],
  ])("link %i is on %s", (id, text) => {
    const { hooks } = viewOf({ links: links.filter((link) => link.id === id) });
    expect(
      hooks.map(({ hook }) => hookText(hook)).map((hook) => hook.replace(/ifindex \d+/, "ifindex 7")),
    ).toEqual([text]);
  });
});

describe("tracing", () => {
  const builder = new BtfBuilder();
  const func = builder.func("traced", 0, []);
  const bytes = builder.build();
  const machine = (prog: Parameters<typeof progRecord>[0], objId: number): Machine => ({
    progs: [progRecord(prog), progRecord({ id: 7, name: "target", btfId: 3 })],
    btfs: [btfRecord({ id: 3, size: bytes.length })],
    blobs: new Map([[3, bytes]]),
    links: [
      linkRecord(5, LINK_TYPE.tracing, prog.id, {
        kind: "tracing",
        attachType: AT.trace_fentry,
        targetObjId: objId,
        targetBtfId: func,
        cookie: 0n,
      }),
    ],
  });

  test("a function of the kernel, by its BTF", () => {
    const traced = machine({ id: 9, type: PROG_TYPE.tracing, attachBtfObjId: 3, attachBtfId: func }, 3);
    expect(rows(traced)).toEqual(["fentry traced |  | 9 | 5"]);
  });

  test("a function of another program, which the link keeps loaded", () => {
    const traced = machine({ id: 9, type: PROG_TYPE.tracing, attachBtfId: func }, 7);
    expect(rows(traced)).toEqual(["fentry traced of prog 7 |  | 9 | 5"]);
    expect(keepers(traced, 7)).toEqual({ by: ["link 5"], orphan: false });
  });

  test("freplace", () => {
    const replaced = machine({ id: 9, type: PROG_TYPE.ext, attachBtfId: func }, 7);
    expect(rows(replaced)).toEqual(["freplace traced of prog 7 |  | 9 | 5"]);
  });

  test("what cannot be read has no name", () => {
    const gone = machine({ id: 9, type: PROG_TYPE.tracing, attachBtfId: func }, 8);
    expect(rows(gone)).toEqual(["fentry (unknown function) of prog 8 |  | 9 | 5"]);
  });
});

describe("the network", () => {
  const xdp = (progId: number) => ({ mode: 1, progs: [{ mode: 1, progId }] });
  const xdpLink = (id: number, progId: number, ifindex: number, ifname?: string) =>
    linkRecord(id, LINK_TYPE.xdp, progId, { kind: "xdp", ifindex, ...(ifname !== undefined && { ifname }) });

  test("XDP by netlink, and by a link", () => {
    const nets = [net({ devices: [device(2, "eth0", { xdp: xdp(1) }), device(3, "eth1", { xdp: xdp(2) })] })];
    expect(rows({ progs: PROGS, nets, links: [xdpLink(5, 2, 3, "eth1")] })).toEqual([
      "eth0(2) xdp driver |  | 1 | ",
      "eth1(3) xdp driver |  | 2 | 5",
    ]);
  });

  test("a link says which device only by its index, which counts in a namespace of its own", () => {
    const nets = [
      net({ devices: [device(3, "eth1")] }),
      net({ netns: BLUE, devices: [device(3, "veth0", { xdp: xdp(2) })] }),
    ];
    expect(rows({ progs: PROGS, nets, links: [xdpLink(5, 2, 3, "eth1"), xdpLink(6, 2, 9)] })).toEqual([
      "veth0(3) netns blue xdp driver |  | 2 | 5",
      "ifindex 9 xdp |  | 2 | 6",
    ]);
  });

  test("tcx in the order in which programs run, and tc filters with their actions", () => {
    const mprog = (progId: number, linkId: number) => ({
      attachType: AT.tcx_ingress,
      progId,
      linkId,
      progFlags: 0,
      linkFlags: 0,
    });
    const link = linkRecord(5, LINK_TYPE.tcx, 4, { kind: "tcx", ifindex: 2, attachType: AT.tcx_ingress });
    const filter = {
      kind: "clsact/egress",
      name: "f.o",
      progId: 1,
      actions: [{ progId: 2 }, { name: "classic" }],
    };
    const nets = [
      net({
        devices: [device(2, "eth0", { mprogs: [mprog(9, 0), mprog(4, 5), mprog(3, 0)], filters: [filter] })],
      }),
    ];
    expect(rows({ progs: PROGS, nets, links: [link] })).toEqual([
      "eth0(2) tcx/ingress |  | 9 | ",
      "eth0(2) tcx/ingress |  | 4 | 5",
      "eth0(2) tcx/ingress |  | 3 | ",
      "eth0(2) tc clsact/egress |  | 1 | ",
      "eth0(2) tc clsact/egress | action | 2 | ",
    ]);
  });

  test("namespaces, and netfilter by priority", () => {
    const netns = (id: number, progId: number, attachType: number) =>
      linkRecord(id, LINK_TYPE.netns, progId, { kind: "netns", netnsIno: 2, attachType });
    const filter = (id: number, prio: number) =>
      linkRecord(id, LINK_TYPE.netfilter, id, { kind: "netfilter", pf: 2, hook: 1, prio, flags: 0 });
    const nets = [net({ flowDissector: [1] }), net({ netns: BLUE, flowDissector: [2] })];
    const links = [netns(5, 2, AT.flow_dissector), netns(6, 3, AT.sk_lookup), filter(7, 10), filter(8, -10)];
    expect(rows({ progs: PROGS, nets, links })).toEqual([
      "netns 1 flow_dissector |  | 1 | ",
      "netns blue flow_dissector |  | 2 | 5",
      "netns blue sk_lookup |  | 3 | 6",
      "netfilter ip input | -10 | 8 | 8",
      "netfilter ip input | 10 | 7 | 7",
    ]);
  });

  test("what of a namespace cannot be read does not hide the rest", () => {
    const nets = [
      net({ devices: [device(2, "eth0", { xdp: xdp(1) })] }),
      net({ netns: BLUE, problems: ["no"] }),
    ];
    const { hooks, problems } = viewOf({ progs: PROGS, nets });
    expect(hooks.map(({ hook }) => hookText(hook))).toEqual(["eth0(2) xdp driver"]);
    expect(problems).toEqual(["netns blue: no"]);
  });
});

describe("cgroups", () => {
  const prog = (progId: number, attachType: number) => ({ progId, attachType, attachFlags: 2 });
  const cgroups = {
    mount: "/cg",
    cgroups: [
      { path: "/cg", id: 1n, attached: [prog(1, AT.cgroup_device)], effective: [] },
      {
        path: "/cg/a",
        id: 7n,
        attached: [prog(3, AT.cgroup_inet_egress), prog(2, AT.cgroup_inet_egress)],
        effective: [],
      },
    ],
    unread: [{ path: "/cg/b", message: "can't open cgroup /cg/b: no" }],
  };
  const link = (id: number, cgroupId: bigint) =>
    linkRecord(id, LINK_TYPE.cgroup, 2, { kind: "cgroup", cgroupId, attachType: AT.cgroup_inet_egress });

  test("by themselves and by links, one of which no walk came to", () => {
    expect(rows({ progs: PROGS, cgroups, links: [link(5, 7n), link(6, 99n)] })).toEqual([
      "cgroup /cg cgroup_device |  | 1 | ",
      "cgroup /cg/a cgroup_inet_egress |  | 3 | ",
      "cgroup /cg/a cgroup_inet_egress |  | 2 | 5",
      "cgroup id 99 cgroup_inet_egress |  | 2 | 6",
    ]);
    expect(viewOf({ progs: PROGS, cgroups }).problems).toEqual(["can't open cgroup /cg/b: no"]);
  });
});

describe("perf events", () => {
  const KPROBE = 2;
  const fd = (pid: number, number: number, progId: number, name: string) =>
    perfRecord({ pid, fd: number, progId, fdType: KPROBE, name });

  test("a link on one shows in both places; descriptors of one event are one", () => {
    const detail = {
      kind: "perf_kprobe",
      retprobe: false,
      func: "do_exit",
      addr: 0n,
      offset: 0,
      missed: 0n,
      cookie: 3n,
    } as const;
    const machine: Machine = {
      progs: PROGS,
      links: [linkRecord(5, LINK_TYPE.perf_event, 1, detail)],
      perf: [
        fd(10, 3, 1, "do_exit"),
        fd(10, 4, 2, "do_exit"),
        fd(11, 4, 2, "do_exit"),
        perfRecord({ fdType: 99, progId: 3 }),
      ],
    };
    expect(rows(machine)).toEqual(["kprobe do_exit |  | 1 | 5", "kprobe do_exit |  | 2 | 10/4 11/4"]);
    expect(keepers(machine, 2)).toEqual({
      by: ["perf event: pid 10 fd 4", "perf event: pid 11 fd 4"],
      orphan: false,
    });
  });
});

describe("maps", () => {
  const map = (id: number, type: number, fields = {}) =>
    mapRecord({ id, type, name: `m${id}`, maxEntries: 8, ...fields });
  const maps = [
    map(1, MAP_TYPE.prog_array),
    map(2, MAP_TYPE.devmap, { valueSize: 8 }),
    map(3, MAP_TYPE.cpumap, { valueSize: 4 }),
    map(4, MAP_TYPE.sockmap, { valueSize: 8 }),
    map(5, MAP_TYPE.array),
  ];
  const entry = (key: number, ...value: readonly number[]) => ({ key: u32s(key), value: u32s(...value) });
  const machine: Machine = {
    progs: PROGS,
    maps,
    entries: new Map([
      [1, [entry(6, 12), entry(2, 11), entry(3, 12)]],
      [2, [entry(0, 4, 13), entry(1, 4, 0)]],
      [3, [entry(0, 192)]],
      [5, [entry(0, 14)]],
    ]),
    mapProgs: new Map([
      [
        4,
        [
          { attachType: AT.sk_msg_verdict, progId: 15 },
          { attachType: AT.sk_skb_verdict, progId: 16 },
        ],
      ],
    ]),
    links: [
      linkRecord(5, LINK_TYPE.sockmap, 15, { kind: "sockmap", mapId: 4, attachType: AT.sk_msg_verdict }),
    ],
  };

  test("slots by key, XDP programs of redirects, verdicts on sockets", () => {
    expect(rows(machine)).toEqual([
      "map 4 m4 sk_msg_verdict |  | 15 | 5",
      "map 4 m4 sk_skb_verdict |  | 16 | ",
      "prog_array map 1 m1 | 2 | 11 | ",
      "prog_array map 1 m1 | 3 | 12 | ",
      "prog_array map 1 m1 | 6 | 12 | ",
      "devmap map 2 m2 | 0 | 13 | ",
    ]);
  });

  test("what is in a map is no orphan; the map is told once", () => {
    expect(keepers(machine, 12)).toEqual({ by: ["map 1 m1"], orphan: false });
    expect(keepers(machine, 14)).toEqual({ by: [], orphan: true });
  });

  test("a map that cannot be read does not hide the others", () => {
    const lost = new InspectError("syscall", "gone");
    const source = memorySource(machine);
    const contents: ObjectSource["contents"] = (one) => {
      if (one.id === 1) throw lost;
      return source.contents(one);
    };
    const { hooks, problems } = viewOf(machine, ALL, { contents });
    expect(problems).toEqual(["map 1: gone"]);
    expect(hooks.map(({ hook }) => hook.kind)).toEqual(["sockmap", "sockmap", "map"]);
  });
});

describe("struct_ops", () => {
  const operations = (rowsOfAll: readonly string[]) =>
    rowsOfAll.filter((row) => row.startsWith("struct_ops"));

  test("members with their programs; a map that waits for its link is not registered", () => {
    const [first = 0] = STRUCT_OPS_MACHINE.progs?.map(({ id }) => id) ?? [];
    const members = (map: string, names: readonly string[]) =>
      names.map((name, i) => `struct_ops tcp_congestion_ops map ${map} | ${name} | ${first + i} | `);
    expect(operations(rows(STRUCT_OPS_MACHINE))).toEqual([
      ...members(`${MAP_IDS.sa_cc} sa_cc`, ["ssthresh", "cong_avoid", "undo_cwnd", "init"]),
      ...members(`${MAP_IDS.sa_cc_link} sa_cc_link (not registered)`, [
        "ssthresh",
        "cong_avoid",
        "undo_cwnd",
      ]),
    ]);
  });

  test("a link registers the map", () => {
    const mapId = MAP_IDS.sa_cc_link;
    const links = [linkRecord(5, LINK_TYPE.struct_ops, mapId, { kind: "struct_ops", mapId })];
    const linked = operations(rows({ ...STRUCT_OPS_MACHINE, links })).filter((row) =>
      row.includes("sa_cc_link"),
    );
    expect(linked.length).toBeGreaterThan(0);
    for (const row of linked) expect(row).toMatch(/map 10608 sa_cc_link \| \w+ \| \d+ \| 5$/);
  });
});

describe("what keeps a program", () => {
  const links = [
    linkRecord(5, LINK_TYPE.raw_tracepoint, 1, { kind: "raw_tracepoint", tpName: "sys_enter", cookie: 0n }),
  ];
  const machine: Machine = {
    progs: PROGS,
    links,
    nets: [net({ devices: [device(2, "eth0", { xdp: { mode: 1, progs: [{ mode: 1, progId: 3 }] } })] })],
    pins: [
      { kind: "prog", id: 2, path: "/sys/fs/bpf/p" },
      { kind: "link", id: 5, path: "/sys/fs/bpf/l" },
    ],
    holders: [
      { kind: "prog", id: 1, pid: 10, comm: "loader" },
      { kind: "prog", id: 1, pid: 10, comm: "loader" },
      { kind: "link", id: 5, pid: 11, comm: "agent" },
    ],
  };

  test.each([
    [1, ["loader(10)", "link 5: agent(11), /sys/fs/bpf/l"], false],
    [2, ["/sys/fs/bpf/p"], false],
    [3, ["its hook, eth0(2) xdp driver"], true],
    [4, [], true],
  ])("program %i", (id, by, orphan) => expect(keepers(machine, id)).toEqual({ by, orphan }));

  test("programs of a filter come with all that they are on, hooks with all programs", () => {
    const ids = new Set([3]);
    const { programs, hooks } = viewOf(machine, { by: "progs", ids });
    expect(programs.map(({ prog }) => prog.id)).toEqual([3]);
    expect(hooks.map(({ hook }) => hookText(hook))).toEqual(["eth0(2) xdp driver"]);
    const fits = ({ kind }: Hook) => kind === "raw_tracepoint";
    expect(viewOf(machine, { by: "hooks", fits }).programs.map(({ prog }) => prog.id)).toEqual([1]);
  });
});
