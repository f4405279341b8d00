/**
 * bpflens beside Debian's bpftool on the running kernel. They need root and bpf(2): elsewhere they are skipped
 * and say why, but not under CI. One file, since all of them look at one stage; tests run in the order below.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { attachmentsTests } from "./attachments.ts";
import { usedRules } from "./compare.ts";
import { btfDumpTests } from "./btf-dumps.ts";
import { cgroupTests } from "./cgroups.ts";
import { classicTests } from "./classic.ts";
import { consumerTests } from "./consumers.ts";
import { dumpTests } from "./dumps.ts";
import { featureTests } from "./features.ts";
import { CRASH_RULE, GRAPH_RULES } from "./graph-rules.ts";
import { jitedTests } from "./jited.ts";
import { listingTests } from "./listings.ts";
import { mapContentsTests } from "./map-contents.ts";
import { mistakeTests } from "./mistakes.ts";
import { netTests } from "./net.ts";
import { objectMapsTests } from "./object-maps.ts";
import { objectTests } from "./objects.ts";
import { processTests } from "./process.ts";
import { RULES } from "./rules.ts";
import { snapshotTests } from "./snapshots.ts";
import { streamTests } from "./streams.ts";
import { structOpsTests } from "./struct-ops.ts";
import { bringUp, missing, REQUIRED, type Stage, takeDown } from "./stage.ts";
import { visualTests } from "./visuals.ts";
import { whereisTests } from "./whereis.ts";

// Hundreds of processes in one test; what hangs has to end, nothing more.
vi.setConfig({ testTimeout: 240_000 });

const reason = await missing();
if (reason && !REQUIRED) process.stderr.write(`live tests are skipped: ${reason}\n`);

test.runIf(reason && REQUIRED)("live tests can run here", () => {
  expect.fail(`live tests are required, but ${reason}`);
});

describe.skipIf(reason)("live", () => {
  let up: Stage | undefined;
  const stage = () => up as Stage;

  beforeAll(async () => {
    up = await bringUp();
  });

  afterAll(() => {
    if (up) takeDown(up);
  });

  test("the stage is complete", () => {
    expect(stage().leftOut).toEqual([]);
    expect(stage().progs.length).toBeGreaterThanOrEqual(40);
    expect(new Set(stage().progs.map(({ type }) => type)).size).toBeGreaterThanOrEqual(25);
  });

  listingTests(stage);
  dumpTests(stage);
  jitedTests(stage);
  objectTests(stage);
  mapContentsTests(stage);
  objectMapsTests(stage);
  btfDumpTests(stage);
  visualTests(stage);
  netTests(stage);
  cgroupTests(stage);
  attachmentsTests(stage);
  mistakeTests(stage);
  processTests(stage);
  streamTests(stage);
  structOpsTests(stage);
  consumerTests(stage);
  whereisTests(stage);
  snapshotTests(stage);
  featureTests();
  classicTests();

  test("every rule was needed", () => {
    expect(
      [...RULES, ...GRAPH_RULES, CRASH_RULE].map(({ name }) => name).filter((name) => !usedRules.has(name)),
    ).toEqual([]);
  });
});
