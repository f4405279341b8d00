/** `net show`: what bpftool 7.8.0 printed of the same answers of the kernel, through a snapshot of them. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { NetDeviceRecord, NetRecord } from "../../src/model/net-records.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { CRAFTED_MACHINE, CRAFTED_NETNS } from "../support/crafted-network.ts";
import { type FakeNetns, withNetwork } from "../support/fake-network.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { linkRecord } from "../support/records.ts";
import { RECORDED_MACHINE, RECORDED_NETNS } from "../support/recorded-network.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const ROOT = tempFolder();
const DATA = path.join(import.meta.dirname, "data/net");

function recorded(file: string): string {
  return fs.readFileSync(path.join(DATA, file), "utf8");
}

/** A snapshot of a machine on which the kernel answers so. */
function saved(name: string, machine: Machine, netns: FakeNetns): string {
  const sys = withNetwork(fakeSyscalls(memorySource(machine)), { netns: [netns] });
  const nets = liveSource(sys).network?.({ everyNetns: false }).nets ?? [];
  return saveMachine(ROOT, name, { ...machine, nets });
}

const crafted = saved("crafted", CRAFTED_MACHINE, CRAFTED_NETNS);
const veths = saved("veths", RECORDED_MACHINE, RECORDED_NETNS);

/** Lines of the other, in order, with what one has more left out. */
function withoutMore(lines: readonly string[], other: readonly string[]) {
  const left = [...other];
  return lines.filter((line) => line === left[0] && left.shift() !== undefined);
}

describe("every kind of attachment", () => {
  test.each([
    ["net show", "crafted.txt"],
    ["-j net show", "crafted.json.txt"],
    ["-p net show", "crafted.pretty.json.txt"],
    ["net list", "crafted.txt"],
    ["n s", "crafted.txt"],
    ["net", "crafted.txt"],
  ])("%s", async (line, file) => {
    expect(await cliFrom(crafted, line)).toEqual({ stdout: recorded(file), stderr: "", status: 0 });
  });
});

describe("a namespace with several qdiscs", () => {
  test("bpftool tells filters again below other kinds, and nothing else more", async () => {
    const theirs = recorded("veths.txt").split("\n");
    const ours = (await cliFrom(veths, "net show")).stdout.replace(/netfilter:[\s\S]*/, "").split("\n");
    expect(withoutMore(theirs, ours)).toEqual(ours);
    const more = theirs.length - ours.length;
    expect(more).toBe(5);
    for (const gone of ["vi(7) root ", "vi(7) clsact/ingress ", "vi(7) clsact/egress "])
      expect(
        theirs.some((line) => line.startsWith(gone)) && !ours.some((line) => line.startsWith(gone)),
      ).toBe(true);
  });

  test("flow dissectors are valid JSON", async () => {
    const [net] = JSON.parse((await cliFrom(veths, "-j net show")).stdout);
    expect(net.flow_dissector).toEqual([{ id: 4795 }]);
    expect((await cliFrom(veths, "net show")).stdout).toContain("\nflow_dissector:\nid 4795\nnetfilter:\n\n");
  });
});

describe("one device", () => {
  const EMPTY = "flow_dissector:\nid 4795\nnetfilter:\n\n";
  test.each([
    ["net show dev vb", `xdp:\nvb(2) driver id 4787\n\ntc:\n\n${EMPTY}`],
    ["net s d vj", `xdp:\n\ntc:\n\n${EMPTY}`],
    ["net show dev alternative-name-of-vc", `xdp:\n\ntc:\nvc(5) htb tc_second:[*fsobj] id 4793\n\n${EMPTY}`],
    ["net show  lo", `xdp:\n\ntc:\nlo(1) tcx/egress tc_first_with_long_name prog_id 4792 \n\n${EMPTY}`],
  ])("%s", async (line, stdout) => {
    expect(await cliFrom(veths, line)).toEqual({ stdout, stderr: "", status: 0 });
  });

  test.each([
    ["net show dev nosuch", "Error: invalid devname nosuch\n"],
    ["net show dev ", "Error: invalid devname \n"],
    ["net show foo bar", "Error: expected 'dev', got: 'foo'?\n"],
  ])("%s", async (line, stderr) => {
    expect(await cliFrom(veths, line)).toEqual({ stdout: "", stderr, status: 255 });
  });

  test.each([
    ["-j net show dev nosuch", '{"error":"invalid devname nosuch"}\n'],
    ["-j net show foo bar", `{"error":"expected 'dev', got: 'foo'?"}\n`],
    ["-j net show dev", "null\n"],
    ["-j net show vb", "null\n"],
    ["-j net show dev vb more", "null\n"],
  ])("%s", async (line, stdout) => {
    expect(await cliFrom(veths, line)).toEqual({ stdout, stderr: "", status: 255 });
  });

  test.each(["net show dev", "net show vb", "net show dev vb more"])("%s shows the help", async (line) => {
    const { stdout, stderr, status } = await cliFrom(veths, line);
    expect({ stdout, status }).toEqual({ stdout: "", status: 255 });
    expect(stderr).toContain("net show [dev NAME]");
  });
});

describe("several namespaces", () => {
  const device = (ifindex: number, ifname: string, progId?: number): NetDeviceRecord => ({
    ifindex,
    ifname,
    altNames: [],
    ...(progId !== undefined && { xdp: { mode: 2, progs: [{ mode: 2, progId }] } }),
    mprogs: [],
    filters: [],
  });
  const nets: readonly NetRecord[] = [
    {
      netns: { ino: 100n, own: true, names: [], pid: 1 },
      devices: [device(1, "lo", 7)],
      flowDissector: [],
      problems: [],
    },
    {
      netns: { ino: 101n, own: false, names: ["blue", "green"] },
      devices: [device(1, "lo"), device(2, "eth0", 8)],
      flowDissector: [9],
      problems: ["can't read all qdiscs: No buffer space available"],
    },
  ];
  const links = [linkRecord(1, 10, 11, { kind: "netfilter", pf: 2, hook: 1, prio: -5, flags: 0 })];
  const several = saveMachine(ROOT, "several", { nets, links });
  const WARNINGS = "Warning: netns blue: can't read all qdiscs: No buffer space available\n";

  test("without --all-netns, the own one", async () => {
    const { stdout, stderr } = await cliFrom(several, "net show");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^xdp:\nlo\(1\) generic id 7\n\ntc:\n\nflow_dissector:\n\nnetfilter:\n/);
  });

  test("plain", async () => {
    const { stdout, stderr, status } = await cliFrom(several, "net show --all-netns");
    expect(stdout).toBe(`netns 100  own  pid 1
xdp:
lo(1) generic id 7

tc:

flow_dissector:

netns 101  name blue  name green
xdp:
eth0(2) generic id 8

tc:

flow_dissector:
id 9

netns unknown
netfilter:

	ip input prio -5 prog_id 11
`);
    expect({ stderr, status }).toEqual({ stderr: WARNINGS, status: 0 });
  });

  test("JSON: elements of one shape", async () => {
    const { stdout, stderr } = await cliFrom(several, "-j net show --all-netns");
    const none = { xdp: [], tc: [], flow_dissector: [], netfilter: [], problems: [] };
    expect(JSON.parse(stdout)).toEqual([
      {
        ...none,
        netns: { ino: 100, own: true, names: [], pid: 1 },
        xdp: [{ devname: "lo", ifindex: 1, mode: "generic", id: 7 }],
      },
      {
        ...none,
        netns: { ino: 101, own: false, names: ["blue", "green"] },
        xdp: [{ devname: "eth0", ifindex: 2, mode: "generic", id: 8 }],
        flow_dissector: [{ id: 9 }],
        problems: ["can't read all qdiscs: No buffer space available"],
      },
      { ...none, netns: null, netfilter: [{ pf: 2, hook: 1, prio: -5, flags: 0, id: 11 }] },
    ]);
    expect(stderr).toBe(WARNINGS);
  });

  test("a device is looked for in each, and only those that have it are shown", async () => {
    const namespaces = async (name: string) => {
      const { stdout } = await cliFrom(several, `-j net show dev ${name} --all-netns`);
      return JSON.parse(stdout).map(({ netns }: { netns: { ino: number } | null }) => netns?.ino);
    };
    expect(await namespaces("lo")).toEqual([100, 101, undefined]);
    expect(await namespaces("eth0")).toEqual([101, undefined]);
    const { stdout, status } = await cliFrom(several, "-j net show dev nosuch --all-netns");
    expect({ stdout, status }).toEqual({ stdout: '{"error":"invalid devname nosuch"}\n', status: 255 });
  });

  test("nothing but problems is a failure", async () => {
    const unread: NetRecord = {
      netns: { ino: 100n, own: true, names: [] },
      devices: [],
      flowDissector: [],
      problems: ["can't read all network devices: Operation not permitted"],
    };
    const place = saveMachine(ROOT, "unread", { nets: [unread] });
    expect(await cliFrom(place, "-j net show")).toEqual({
      stdout: '[{"xdp":[],"tc":[],"flow_dissector":[],"netfilter":[]}]\n',
      stderr: "Warning: can't read all network devices: Operation not permitted\n",
      status: 255,
    });
  });
});

test("a snapshot that was taken before says so", async () => {
  const place = saveMachine(ROOT, "older", {});
  const { stderr, status } = await cliFrom(place, "net show");
  expect(stderr).toMatch(/^Error: Cannot read snapshot '.*older': there is no nets\.json: .*older bpflens/);
  expect(status).toBe(255);
});

test("a snapshot of a snapshot has the same", async () => {
  const copy = path.join(ROOT, "copy");
  expect((await cliFrom(crafted, ["snapshot", "save", copy])).stderr).not.toContain("nets");
  expect((await cliFrom(copy, "net show")).stdout).toBe(recorded("crafted.txt"));
});
