/** The keys of the JSON that bpflens writes: all of its commands, run on machines that have something of everything. */
import fs from "node:fs";
import path from "node:path";
import { Registry } from "../../src/model/registry.ts";
import type { LinkRecord } from "../../src/model/records.ts";
import { liveCgroups } from "../../src/sources/live/cgroups.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { featuresShape } from "../../src/sources/snapshot/features.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { check } from "../../src/json/shape.ts";
import { cgroupKernel } from "../sources/cgroup-kernel.ts";
import { CGROUPS, MACHINE as CGROUP_MACHINE, ROOT as CGROUP_ROOT } from "../sources/recorded-cgroups.ts";
import { CONSUMER_MACHINE } from "../consumers/machine.ts";
import { CRAFTED_MACHINE, CRAFTED_NETNS } from "../support/crafted-network.ts";
import { dataText } from "../support/data.ts";
import { withNetwork } from "../support/fake-network.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { MACHINE } from "../support/machine.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { linkRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";
import { saveMachine } from "../support/saved-machine.ts";
import { STRUCT_OPS_MACHINE } from "../support/struct-ops-machine.ts";
import type { JsonCommand } from "./bpftool.ts";
import { keysOf } from "./json-keys.ts";

const DATA = path.resolve(import.meta.dirname, "../render/data");
const ALL_KINDS = path.join(DATA, "btf-raw/all_kinds.btf");

const ITER = { kind: "iter", mapId: 0, cgroupId: 7n, order: 2, tid: 8, pid: 0 } as const;
/** What the machine's links have not. */
const MORE_LINKS: readonly LinkRecord[] = [
  linkRecord(22, 4, 7, { ...ITER, targetName: "task" }),
  linkRecord(23, 4, 7, { ...ITER, targetName: "cgroup" }),
];
const KPROBES: LinkRecord = linkRecord(21, 8, 7, {
  kind: "kprobe_multi",
  flags: 0,
  missed: 1n,
  funcs: [{ addr: 0xffffffff81234560n, cookie: 2n }],
});

type PlaceName = "machine" | "consumers" | "net" | "cgroups" | "features" | "structOps" | "demo";
export type Places = Readonly<Record<PlaceName, string>>;

/** Snapshots of the machines. */
export function savePlaces(folder: string): Places {
  const cgroups = path.join(folder, "cgroups");
  const { sys } = cgroupKernel(CGROUPS, { mounts: `cgroup2 ${CGROUP_ROOT} cgroup2 rw 0 0\n` });
  const source = { ...memorySource(CGROUP_MACHINE), cgroups: () => liveCgroups(sys) };
  const now = new Date("2026-11-20T10:00:00Z");
  const options = { now, maxEntries: 0, maxBytes: 0, kernelBtf: true };
  writeTarget(cgroups, { force: false, now }, (sink) => saveSnapshot(new Registry(source), sink, options));
  const net = withNetwork(fakeSyscalls(memorySource(CRAFTED_MACHINE)), { netns: [CRAFTED_NETNS] });
  const nets = liveSource(net).network?.({ everyNetns: true }).nets ?? [];
  const features = check(
    featuresShape,
    JSON.parse(dataText(import.meta.url, "../render/data/features/kernel.record.json.txt")),
  );
  const save = (name: string, machine: Machine) => saveMachine(folder, name, machine);
  return {
    machine: save("machine", { ...MACHINE, links: [...(MACHINE.links ?? []), KPROBES, ...MORE_LINKS] }),
    consumers: save("consumers", CONSUMER_MACHINE),
    net: save("net", { ...CRAFTED_MACHINE, nets }),
    cgroups,
    features: saveMachine(folder, "features", {}, { features }),
    structOps: save("struct-ops", STRUCT_OPS_MACHINE),
    demo: "demo",
  };
}

/** By command: where it is run, and its words behind -jf. Empty for commands that bpflens has not. */
const LINES: Readonly<Record<JsonCommand, readonly (readonly [PlaceName, string])[]>> = {
  "every command": [["machine", "prog show id 1"]],
  "prog show": [
    ["machine", "prog show"],
    ["demo", "prog show"],
  ],
  "prog dump xlated": [
    ["machine", "prog dump xlated id 121 linum opcodes names"],
    ["demo", "prog dump xlated name xdp_guard linum opcodes names"],
  ],
  "prog dump jited": [["demo", "prog dump jited name xdp_guard linum opcodes"]],
  "prog run": [],
  "prog profile": [],
  "map show": [["machine", "map show"]],
  "map dump": [
    ["consumers", "map dump name cali_qos"],
    ["consumers", "map dump name cg_rate_map"],
    ["demo", "map dump name counters"],
    ["demo", "map dump name by_parity"],
    ["demo", "map dump name cpus"],
  ],
  "map lookup": [
    ["consumers", "map lookup id 53 key 1 0 0 0 0 0 0 0"],
    ["consumers", "map lookup id 55 key 0 0 0 0"],
    ["demo", "map lookup name by_parity key 0 0 0 0"],
  ],
  "map getnext": [["consumers", "map getnext id 53 key 1 0 0 0 0 0 0 0"]],
  "map event_pipe": [],
  "link show": [
    ["machine", "link show"],
    ["demo", "link show"],
  ],
  "cgroup tree": [["cgroups", "cgroup tree"]],
  "cgroup show": [["cgroups", `cgroup show ${CGROUP_ROOT}/lsm`]],
  "perf show": [
    ["machine", "perf show"],
    ["demo", "perf show"],
  ],
  "net show": [
    ["net", "net show"],
    ["machine", "net show"],
    ["net", "net show --all-netns"],
  ],
  "feature probe": [["features", "feature probe"]],
  "btf show": [["machine", "btf show"]],
  "btf dump": [["demo", `btf dump file ${ALL_KINDS}`]],
  "struct_ops show": [["structOps", "struct_ops show"]],
  "struct_ops dump": [["structOps", "struct_ops dump name sa_cc"]],
  "token show": [["machine", "token show"]],
  batch: [["machine", "batch file BATCH"]],
  version: [["demo", "version"]],
};

export async function writtenKeys(
  folder: string,
  places: Places,
): Promise<ReadonlyMap<JsonCommand, readonly string[]>> {
  const batch = path.join(folder, "batch");
  fs.writeFileSync(batch, "version\n");
  const found = new Map<JsonCommand, readonly string[]>();
  for (const [command, lines] of Object.entries(LINES)) {
    const keys = new Set<string>();
    for (const [place, line] of lines) {
      const words = line.split(" ").map((word) => (word === "BATCH" ? batch : word));
      const { stdout } = await runCli(["--from", places[place], "-jf", ...words]);
      for (const key of keysOf(stdout)) keys.add(key);
    }
    if (command === "batch") for (const key of keys) if (key.startsWith("output.")) keys.delete(key);
    found.set(command as JsonCommand, [...keys]);
  }
  return found;
}
