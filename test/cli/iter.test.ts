/** `iter show`, on a saved machine and on a kernel; `iter cat`, on a kernel that answers read by read. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { LinkDetail, LinkRecord } from "../../src/model/records.ts";
import { readIterator } from "../../src/sources/live/iterator.ts";
import { BPF } from "../../src/sys/attr.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { type FakeSyscalls, fakeSyscalls } from "../support/fake-syscalls.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { linkRecord, progRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const kernel = vi.hoisted((): { sys?: Syscalls } => ({}));
vi.mock("../../src/sys/linux.ts", () => ({ linuxSyscalls: () => kernel.sys }));

const ITER = 4;
type Limits = Partial<Pick<IterDetail, "mapId" | "cgroupId" | "order" | "tid" | "pid">>;
type IterDetail = Extract<LinkDetail, { kind: "iter" }>;

/** The ids of a thread and its process stand where others have the id of a cgroup. */
function iterator(id: number, progId: number, targetName: string, limits: Limits = {}): LinkRecord {
  const { mapId = 0, order = 0, tid = 0, pid = 0 } = limits;
  const { cgroupId = (BigInt(pid) << 32n) | BigInt(tid) } = limits;
  return linkRecord(id, ITER, progId, { kind: "iter", targetName, mapId, order, tid, pid, cgroupId });
}

const MACHINE: Machine = {
  progs: [
    progRecord({ id: 3, type: 26, name: "dump_map" }),
    progRecord({ id: 4, type: 26, name: "dump_task" }),
  ],
  links: [
    linkRecord(10, 1, 3, { kind: "none" }),
    iterator(11, 3, "bpf_map_elem", { mapId: 5 }),
    iterator(12, 4, "task", { tid: 8 }),
    iterator(13, 4, "task_file", { pid: 9 }),
    iterator(14, 4, "task_vma"),
    iterator(15, 4, "cgroup", { cgroupId: 7n, order: 2 }),
    iterator(16, 99, "bpf_map"),
  ],
  pins: [{ kind: "link", id: 12, path: "/sys/fs/bpf/tasks" }],
  holders: [{ kind: "link", id: 13, pid: 100, comm: "walker" }],
};

const LINES = [
  "11: iter  prog 3  target_name bpf_map_elem  map_id 5  \n\tprog_name dump_map\n",
  "12: iter  prog 4  target_name task  tid 8 \n\tprog_name dump_task\n",
  "13: iter  prog 4  target_name task_file  pid 9 \n\tprog_name dump_task\n\tpids walker(100)\n",
  "14: iter  prog 4  target_name task_vma  \n\tprog_name dump_task\n",
  "15: iter  prog 4  target_name cgroup  cgroup_id 7  order descendants_pre  \n\tprog_name dump_task\n",
  "16: iter  prog 99  target_name bpf_map  \n",
];
const JSON_ROWS = [
  { id: 11, type: "iter", prog_id: 3, target_name: "bpf_map_elem", map_id: 5, prog_name: "dump_map" },
  { id: 12, type: "iter", prog_id: 4, target_name: "task", tid: 8, prog_name: "dump_task" },
  {
    id: 13,
    type: "iter",
    prog_id: 4,
    target_name: "task_file",
    pid: 9,
    prog_name: "dump_task",
    pids: [{ pid: 100, comm: "walker" }],
  },
  { id: 14, type: "iter", prog_id: 4, target_name: "task_vma", prog_name: "dump_task" },
  {
    id: 15,
    type: "iter",
    prog_id: 4,
    target_name: "cgroup",
    cgroup_id: 7,
    order: "descendants_pre",
    prog_name: "dump_task",
  },
  { id: 16, type: "iter", prog_id: 99, target_name: "bpf_map" },
];

const PLACE = saveMachine(tempFolder(), "iterators", MACHINE);
/** What the iterators of the links answer, read by read. */
const READS = new Map<number, readonly (string | number)[]>([
  [11, ["1: 2\n", "3: 4\nhalf ", 'a "line"\n', "\xff\0"]],
  [12, []],
  // EINTR; EAGAIN: a million objects, and nothing printed
  [13, [4, 11, 11, "behind many\n"]],
  [14, ["x".repeat(65_536), "x".repeat(65_536), "\n"]],
  [15, ["first\n", 7]],
]);

let fake: FakeSyscalls;
beforeEach(() => {
  fake = fakeSyscalls(memorySource(MACHINE), { iterators: READS });
  kernel.sys = fake;
});
const live = (line: string) => runCli(line.split(" "));
const saved = (line: string) => cliFrom(PLACE, line);

describe.each([
  ["on a kernel", live],
  ["from a snapshot", saved],
])("iter show %s", (_, run) => {
  test.each(["iter show", "iter list", "it s"])("%s", async (line) => {
    expect(await run(line)).toEqual({ stdout: LINES.join(""), stderr: "", status: 0 });
  });

  test("in JSON", async () => {
    const { stdout, status } = await run("-j iter show");
    expect([JSON.parse(stdout), status]).toEqual([JSON_ROWS, 0]);
  });

  test.each(["iter show id 12", "iter list pinned /sys/fs/bpf/tasks"])("%s", async (line) => {
    expect((await run(line)).stdout).toBe(LINES[1]);
    expect(JSON.parse((await run(`-j ${line}`)).stdout)).toEqual(JSON_ROWS[1]);
    expect((await run(`-f ${line}`)).stdout).toBe(`${LINES[1]?.trimEnd()}\n\tpinned /sys/fs/bpf/tasks\n`);
  });

  test.each([
    ["iter show id 10", "link 10 is not an iterator", 255],
    ["iter show id 77", "failed to get link with ID 77: No such file or directory", 254],
    ["iter show name x", "expected 'id' or 'pinned', got: 'name'?", 255],
    ["iter cat id 10 more", "what is 'more'?", 255],
  ])("%s: %s", async (line, message, status) => {
    expect(await run(line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status });
    expect(JSON.parse((await run(`-j ${line}`)).stdout)).toEqual({ error: message });
  });
});

describe("iter cat", () => {
  test.each([
    ["id 12", ""],
    ["id 13", "behind many\n"],
    ["pinned /sys/fs/bpf/tasks", ""],
    ["id 14", `${"x".repeat(131_072)}\n`],
  ])("%s", async (words, stdout) => {
    expect(await live(`iter cat ${words}`)).toEqual({ stdout, stderr: "", status: 0 });
    const json = await live(`-p iter cat ${words}`);
    expect([JSON.parse(json.stdout).join(""), json.status]).toEqual([stdout, 0]);
    expect(fake.openFds()).toBe(0);
  });

  test("bytes are as they came", () => {
    const pieces = [...readIterator(fake, 11)].map(({ length }) => length);
    const bytes = [...readIterator(fake, 11)].map((piece) => Buffer.from(piece).toString("latin1"));
    expect(pieces).toEqual([5, 10, 9, 2]);
    expect(bytes.at(-1)).toBe("\xff\0");
  });

  test("JSON: lines, however they came", async () => {
    const { stdout } = await live("-j iter cat id 11");
    expect(JSON.parse(stdout)).toEqual(["1: 2\n", "3: 4\n", 'half a "line"\n', "\xff\0"]);
  });

  test("a read that fails: what came before is there", async () => {
    const message = "can't read the iterator of link 15: Argument list too long";
    expect(await live("iter cat id 15")).toEqual({
      stdout: "first\n",
      stderr: `Error: ${message}\n`,
      status: 255,
    });
    expect(JSON.parse((await live("-j iter cat id 15")).stdout)).toEqual(["first\n", { error: message }]);
    expect(fake.openFds()).toBe(0);
  });

  test("an iterator that cannot be made", async () => {
    const { stdout, stderr, status } = await live("iter cat id 16");
    const message = "Error: can't create an iterator of link 16: Invalid argument\n";
    expect([stdout, stderr, status]).toEqual(["", message, 255]);
    expect(fake.calls.at(-1)?.cmd).toBe(BPF.ITER_CREATE);
    expect(fake.openFds()).toBe(0);
  });

  test.each([
    ["iter cat id 10", "link 10 is not an iterator"],
    ["iter cat id x", "can't parse x as ID"],
  ])("%s: %s", async (line, message) => {
    expect(await live(line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
  });

  test("from a snapshot", async () => {
    const stderr = "Error: only the running kernel can run an iterator\n";
    expect(await saved("iter cat id 12")).toEqual({ stdout: "", stderr, status: 255 });
  });
});

describe("iter", () => {
  test.each(["iter", "iter help", "iter h"])("%s shows help", async (line) => {
    const { stdout, stderr, status } = await saved(line);
    expect([stdout, status]).toEqual(["", 0]);
    expect(stderr).toContain("iter cat LINK");
    expect((await saved(`-j ${line}`)).stdout).toBe("null\n");
  });

  test.each(["iter pin f.o /sys/fs/bpf/x", "iter p"])("%s is not there", async (line) => {
    const stderr = "Error: bpflens has no 'iter pin', bpftool has\n";
    expect(await saved(line)).toEqual({ stdout: "", stderr, status: 255 });
  });
});
