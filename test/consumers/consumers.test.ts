/** Scripts that others wrote for bpftool, run on bpflens word for word. */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Registry } from "../../src/model/registry.ts";
import { liveCgroups } from "../../src/sources/live/cgroups.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { cgroupKernel } from "../sources/cgroup-kernel.ts";
import { CGROUPS, MACHINE as CGROUP_MACHINE, ROOT as CGROUP_ROOT } from "../sources/recorded-cgroups.ts";
import { CRAFTED_MACHINE, CRAFTED_NETNS } from "../support/crafted-network.ts";
import { withNetwork } from "../support/fake-network.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { memorySource } from "../support/memory-source.ts";
import { saveMachine } from "../support/saved-machine.ts";
import { STRUCT_OPS_MACHINE } from "../support/struct-ops-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import type { Place } from "./line.ts";
import { CONSUMER_LINES } from "./lines.ts";
import { CONSUMER_MACHINE } from "./machine.ts";
import { consumerShell, isInstalled, type Shell } from "./shell.ts";

const FOLDER = tempFolder();

function saveNet(): string {
  const sys = withNetwork(fakeSyscalls(memorySource(CRAFTED_MACHINE)), { netns: [CRAFTED_NETNS] });
  const nets = liveSource(sys).network?.({ everyNetns: false }).nets ?? [];
  return saveMachine(FOLDER, "net", { ...CRAFTED_MACHINE, nets });
}

function saveCgroups(): string {
  const target = path.join(FOLDER, "cgroups");
  const { sys } = cgroupKernel(CGROUPS, { mounts: `cgroup2 ${CGROUP_ROOT} cgroup2 rw 0 0\n` });
  const source = { ...memorySource(CGROUP_MACHINE), cgroups: () => liveCgroups(sys) };
  const now = new Date("2026-11-20T10:00:00Z");
  const options = { now, maxEntries: 0, maxBytes: 0, kernelBtf: true };
  writeTarget(target, { force: false, now }, (sink) => saveSnapshot(new Registry(source), sink, options));
  return target;
}

/** What bpflens looks at in each place. */
const SOURCES: Readonly<Record<Place, () => string>> = {
  demo: () => "demo",
  made: () => saveMachine(FOLDER, "made", CONSUMER_MACHINE),
  net: saveNet,
  cgroups: saveCgroups,
  struct_ops: () => saveMachine(FOLDER, "struct_ops", STRUCT_OPS_MACHINE),
};

describe("lines of consumers", () => {
  const shells = new Map<Place, Shell>();

  beforeAll(() => {
    for (const [place, source] of Object.entries(SOURCES))
      shells.set(place as Place, consumerShell(FOLDER, source()));
  });

  for (const { who, place, tool, line, wanted, stderr = "", status = 0 } of CONSUMER_LINES)
    test(`${who}: ${line}`, (context) => {
      if (tool && !isInstalled(tool)) context.skip(`${tool} is not installed`);
      expect((shells.get(place) as Shell)(line)).toEqual({ stdout: wanted, stderr, status });
    });
});
