/** `cgroup show`, `cgroup tree` on a saved machine: what bpftool 7.8.0 printed for it, words, and mistakes. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Registry } from "../../src/model/registry.ts";
import { liveCgroups } from "../../src/sources/live/cgroups.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { cgroupKernel, type KernelCgroup } from "../sources/cgroup-kernel.ts";
import { CGROUPS, MACHINE, ROOT, recorded } from "../sources/recorded-cgroups.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const FOLDER = tempFolder();
const now = new Date("2026-11-20T10:00:00Z");

function save(name: string, machine: Machine, cgroups: readonly KernelCgroup[], mount: string): string {
  const target = path.join(FOLDER, name);
  const { sys } = cgroupKernel(cgroups, { mounts: mount && `cgroup2 ${mount} cgroup2 rw 0 0\n` });
  const source = { ...memorySource(machine), cgroups: () => liveCgroups(sys) };
  const options = { now, maxEntries: 0, maxBytes: 0, kernelBtf: true };
  writeTarget(target, { force: false, now }, (sink) => saveSnapshot(new Registry(source), sink, options));
  return target;
}

const APP = save("app", MACHINE, CGROUPS, ROOT);
/** One without programs of its own. */
const EMPTY = `${ROOT}/empty`;

/** The rows of one cgroup of the recorded tree, as `cgroup show` prints them. */
function rowsOf(name: "tree" | "tree_effective", cgroup: string): string {
  const text = recorded(name);
  const start = text.indexOf(`${cgroup}\n`) + cgroup.length + 1;
  const rows = /^(?: *\d.*\n)*/.exec(text.slice(start))?.[0] ?? "";
  const [, heading] = text.split("\n");
  return `${heading}\n${rows.replace(/^ +/gm, "")}`;
}

describe("cgroup tree", () => {
  test.each([
    ["cgroup tree", "tree"],
    [`cgroup tree ${ROOT}`, "tree"],
    [`cg t ${ROOT}//`, "tree"],
    ["-j cgroup tree", "tree.json"],
    ["-p cgroup tree", "tree.pretty.json"],
    [`cgroup tree ${ROOT} effective`, "tree_effective"],
    [`cgroup tree ${ROOT} e`, "tree_effective"],
    [`-j cgroup tree ${ROOT} eff`, "tree_effective.json"],
    ["cgroup tree effective", "tree_effective"],
    ["-j cgroup tree effective", "tree_effective.json"],
  ])("%s", async (line, name) => {
    expect(await cliFrom(APP, line)).toEqual({ stdout: recorded(name), stderr: "", status: 0 });
  });

  test("of a part", async () => {
    const root = `${ROOT}/web`;
    const { stdout, status } = await cliFrom(APP, `cgroup tree ${root}`);
    const whole = recorded("tree");
    const part = whole.slice(whole.indexOf(`${root}\n`));
    const expected = part.replace(/^ {4}(?=\d)/gm, (indent, at) =>
      at < part.indexOf(`${root}/worker`) ? "" : indent,
    );
    expect(stdout.split("\n").slice(2).join("\n")).toBe(expected);
    expect(status).toBe(0);
  });

  test.each([
    ["cgroup tree", ""],
    ["-j cgroup tree", "[]\n"],
    ["-p cgroup tree", "[]\n"],
  ])("nothing is attached: %s", async (line, json) => {
    const { stdout, stderr, status } = await cliFrom(APP, `${line} ${EMPTY}`);
    const heading = "CgroupPath\nID       AttachType      AttachFlags     Name           \n";
    expect({ stdout, stderr, status }).toEqual({ stdout: json || heading, stderr: "", status: 0 });
  });

  test.each(["cgroup tree", "-j cgroup tree"])("goes on behind what cannot be read: %s", async (line) => {
    const attached = [{ attachType: 1, progId: 7, attachFlags: 2 }];
    const tree = [{ path: "/c" }, { path: "/c/a", queryErrno: 12 }, { path: "/c/b", openErrno: 13 }];
    const progs = MACHINE.progs?.slice(0, 1).map((prog) => ({ ...prog, id: 7 })) ?? [];
    const place = save(line.replaceAll(" ", "_"), { progs }, [...tree, { path: "/c/d", attached }], "/c");
    const { stdout, stderr, status } = await cliFrom(place, line);
    expect(stdout).toContain("/c/d");
    expect(stderr).toBe(
      "Warning: can't query bpf programs attached to /c/a: Cannot allocate memory\n" +
        "Warning: can't open cgroup /c/b: Permission denied\n",
    );
    expect(status).toBe(0);
  });
});

describe("cgroup show", () => {
  test.each(CGROUPS.map((cgroup) => cgroup.path))("%s", async (cgroup) => {
    const words = ["cgroup", "show", cgroup];
    const empty = CGROUPS.find((one) => one.path === cgroup)?.attached?.length === 0;
    expect(await cliFrom(APP, words)).toEqual({
      stdout: empty ? "" : rowsOf("tree", cgroup),
      stderr: "",
      status: 0,
    });
    const effective = await cliFrom(APP, ["cgroup", "list", cgroup, "effective"]);
    expect(effective.stdout).toBe(rowsOf("tree_effective", cgroup));
  });

  test("JSON is the list of the tree", async () => {
    const tree = JSON.parse(recorded("tree.json"));
    for (const { cgroup, programs } of tree) {
      const { stdout } = await cliFrom(APP, ["-j", "cgroup", "show", cgroup]);
      expect(stdout).toBe(`${JSON.stringify(programs)}\n`);
    }
  });

  test.each(["-j", "-p"])("nothing is attached: %s", async (form) => {
    const { stdout, status } = await cliFrom(APP, `${form} cgroup show ${EMPTY}`);
    expect([stdout, status]).toEqual(["[]\n", 0]);
  });
});

describe("mistakes", () => {
  const NO_CGROUPS = save("no-cgroups", {}, [], "");
  const OLD = saveMachine(FOLDER, "old", MACHINE);

  test.each([
    [APP, "cgroup show", "'show' needs at least 1 arguments, 0 found"],
    [APP, "cgroup show /nowhere", "can't open cgroup /nowhere"],
    [APP, `cgroup show ${ROOT} x`, "expected no more arguments, 'effective', got: 'x'?"],
    [APP, `cgroup show ${ROOT} e eff`, "duplicated argument: eff"],
    [APP, `cgroup tree ${ROOT} x`, "expected no more arguments, 'effective', got: 'x'?"],
    [APP, "cgroup tree effective effective", "duplicated argument: effective"],
    [APP, "cgroup attach /x", "bpflens has no 'cgroup attach', bpftool has"],
    [NO_CGROUPS, "cgroup tree", "cgroup v2 isn't mounted"],
    [NO_CGROUPS, "cgroup show /x", "can't open cgroup /x"],
    [
      OLD,
      "cgroup tree",
      `Cannot read snapshot '${OLD}': there is no cgroups.json: an older bpflens has taken it`,
    ],
  ])("%s: %s", async (place, line, message) => {
    expect(await cliFrom(place, line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
    const json = await cliFrom(place, `-j ${line}`);
    expect([JSON.parse(json.stdout), json.stderr, json.status]).toEqual([{ error: message }, "", 255]);
  });

  test("a root that is not there is told where the list has begun", async () => {
    const message = "can't iterate over /nowhere: No such file or directory";
    const plain = await cliFrom(APP, "cgroup tree /nowhere");
    expect(plain.stdout).toMatch(/^CgroupPath\nID .*\n$/);
    expect([plain.stderr, plain.status]).toEqual([`Error: ${message}\n`, 255]);
    const json = await cliFrom(APP, "-j cgroup tree /nowhere");
    expect([json.stdout, json.stderr, json.status]).toEqual([`[{"error":"${message}"}]\n`, "", 255]);
  });

  test("a word that is unknown shows the help", async () => {
    const { stdout, stderr, status } = await cliFrom(APP, "cgroup foo");
    expect(stderr).toContain("cgroup tree [ROOT] [effective]");
    expect([stdout, status]).toEqual(["", 255]);
  });
});
