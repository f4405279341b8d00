/** Network devices of the live source, over a kernel that answers with prepared and recorded bytes. */
import { describe, expect, test } from "vitest";
import type { NetDeviceRecord, NetRecord, NetRequest } from "../../src/model/net-records.ts";
import { BPF } from "../../src/sys/attr.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { EINVAL, ENODEV, ENOENT, EOPNOTSUPP, EPERM } from "../../src/uapi/errno.ts";
import { CRAFTED_MACHINE, CRAFTED_NETNS } from "../support/crafted-network.ts";
import {
  type FakeNetns,
  type FakeNetwork,
  type FakeNetworkOptions,
  STALE_SEQ,
  withNetwork,
} from "../support/fake-network.ts";
import { type Call, type FakeOptions, fakeSyscalls } from "../support/fake-syscalls.ts";
import { memorySource } from "../support/memory-source.ts";
import {
  BPF_FILTER,
  bytesOf,
  done,
  failure,
  filter,
  link,
  message,
  qdisc,
} from "../support/netlink-builder.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { RECORDED_NETNS } from "../support/recorded-network.ts";

const GET = { links: 18, qdiscs: 38, classes: 42, filters: 46 } as const;

function network(options: FakeNetworkOptions): FakeNetwork {
  return withNetwork(fakeSyscalls(memorySource(CRAFTED_MACHINE)), options);
}

/** What there is, and that nothing is left open and the thread is where it was. */
function read(
  options: FakeNetworkOptions,
  request: NetRequest = { everyNetns: false },
): readonly NetRecord[] {
  const sys = network(options);
  const nets = liveSource(sys).network?.(request).nets ?? [];
  expect(sys.openNetFds()).toBe(0);
  expect(sys.current()).toBe(options.netns[0]?.ino);
  return nets;
}

function readOwn(netns: FakeNetns, options: Partial<FakeNetworkOptions> = {}): NetRecord {
  const [net, ...others] = read({ netns: [netns], ...options });
  expect(others).toEqual([]);
  return net as NetRecord;
}

describe("recorded answers", () => {
  const { netns, devices, flowDissector, problems } = readOwn(RECORDED_NETNS);
  const on = (name: string) => devices.find(({ ifname }) => ifname === name) as NetDeviceRecord;

  test("all devices, in the kernel's order", () => {
    expect(devices.map(({ ifname, ifindex }) => `${ifname}(${ifindex})`)).toEqual([
      "lo(1)",
      "vb(2)",
      "va(3)",
      "vd(4)",
      "vc(5)",
      "vj(6)",
      "vi(7)",
      "vm(8)",
      "vn(9)",
    ]);
    expect(on("vc").altNames).toEqual(["alternative-name-of-vc"]);
    expect({ netns, flowDissector, problems }).toEqual({
      netns: { ino: 4_026_532_246n, own: true, names: [] },
      flowDissector: [4795],
      problems: [],
    });
  });

  test("XDP", () => {
    expect(on("vb").xdp).toEqual({ mode: 1, progs: [{ mode: 1, progId: 4787 }] });
    expect(on("va").xdp).toEqual({ mode: 2, progs: [{ mode: 2, progId: 4786 }] });
    expect(devices.filter(({ xdp }) => xdp)).toHaveLength(2);
  });

  test("filters: each once, below the qdisc or class of its own device", () => {
    const filters = (name: string) =>
      on(name).filters.map(({ kind, name, progId, actions }) => [kind, name, progId, actions]);
    const [first, second] = ["tc_first_with_long_name:[*fsobj]", "tc_second:[*fsobj]"];
    expect(filters("va")).toEqual([
      ["htb", first, 4792, undefined],
      ["htb", second, 4793, undefined],
      ["clsact/ingress", first, 4792, undefined],
      ["clsact/egress", second, 4793, undefined],
      ["clsact/egress", second, 4793, undefined],
    ]);
    expect(filters("vc")).toEqual([["htb", second, 4793, undefined]]);
    // The action is one of another kind.
    expect(filters("vi")).toEqual([["ingress", second, 4793, []]]);
    expect(filters("lo")).toEqual([]);
  });

  test("what can have nothing is not asked", () => {
    const sys = network({ netns: [RECORDED_NETNS] });
    liveSource(sys).network?.({ everyNetns: false });
    expect(sys.dumps.map(({ type, ifindex }) => [type, ifindex])).toEqual([
      [GET.links, 0],
      [GET.qdiscs, 0],
      [GET.classes, 3],
      ...Array.from({ length: 4 }, () => [GET.filters, 3]),
      [GET.classes, 5],
      [GET.filters, 5],
      [GET.filters, 7],
    ]);
  });

  test.each([
    ["vc", ["vc"]],
    ["alternative-name-of-vc", ["vc"]],
    ["vc:1", ["vc"]],
    ["", []],
    ["v", []],
    ["nosuch", []],
  ])("the device '%s' alone", (device, names) => {
    const [net] = read({ netns: [RECORDED_NETNS] }, { everyNetns: false, device });
    expect(net?.devices.map(({ ifname }) => ifname)).toEqual(names);
    for (const found of net?.devices ?? []) expect(found).toEqual(on(found.ifname));
  });
});

describe("programs on hooks that take several", () => {
  const { devices } = readOwn(CRAFTED_NETNS);

  test("by hook, in the order in which they run, with flags and links", () => {
    const [lo, kit0] = [devices[0], devices[4]];
    expect(lo?.mprogs).toEqual(CRAFTED_NETNS.mprogs?.get(1));
    expect(kit0?.mprogs).toEqual(CRAFTED_NETNS.mprogs?.get(5));
    expect(devices[1]?.mprogs).toEqual([]);
  });

  test("a device that goes before it is asked has none", () => {
    const gone = readOwn(CRAFTED_NETNS, { failQuery: (type) => (type === 17 ? undefined : ENODEV) });
    expect(gone.devices).toEqual(devices.map((device) => ({ ...device, mprogs: [] })));
    expect(gone.problems).toEqual([]);
  });
});

describe("flow dissectors", () => {
  const ask = (errno: number) => () =>
    read({ netns: [CRAFTED_NETNS], failQuery: (type) => (type === 17 ? errno : undefined) });

  test("a kernel that cannot be asked has none", () => {
    expect(ask(EINVAL)()[0]?.flowDissector).toEqual([]);
  });

  test("one that refuses is an error", () => {
    expect(inspectErrorOf(ask(EPERM)).message).toBe("can't query prog: Operation not permitted");
  });

  test("which a device that is not there comes before", () => {
    const request = { everyNetns: false, device: "nosuch" };
    const failQuery = () => EPERM;
    expect(read({ netns: [CRAFTED_NETNS], failQuery }, request)[0]?.devices).toEqual([]);
  });
});

describe("netfilter links", () => {
  const ask = (fail: FakeOptions["fail"] = () => undefined, request: NetRequest = { everyNetns: false }) => {
    const fake = fakeSyscalls(memorySource(CRAFTED_MACHINE), { fail });
    const network = liveSource(withNetwork(fake, { netns: [CRAFTED_NETNS] })).network?.(request);
    expect(fake.openFds()).toBe(0);
    return { progIds: network?.netfilter.map(({ progId }) => progId), problems: network?.problems };
  };

  test("are those of all namespaces", () => {
    expect(ask()).toEqual({ progIds: [70, 71, 72, 73, 74, 75, 76], problems: [] });
  });

  test("one that goes is left out", () => {
    const gone = ({ cmd, id }: Call) => (cmd === BPF.LINK_GET_FD_BY_ID && id === 5 ? ENOENT : undefined);
    expect(ask(gone)).toEqual({ progIds: [70, 71, 73, 74, 75, 76], problems: [] });
  });

  test("one that does not tell hides no others", () => {
    const mute = ({ cmd, id }: Call) => (cmd === BPF.OBJ_GET_INFO_BY_FD && id === 5 ? ENODEV : undefined);
    expect(ask(mute)).toEqual({
      progIds: [70, 71, 73, 74, 75, 76],
      problems: ["can't get link info (5): No such device"],
    });
  });

  test("a kernel that does not list them is no failure", () => {
    const refuse = ({ cmd }: Call) => (cmd === BPF.LINK_GET_NEXT_ID ? EPERM : undefined);
    expect(ask(refuse)).toEqual({
      progIds: [],
      problems: ["can't get next link: Operation not permitted"],
    });
    // Nobody asks for them beside a device that is not there.
    expect(ask(refuse, { everyNetns: false, device: "nosuch" }).problems).toEqual([]);
  });
});

describe("answers that are not whole", () => {
  const whole = readOwn(CRAFTED_NETNS);
  const names = (net: NetRecord) => net.devices.map(({ ifname }) => ifname);
  const allNames = names(whole);
  type Answer = NonNullable<FakeNetworkOptions["answer"]>;
  const onLinks =
    (change: (datagrams: readonly Uint8Array[], time: number) => readonly Uint8Array[] | number): Answer =>
    (key, datagrams, time) =>
      key.type === GET.links ? change(datagrams, time) : datagrams;
  const INTR = { flags: 0x12 };

  const ROWS: readonly (readonly [string, Answer, names: readonly string[], problem: string | undefined])[] =
    [
      [
        "the end is missing",
        onLinks((all) => all.slice(0, -1)),
        allNames,
        "can't read all network devices: the answer of the kernel is cut short",
      ],
      [
        "a piece is missing and the end",
        onLinks((all) => all.slice(0, 1)),
        allNames.slice(0, 4),
        "can't read all network devices: the answer of the kernel is cut short",
      ],
      [
        "nothing comes",
        onLinks(() => []),
        [],
        "can't read all network devices: the answer of the kernel is cut short",
      ],
      [
        "a piece is cut: what is behind it counts",
        onLinks(([first = new Uint8Array(), ...others]) => [first.subarray(0, -40), ...others]),
        [...allNames.slice(0, 3), ...allNames.slice(4)],
        "can't read all network devices: Cannot parse netlink answer: ",
      ],
      [
        "a piece is larger than the buffer",
        onLinks(([first = new Uint8Array(), ...others]) => [
          bytesOf(first, message(16, new Uint8Array(1 << 17))),
          ...others,
        ]),
        allNames,
        "can't read all network devices: the answer of the kernel is cut short",
      ],
      [
        "one message is broken",
        onLinks((all) => [message(16, new Uint8Array(3)), ...all]),
        allNames,
        "can't read all network devices: Cannot parse netlink answer: a message of 3 bytes, not 16",
      ],
      [
        "an error comes instead",
        onLinks(() => [failure(EPERM)]),
        [],
        "can't read all network devices: Operation not permitted",
      ],
      [
        "an error comes in between",
        onLinks(([first = new Uint8Array()]) => [first, failure(ENODEV)]),
        allNames.slice(0, 4),
        "can't read all network devices: No such device",
      ],
      [
        "the dump ends in an error",
        onLinks((all) => [...all.slice(0, -1), done(105)]),
        allNames,
        "can't read all network devices: No buffer space available",
      ],
      [
        "the request is refused",
        onLinks(() => EPERM),
        [],
        "can't read all network devices: Operation not permitted",
      ],
      [
        "an acknowledgement without an error ends it",
        onLinks((all) => [...all.slice(0, -1), failure(0)]),
        allNames,
        undefined,
      ],
      [
        "something changed, at the first attempt",
        onLinks((all, time) => (time === 1 ? [link(1, "old", { options: INTR }), done()] : all)),
        allNames,
        undefined,
      ],
      [
        "something changed, at every attempt",
        onLinks((all) => [...all.slice(0, -1), done(0, INTR)]),
        allNames,
        "can't read all network devices: something changed at each of 3 attempts",
      ],
      [
        "messages of an earlier dump come before",
        onLinks((all) => [
          link(99, "stale", { options: { seq: STALE_SEQ } }),
          done(19, { seq: STALE_SEQ }),
          ...all,
        ]),
        allNames,
        undefined,
      ],
      [
        "messages of other types are between",
        onLinks((all) => [qdisc({ ifindex: 1 }), ...all]),
        allNames,
        undefined,
      ],
      [
        "a kernel without traffic control",
        (key, datagrams) => (key.type === GET.links ? datagrams : [failure(EOPNOTSUPP)]),
        allNames,
        undefined,
      ],
      [
        "a kernel without rtnetlink",
        () => [failure(EOPNOTSUPP)],
        [],
        "can't read all network devices: Operation not supported",
      ],
      [
        "the qdiscs cannot be read",
        (key, datagrams) => (key.type === GET.qdiscs ? [failure(EPERM)] : datagrams),
        allNames,
        "can't read all qdiscs: Operation not permitted",
      ],
      [
        "the classes of a device cannot be read",
        ({ type, ifindex }, datagrams) =>
          type === GET.classes && ifindex === 2 ? [failure(EPERM)] : datagrams,
        allNames,
        "can't read all classes of eth0: Operation not permitted",
      ],
    ];

  test.each(ROWS)("%s", (_, answer, expected, problem) => {
    const net = readOwn(CRAFTED_NETNS, { answer });
    expect(names(net)).toEqual(expected);
    if (problem === undefined) expect(net.problems).toEqual([]);
    else expect(net.problems).toEqual([expect.stringContaining(problem)]);
    expect(net.problems.every((text) => text.startsWith("can't read all "))).toBe(true);
  });

  test("filters that cannot be read hide no others", () => {
    const broken = bytesOf(
      filter({ ifindex: 2, kind: "bpf" }, BPF_FILTER.name("before")),
      filter({ ifindex: 2, kind: "bpf" }, new Uint8Array([9, 0, 7, 0])),
      filter({ ifindex: 2, kind: "bpf" }, BPF_FILTER.name("behind")),
      done(),
    );
    const { devices, problems } = readOwn(CRAFTED_NETNS, {
      answer: ({ type, parent }, datagrams) =>
        type === GET.filters && parent === 0x1_0000 ? [broken] : datagrams,
    });
    expect(devices[1]?.filters.map(({ name }) => name)).toEqual(["classed", "before", "behind", "in"]);
    expect(devices[3]?.filters).toHaveLength(1);
    expect(problems).toEqual([expect.stringContaining("can't read all filters of eth0 htb: Cannot parse")]);
  });

  test.each([
    ["a dump that was broken off", onLinks((all) => all.slice(0, -1)), 2],
    ["one that came to its end", onLinks((all) => all), 1],
  ])("%s, and its socket", (_, answer, sockets) => {
    const sys = network({ netns: [CRAFTED_NETNS], answer });
    liveSource(sys).network?.({ everyNetns: false });
    expect(sys.openedSockets()).toBe(sockets);
    expect(sys.openNetFds()).toBe(0);
  });

  test("a kernel that never comes to an end is left", () => {
    const nothing = message(1, new Uint8Array());
    const { devices, problems } = readOwn(CRAFTED_NETNS, {
      answer: onLinks(([first = nothing]) => [first, ...Array.from({ length: 70_000 }, () => nothing)]),
    });
    expect(devices).toHaveLength(4);
    expect(problems).toEqual(["can't read all network devices: the kernel does not come to an end"]);
  });
});

describe("every namespace", () => {
  const small = (ino: bigint, more: Partial<FakeNetns> = {}): FakeNetns => ({
    ino,
    exchanges: [
      { type: GET.links, datagrams: [link(1, "lo", { xdp: { attached: 2, prog: Number(ino) } }), done()] },
    ],
    flowDissector: [Number(ino)],
    ...more,
  });
  const OWN = small(100n, { pids: [1, 50] });
  const NAMED = small(101n, { names: ["blue", "azure"], pids: [70, 80] });
  const NAMED_ONLY = small(102n, { names: ["amber"] });
  const OF_PROCESS = small(103n, { pids: [60, 61] });
  const ALL = [OWN, NAMED, NAMED_ONLY, OF_PROCESS];
  const every = { everyNetns: true };
  const described = (nets: readonly NetRecord[]) => nets.map(({ netns }) => netns);

  test("the own one first, then those with names, then those of processes; each once", () => {
    const nets = read({ netns: ALL }, every);
    expect(described(nets)).toEqual([
      { ino: 100n, own: true, names: [], pid: 1 },
      { ino: 102n, own: false, names: ["amber"] },
      { ino: 101n, own: false, names: ["azure", "blue"], pid: 70 },
      { ino: 103n, own: false, names: [], pid: 60 },
    ]);
    for (const { netns, devices, flowDissector, problems } of nets) {
      expect(devices.map(({ xdp }) => xdp?.progs[0]?.progId)).toEqual([Number(netns.ino)]);
      expect(flowDissector).toEqual([Number(netns.ino)]);
      expect(problems).toEqual([]);
    }
  });

  test("the thread goes back after each", () => {
    const sys = network({ netns: ALL });
    liveSource(sys).network?.(every);
    expect(sys.entered).toEqual([102n, 100n, 101n, 100n, 103n, 100n]);
  });

  test("the own one may have names, too", () => {
    const own = { ...OWN, names: ["home"] };
    expect(described(read({ netns: [own, NAMED_ONLY] }, every))).toEqual([
      { ino: 100n, own: true, names: ["home"], pid: 1 },
      { ino: 102n, own: false, names: ["amber"] },
    ]);
  });

  test("files below /run/netns that are no namespaces are none", () => {
    expect(described(read({ netns: [OWN], stale: ["leftover"] }, every))).toHaveLength(1);
  });

  test("one that has gone is left out", () => {
    const gone = new Set(["/run/netns/amber"]);
    expect(described(read({ netns: ALL, gone }, every)).map(({ ino }) => ino)).toEqual([100n, 101n, 103n]);
  });

  test("one whose first process has gone is found by the next", () => {
    const gone = new Set(["/proc/60/ns/net"]);
    expect(described(read({ netns: ALL, gone }, every)).map(({ ino }) => ino)).toContain(103n);
  });

  test("a path that stands for another by now does not", () => {
    const changed = new Map([
      ["/run/netns/amber", 101n],
      ["/proc/60/ns/net", 100n],
      ["/proc/61/ns/net", 100n],
    ]);
    expect(described(read({ netns: ALL, changed }, every)).map(({ ino }) => ino)).toEqual([100n, 101n]);
  });

  test("one that does not let us in says so, and the others are read", () => {
    const nets = read({ netns: ALL, refused: (ino) => (ino === 101n ? EPERM : undefined) }, every);
    expect(nets.map(({ devices }) => devices.length)).toEqual([1, 1, 0, 1]);
    expect(nets.flatMap(({ problems }) => problems)).toEqual([
      "can't enter the network namespace: Operation not permitted",
    ]);
  });

  test("errors in another are its problems, and the thread is back", () => {
    let queries = 0;
    const failQuery = (type: number) => (type === 17 && ++queries === 2 ? EPERM : undefined);
    const nets = read({ netns: ALL, failQuery }, every);
    expect(nets.map(({ problems }) => problems)).toEqual([
      [],
      ["can't query prog: Operation not permitted"],
      [],
      [],
    ]);
  });

  test("no way back is an error that nobody goes on after", () => {
    const sys = network({ netns: ALL, refused: (ino) => (ino === 100n ? EPERM : undefined) });
    const error = inspectErrorOf(() => liveSource(sys).network?.(every));
    expect(error.message).toBe("can't go back to the own network namespace: Operation not permitted");
    expect(sys.entered).toEqual([102n]);
    expect(sys.openNetFds()).toBe(0);
  });
});
