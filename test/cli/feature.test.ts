/** `feature` on the command line, and features in snapshots. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readProbeWords } from "../../src/cli/feature/probe-words.ts";
import { Words } from "../../src/cli/words.ts";
import { check } from "../../src/json/shape.ts";
import type { FeatureRecord } from "../../src/model/feature-records.ts";
import { BUILTINS } from "../../src/render/feature/builtins.ts";
import { featuresShape, recordedFeatures } from "../../src/sources/snapshot/features.ts";
import { dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { runCli } from "../support/run-cli.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const FOLDER = tempFolder();
const DATA = "../render/data/features";
const JSON_TEXT = dataText(import.meta.url, `${DATA}/kernel.record.json.txt`);
const FULL: FeatureRecord = check(featuresShape, JSON.parse(JSON_TEXT));
const PLAIN_TEXT = dataText(import.meta.url, `${DATA}/kernel.txt`);

/** A snapshot without objects, and with these features. */
function saved(name: string, features?: FeatureRecord): string {
  return saveMachine(FOLDER, name, {}, features && { features });
}

const FULLY = saved("full", FULL);
const QUIET = saved("quiet", recordedFeatures(FULL, { full: false, unprivileged: false }));
const NONE = saved("none");

describe("the words of `feature probe`", () => {
  const read = (line: string) => readProbeWords(new Words(line === "" ? [] : line.split(" "), "probe"));
  const NOTHING = { full: false, unprivileged: false };

  test.each([
    ["", NOTHING],
    ["kernel", NOTHING],
    ["k", NOTHING],
    ["dev eth0", { ...NOTHING, device: "eth0" }],
    ["d eth0 f", { ...NOTHING, device: "eth0", full: true }],
    ["full unprivileged", { full: true, unprivileged: true }],
    ["unpriv full kernel full", { full: true, unprivileged: true }],
    ["macros", { ...NOTHING, prefix: "" }],
    ["m p FOO_ k", { ...NOTHING, prefix: "FOO_" }],
    ["macros prefix macros", { ...NOTHING, prefix: "macros" }],
    ["macros full prefix X", { ...NOTHING, full: true, prefix: "X" }],
  ])("%s", (line, expected) => expect(read(line)).toEqual(expected));

  const EXPECTED = "expected no more arguments, 'kernel', 'dev', 'macros' or 'prefix', got:";

  test.each([
    ["kernel kernel", "component to probe already specified"],
    ["kernel dev lo", "component to probe already specified"],
    ["dev lo kernel", "component to probe already specified"],
    ["dev lo dev", "component to probe already specified"],
    ["dev", "'dev' needs at least 1 arguments, 0 found"],
    ["de", "'de' needs at least 1 arguments, 0 found"],
    ["prefix X", "'prefix' argument can only be use after 'macros'"],
    ["macros prefix", "'prefix' needs at least 1 arguments, 0 found"],
    ["macros prefix A prefix B", "'prefix' already defined"],
    ["macros macros", `${EXPECTED} 'macros'?`],
    ["macros m", `${EXPECTED} 'm'?`],
    ["xyz", `${EXPECTED} 'xyz'?`],
  ])("%s: %s", (line, message) => expect(inspectErrorOf(() => read(line)).message).toBe(message));
});

describe("`feature list_builtins`", () => {
  test.each(Object.entries(BUILTINS))("%s", async (group, names) => {
    expect(await runCli(["feature", "list_builtins", group])).toEqual({
      stdout: names.map((name) => `${name}\n`).join(""),
      stderr: "",
      status: 0,
    });
    const { stdout } = await runCli(["-j", "feature", "list_builtins", group]);
    expect(JSON.parse(stdout)).toEqual(names);
  });

  test("further words are ignored, and words may be short", async () => {
    const { stdout } = await runCli(["f", "l", "m", "and", "more"]);
    expect(stdout).toMatch(/^unspec\nhash\n/);
  });

  test("another group", async () => {
    const message = "expected 'prog_types', 'map_types', 'attach_types', 'link_types' or 'helpers', got: x";
    expect(await runCli(["feature", "list_builtins", "x"])).toEqual({
      stdout: "",
      stderr: `Error: ${message}\n`,
      status: 255,
    });
    const { stdout } = await runCli(["-j", "feature", "list_builtins", "x"]);
    expect(JSON.parse(stdout)).toEqual({ error: message });
  });

  test("no group: the help", async () => {
    const { stderr, status } = await runCli(["feature", "list_builtins"]);
    expect(status).toBe(255);
    expect(stderr).toContain("feature probe");
    expect(await runCli(["-j", "feature", "list_builtins"])).toMatchObject({ stdout: "null\n", status: 255 });
  });
});

describe("a snapshot with features", () => {
  const recorded = `Hint: probed ${FULL.probed}, not now\n`;

  test.each([["feature"], ["feature probe"], ["feature probe kernel"]])("%s", async (line) => {
    for (const place of [FULLY, QUIET]) {
      const { stdout, stderr, status } = await cliFrom(place, line);
      expect({ stdout, status }).toEqual({ stdout: PLAIN_TEXT, status: 0 });
      expect(stderr).toContain(recorded);
    }
  });

  test("in JSON says when it was probed", async () => {
    const { stdout, stderr } = await cliFrom(QUIET, "-j feature probe");
    expect(JSON.parse(stdout)).toMatchObject({
      syscall_config: { have_bpf_syscall: true },
      probed: FULL.probed,
    });
    expect(stderr).toBe("");
  });

  test("as macros; JSON goes before macros", async () => {
    const { stdout } = await cliFrom(QUIET, "feature probe macros prefix FOO_");
    const head = dataText(import.meta.url, `${DATA}/kernel.macros.head.txt`);
    expect(stdout.slice(0, head.length)).toBe(head);
    const json = await cliFrom(QUIET, "-j feature probe macros prefix FOO_");
    expect(json.stdout).toBe((await cliFrom(QUIET, "-j feature probe")).stdout);
  });

  test("shows the helpers of `full` if it has them", async () => {
    const { stdout } = await cliFrom(FULLY, "feature probe full");
    expect(stdout).toContain("\t- bpf_trace_printk\n");
    expect(PLAIN_TEXT).not.toContain("bpf_trace_printk");
  });

  test.each([
    [
      QUIET,
      "feature probe full",
      "the snapshot has the features without 'full', which writes to the kernel's log",
    ],
    [
      FULLY,
      "feature probe unprivileged",
      "the snapshot has the features as root finds them: 'unprivileged' was not probed",
    ],
    [FULLY, "feature probe dev lo", "the snapshot has the features of the kernel, not of device 'lo'"],
    [NONE, "feature probe", "the snapshot has no features: 'snapshot save --features' probes for them"],
  ])("%s: never a new probe: %s", async (place, line, message) => {
    expect(await cliFrom(place, line)).toMatchObject({
      stdout: "",
      stderr: `Error: ${message}\n`,
      status: 255,
    });
    const { stdout } = await cliFrom(place, `-j ${line}`);
    expect(JSON.parse(stdout)).toEqual({ error: message });
  });

  test("is saved from another snapshot with them", async () => {
    for (const [from, name] of [
      [FULLY, "copy-of-full"],
      [QUIET, "copy-of-quiet"],
    ] as const) {
      const place = path.join(FOLDER, name);
      expect(await cliFrom(from, ["snapshot", "save", place])).toMatchObject({ status: 0 });
      expect((await cliFrom(place, "feature probe")).stdout).toBe(PLAIN_TEXT);
    }
  });

  test("is saved without them where there are none", async () => {
    const place = path.join(FOLDER, "copy-of-none");
    expect(await cliFrom(NONE, ["snapshot", "save", place])).toMatchObject({ status: 0 });
    expect(fs.existsSync(path.join(place, "features.json"))).toBe(false);
    const asked = await cliFrom(NONE, ["snapshot", "save", path.join(FOLDER, "never"), "--features"]);
    expect(asked).toMatchObject({ status: 255 });
    expect(asked.stderr).toContain("the snapshot has no features");
    expect(fs.existsSync(path.join(FOLDER, "never"))).toBe(false);
  });
});

/** features.json as it is written. */
interface Stored {
  readonly probed: string;
  readonly bpf: object;
}

describe("a snapshot whose features are broken", () => {
  const broken = (change: (record: Stored) => unknown) => {
    const record = JSON.parse(JSON_TEXT) as Stored;
    return JSON.stringify(change(record) ?? record);
  };

  test.each([
    ["no JSON", "{", "features.json: "],
    ["an empty file", "", "features.json: "],
    ["a list", "[]", "features.json: document: expected an object"],
    ["no time", broken(({ probed, ...rest }) => rest), "features.json: probed: expected"],
    [
      "an answer that is none",
      broken((record) => ({
        ...record,
        bpf: { ...record.bpf, mapTypes: [{ type: 1, answer: "yes" }] },
      })),
      'features.json: bpf.mapTypes[0].answer: expected "available" or "missing" or "refused"',
    ],
    [
      "a feature that is not there",
      broken((record) => ({ ...record, bpf: { ...record.bpf, misc: {} } })),
      "features.json: bpf.misc.large_insn_limit: expected",
    ],
    [
      "a setting beyond 64 bits",
      broken((record) => ({
        ...record,
        system: { config: { options: [] }, sysctls: { unprivilegedBpfDisabled: "9".repeat(30) } },
      })),
      "features.json: system.sysctls.unprivilegedBpfDisabled: expected a string of digits",
    ],
    [
      "no configuration",
      broken((record) => ({ ...record, system: { config: null } })),
      "features.json: system.config: expected an object",
    ],
    [
      "helpers without end",
      broken((record) => ({
        ...record,
        bpf: {
          ...record.bpf,
          helpers: [{ progType: 1, available: Array(100_000).fill(1), refused: [] }],
        },
      })),
      "features.json: bpf.helpers[0].available: expected at most 65536 elements",
    ],
  ])("%s", async (name, text, message) => {
    const place = saved(`broken ${name}`, FULL);
    fs.writeFileSync(path.join(place, "features.json"), text);
    const { stdout, stderr, status } = await cliFrom(place, ["feature", "probe"]);
    expect({ stdout, status }).toEqual({ stdout: "", status: 255 });
    expect(stderr).toContain(message);
    // Nobody else looks at it.
    expect(await cliFrom(place, "prog show")).toMatchObject({ stdout: "", stderr: "", status: 0 });
  });
});
