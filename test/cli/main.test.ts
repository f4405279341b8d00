/** The command line on mistakes: what it says, where, and the exit status; JSON output is always a document. */
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { JsonWriter } from "../../src/json/writer.ts";
import { Registry } from "../../src/model/registry.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { BPF } from "../../src/sys/attr.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { EACCES, ENOSYS, EPERM } from "../../src/uapi/errno.ts";
import { type Call, fakeSyscalls } from "../support/fake-syscalls.ts";
import { u32s } from "../support/insns.ts";
import { MACHINE } from "../support/machine.ts";
import { kallsymsOf, type Machine, memorySource } from "../support/memory-source.ts";
import { mapRecord, progRecord } from "../support/records.ts";
import { type CliResult, runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** The kernel that `live` looks at. */
const kernel = vi.hoisted(() => ({ sys: undefined as Syscalls | undefined }));
vi.mock("../../src/sys/linux.ts", () => ({ linuxSyscalls: () => kernel.sys }));

const ROOT = tempFolder();
const SNAPSHOT = save("machine", MACHINE);

function save(name: string, machine: Machine): string {
  const target = path.join(ROOT, name);
  const now = new Date("2026-11-20T10:00:00Z");
  const registry = new Registry(memorySource(machine));
  writeTarget(target, { force: false, now }, (sink) =>
    saveSnapshot(registry, sink, {
      now,
      maxEntries: 100,
      maxBytes: 10_000,
      kernelBtf: true,
      description: "made for tests",
    }),
  );
  return target;
}

function from(line: string, place = SNAPSHOT): Promise<CliResult> {
  return runCli([...line.split(" ").filter(Boolean), "--from", place]);
}

beforeEach(() => {
  kernel.sys = fakeSyscalls(memorySource(MACHINE), { kallsyms: kallsymsOf(MACHINE) });
});

describe("mistakes", () => {
  const NO_PROG = "get by id (5): No such file or directory";
  const PROG_WORDS = "expected 'id', 'tag', 'name' or 'pinned', got: 'x'?";
  const ROWS: readonly (readonly [line: string, message: string, status: number])[] = [
    ["prog show id 5", NO_PROG, 255],
    ["p s id 5", NO_PROG, 255],
    ["prog list id 5", NO_PROG, 255],
    ["map show id 5", "get map by id (5): No such file or directory", 255],
    ["btf show id 5", "can't get BTF object by id (5): No such file or directory", 255],
    ["link show id 500", "failed to get link with ID 500: No such file or directory", 254],
    ["prog show name nosuch", "no program with name 'nosuch'", 255],
    ["prog show tag ffffffffffffffff", "no program with tag ffffffffffffffff", 255],
    ["map show name nosuch", "no map with name 'nosuch'", 255],
    ["prog show pinned /x", "bpf obj get (/x): No such file or directory", 255],
    ["prog show pinned /sys/fs/bpf/demo/stats", "incorrect object type: map", 255],
    ["map show pinned /sys/fs/bpf/short", "incorrect object type: prog", 255],
    ["link show pinned /sys/fs/bpf/short", "incorrect object type: prog", 255],
    ["prog show id x1", "can't parse x1 as ID", 255],
    ["prog show x 1", PROG_WORDS, 255],
    ["prog show x", "what is 'x'?", 255],
    ["prog show id 7 x", "what is 'id'?", 255],
    ["map show id", "what is 'id'?", 255],
    ["btf show id 1 2", "what is 'id'?", 255],
    ["link show name x", "expected 'id' or 'pinned', got: 'name'?", 255],
    ["prog dump xlated id 5", NO_PROG, 255],
    ["prog dump xlated x 1", PROG_WORDS, 255],
    ["prog dump abc id 7", "expected 'xlated' or 'jited', got: abc", 255],
    ["prog dump", "expected 'xlated' or 'jited'", 255],
    ["prog dump xlated id 7 file", "expected file path", 255],
    [
      "prog dump xlated id 7 file /x opcodes",
      "'file' is not compatible with 'opcodes', 'visual', or 'linum'",
      255,
    ],
    [
      "prog dump xlated id 7 linum file /x",
      "'file' is not compatible with 'opcodes', 'visual', or 'linum'",
      255,
    ],
    [
      "prog dump xlated id 7 file /no/such/folder/f",
      "can't open file /no/such/folder/f: No such file or directory",
      255,
    ],
    [
      "prog dump jited id 7",
      "error retrieving jit dump: the snapshot does not have the jited instructions of program 7: they were not captured",
      255,
    ],
    ["prog tracelog stdout id 7", "only the running kernel has streams of programs", 255],
    ["prog pin id 7 /x", "bpflens has no 'prog pin', bpftool has", 255],
    ["map u id 26 key 1", "bpflens has no 'map update', bpftool has", 255],
    ["map de id 26 key 1", "bpflens has no 'map delete', bpftool has", 255],
    ["map p id 26 /x", "bpflens has no 'map pin', bpftool has", 255],
    ["batch file x", "Can't open file (x): No such file or directory", 255],
    ["gen", "bpflens has no 'gen', bpftool has", 255],
    ["-Z prog show", "unrecognized option '-Z'", 255],
    ["prog show id -1", "unrecognized option '-1'", 255],
  ];

  test.each(ROWS)("%s", async (line, message, status) => {
    const { stdout, stderr, status: actual } = await from(line);
    expect(stderr.split("\n")[0]).toBe(`Error: ${message}`);
    if (!message.startsWith("unrecognized option")) expect(stderr).toBe(`Error: ${message}\n`);
    expect([stdout, actual]).toEqual(["", status]);
  });

  test.each(ROWS)("-j %s", async (line, message, status) => {
    for (const options of ["-j", "-p"]) {
      const { stdout, stderr, status: actual } = await from(`${options} ${line}`);
      expect(JSON.parse(stdout)).toEqual({ error: message });
      expect(stdout.endsWith("}\n")).toBe(true);
      expect([stderr, actual]).toEqual(["", status]);
    }
  });

  test("-j prog dump ... visual", async () => {
    const { stdout, status } = await from("-j prog dump xlated id 7 visual");
    expect(JSON.parse(stdout)).toEqual({ error: "'visual' is not compatible with JSON output" });
    expect(status).toBe(255);
  });

  test("an unrecognized option shows the top-level help, in plain text only", async () => {
    const { stderr } = await from("-Z");
    expect(stderr).toContain("Usage: bpflens [OPTIONS] OBJECT COMMAND ...");
    expect((await from("-j -Z")).stderr).toBe("");
  });

  test("a value that is missing", async () => {
    const { stderr, status } = await runCli(["prog", "show", "--from"]);
    expect(stderr.split("\n")[0]).toBe("Error: unrecognized option '--from'");
    expect(status).toBe(255);
  });

  test.each([
    [
      "a source that is not there",
      "/no/such/place",
      "Cannot open source '/no/such/place': No such file or directory",
    ],
    ["a name that is not ASCII", "/no/sùch", "Cannot open source '/no/sùch': No such file or directory"],
  ])("%s", async (_, place, message) => {
    const plain = await from("prog show", place);
    expect([plain.stderr, plain.status]).toEqual([`Error: ${message}\n`, 255]);
    const json = await from("-j prog show id 7", place);
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
  });

  test("messages are escaped in JSON (24.17)", async () => {
    const { stdout } = await runCli(["-j", "--from", SNAPSHOT, "prog", "show", "pinned", '/a"b\\c\n']);
    expect(JSON.parse(stdout)).toEqual({ error: 'bpf obj get (/a"b\\c\n): No such file or directory' });
  });
});

describe("options of another command", () => {
  type Row = readonly [line: string, message: string];
  const ROWS: readonly Row[] = [
    ["prog show --limit 5", "'prog show' has no option '--limit'"],
    ["prog --limit=5", "'prog show' has no option '--limit'"],
    ["p s --table", "'prog show' has no option '--table'"],
    ["map show --limit 5", "'map show' has no option '--limit'"],
    ["map lookup id 26 key 1 0 0 0 --human", "'map lookup' has no option '--human'"],
    ["map getnext id 26 --limit 1", "'map getnext' has no option '--limit'"],
    ["btf dump id 24 --type x", "'btf dump' has no option '--type'"],
    ["map dump id 26 --map-data all", "'map dump' has no option '--map-data'"],
    ["map dump id 26 --limit 1 --no-kernel-btf", "'map dump' has no option '--no-kernel-btf'"],
    ["snapshot show --map-data all", "'snapshot show' has no option '--map-data'"],
    ["version --limit 5", "'version' has no option '--limit'"],
    ["-V --limit 5", "'version' has no option '--limit'"],
    ["prog pin id 7 /x --limit 5", "'prog pin' has no option '--limit'"],
  ];

  test.each(ROWS)("%s", async (line, message) => {
    expect(await from(line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
  });

  test.each(ROWS)("-j %s", async (line, message) => {
    const { stdout, stderr, status } = await from(`-j ${line}`);
    expect(JSON.parse(stdout)).toEqual({ error: message });
    expect([stderr, status]).toEqual(["", 255]);
  });

  test("without a command", async () => {
    const { stderr, status } = await from("--limit 5");
    expect([stderr, status]).toEqual(["Error: there is no option '--limit'\n", 255]);
  });

  test("its own, wherever it stands", async () => {
    const wanted = await from("map dump id 26 --limit 1");
    expect(wanted.stdout.endsWith("Found 1 element\n")).toBe(true);
    for (const line of ["--limit 1 map dump id 26", "map --limit=1 dump id 26", "m d id --limit 1 26"])
      expect(await from(line)).toEqual(wanted);
  });

  test("behind -- it is a word", async () => {
    const result = await runCli(["--from", SNAPSHOT, "map", "dump", "id", "26", "--", "--limit", "5"]);
    expect(result.status).toBe(255);
    expect(result.stderr).toContain("Usage: bpflens");
  });

  test("a value that is missing", async () => {
    const { stderr, status } = await runCli(["--from", SNAPSHOT, "map", "dump", "id", "26", "--limit"]);
    expect(stderr.split("\n")[0]).toBe("Error: unrecognized option '--limit'");
    expect(status).toBe(255);
    const json = await runCli(["-j", "--from", SNAPSHOT, "map", "dump", "id", "26", "--limit"]);
    expect(JSON.parse(json.stdout)).toEqual({ error: "unrecognized option '--limit'" });
  });
});

describe("several programs of one name", () => {
  const twins = save("twins", {
    progs: [progRecord({ id: 3, name: "twin" }), progRecord({ id: 9, name: "twin" })],
  });

  test.each([
    ["visual", "prog dump xlated name twin visual"],
    ["file", `prog dump xlated name twin file ${ROOT}/out`],
  ])("cannot be dumped with %s", async (_, line) => {
    const { stderr, status } = await from(line, twins);
    expect([stderr, status]).toEqual(["Error: several programs matched\n", 255]);
    expect(fs.existsSync(path.join(ROOT, "out"))).toBe(false);
  });

  test("without instructions the dump stops with a whole document", async () => {
    const { stdout, status } = await from("-j prog dump xlated name twin", twins);
    const [last] = JSON.parse(stdout).slice(-1);
    expect([last.error, status]).toEqual([
      "error retrieving insn dump: the snapshot does not have the xlated instructions of program 3: they were not captured",
      255,
    ]);
  });

  test("show lists both", async () => {
    const { stdout } = await from("-j prog show name twin", twins);
    expect(JSON.parse(stdout).map(({ id }: { id: number }) => id)).toEqual([3, 9]);
  });
});

describe("help", () => {
  type Row = readonly [line: string, contains: string, status: number];
  const ROWS: readonly Row[] = [
    ["", "prog dump", 0],
    ["help", "prog dump", 0],
    ["-h", "prog dump", 0],
    ["-h prog", "map show", 0],
    ["prog show --help -Z", "map show", 0],
    ["prog help", "prog dump", 0],
    ["help prog", "prog dump", 0],
    ["map help", "map show", 0],
    ["nosuch", "prog dump", 255],
    ["prog nosuch", "prog dump", 255],
    ["prog dump xlated", "prog dump", 255],
    ["prog dump xlated id", "prog dump", 255],
    ["prog dump xlated id 7 nosuch", "prog dump", 255],
  ];

  test.each(ROWS)("%j shows it on stderr", async (line, contains, status) => {
    const { stdout, stderr, status: actual } = await from(line);
    expect(stderr).toContain("Usage: bpflens [OPTIONS] OBJECT COMMAND ...");
    expect(stderr).toContain(contains);
    expect(stderr).not.toContain("Error:");
    expect([stdout, actual]).toEqual(["", status]);
  });

  test.each(ROWS)("-j %j is null", async (line, _, status) => {
    const { stdout, stderr, status: actual } = await from(`-j ${line}`);
    expect([stdout, stderr, actual]).toEqual(["null\n", "", status]);
  });

  test("help of an object tells of that object only", async () => {
    const { stderr } = await from("map help");
    expect(stderr).not.toContain("prog dump");
  });
});

describe("version", () => {
  test.each([["version"], ["v"], ["-V"], ["--version prog"], ["version nonsense"]])("%s", async (line) => {
    const { stdout, stderr, status } = await from(line);
    expect(stdout.split("\n").slice(0, 2)).toEqual(["bpftool v7.8.0", "using libbpf v1.8"]);
    expect([stderr, status]).toEqual(["", 0]);
  });

  test.each([["-j version"], ["-j -V"], ["-jV"]])("%s", async (line) => {
    const { stdout, status } = await from(line);
    expect(JSON.parse(stdout)).toMatchObject({ version: "7.8.0", libbpf_version: "1.8" });
    expect(status).toBe(0);
  });
});

describe("the source", () => {
  test("BPFLENS_FROM names it, --from is stronger", async () => {
    const env = { BPFLENS_FROM: SNAPSHOT };
    expect(JSON.parse((await runCli(["-j", "prog", "show"], env)).stdout).length).toBe(5);
    const { stderr } = await runCli(["prog", "show", "--from", "/no/such"], env);
    expect(stderr).toBe("Error: Cannot open source '/no/such': No such file or directory\n");
  });

  test("without one, and with an empty one, it is the live kernel", async () => {
    for (const env of [{}, { BPFLENS_FROM: "" }]) {
      const { stdout, status } = await runCli(["-j", "prog", "show"], env);
      expect(JSON.parse(stdout).length).toBe(5);
      expect(status).toBe(0);
    }
  });

  const SHOWS = ["prog", "map", "link", "btf", "perf"].flatMap((object) => [
    `${object} show`,
    `-j ${object} show`,
    `-jf ${object} show`,
    `-p ${object} list`,
  ]);
  const DUMPS = ["", "-j ", "-p "].flatMap((option) =>
    [
      "prog dump xlated id 121 linum opcodes",
      "map dump id 26",
      "map dump id 30",
      "map dump id 31",
      "map dump id 32",
      "map dump name stats --limit 2",
      "map lookup id 26 key 2 0 0 0",
      "map getnext id 26 key 2 0 0 0",
      "map getnext id 26",
      "btf dump id 24",
      "btf dump map id 30 value",
      "btf dump prog id 121 root_id 1",
    ].map((line) => `${option}${line}`),
  );
  test.each([...SHOWS, ...DUMPS])("%s: the live kernel and its snapshot print the same", async (line) => {
    const live = await runCli(line.split(" "));
    const snapshot = await from(line);
    expect(live).toEqual(snapshot);
    expect([live.stderr, live.status]).toEqual(["", 0]);
    if (line.startsWith("-")) JSON.parse(live.stdout);
  });

  const QUEUES: Machine = {
    maps: [
      mapRecord({ id: 1, type: 22, keySize: 0 }),
      mapRecord({ id: 2, type: 22, keySize: 0 }),
      mapRecord({ id: 3, type: 27, keySize: 0, valueSize: 0, maxEntries: 4096 }),
      mapRecord({ id: 4, type: 3, maxEntries: 3 }),
      mapRecord({ id: 5, type: 17, maxEntries: 2 }),
    ],
    entries: new Map([
      [1, [{ key: new Uint8Array(), value: Uint8Array.of(1, 2, 3, 4) }]],
      [4, [0, 1, 2].map((i) => ({ key: u32s(i), value: u32s(i), ...(i === 1 ? {} : { errno: 2 }) }))],
      [5, [0, 1].map((i) => ({ key: u32s(i), value: u32s(i), errno: 95 }))],
    ]),
    ends: new Map([
      [1, { errno: 22 }],
      [2, { errno: 22 }],
      [3, { errno: 524 }],
    ]),
  };
  const queues = save("queues", QUEUES);
  const ODD_LINES = [
    "dump id 1",
    "dump id 2",
    "dump id 3",
    "dump id 4",
    "dump id 5",
    "peek id 1",
    "peek id 2",
    "getnext id 1",
  ];
  test.each(["", "-j ", "-p "].flatMap((option) => ODD_LINES.map((line) => `${option}map ${line}`)))(
    "%s: a live map without keys, or with values that cannot be read, and its snapshot print the same",
    async (line) => {
      kernel.sys = fakeSyscalls(memorySource(QUEUES), { noBatches: 524 });
      const live = await runCli(line.split(" "));
      expect(live).toEqual(await from(line, queues));
      if (line.startsWith("-")) JSON.parse(live.stdout);
    },
  );

  test("a map that changes while it is dumped: a warning, and the status is 0", async () => {
    kernel.sys = fakeSyscalls(memorySource(MACHINE), {
      change({ cmd, key }, entries) {
        if (cmd === BPF.MAP_LOOKUP_ELEM && key?.[0] === 2) entries.splice(1, 1);
      },
    });
    const { stdout, stderr, status } = await runCli(["map", "dump", "id", "26"]);
    expect(stdout).toBe(
      "key: 01 00 00 00  value: 0a 00 00 00\nkey: 02 00 00 00  value: <no entry>\n" +
        "key: 03 00 00 00  value: 1e 00 00 00\nFound 2 elements\n",
    );
    expect(stderr).toBe("Warning: map 26 changed while it was read: keys vanished: 1, walks begun anew: 1\n");
    expect(status).toBe(0);
  });

  test("snapshot save, then the same output from what was saved", async () => {
    const target = path.join(ROOT, "saved.zip");
    const { stdout, stderr, status } = await runCli(["snapshot", "save", target, "--no-kernel-btf"]);
    expect([stdout.split(":")[0], status]).toEqual([`saved ${target}`, 0]);
    expect(stderr).toBe("left out: btf 1 (vmlinux): the BTF of the kernel was not asked for\n");
    expect(await from("prog show", target)).toEqual(await runCli(["prog", "show"]));
  });

  test("snapshot show of a place whose name is not ASCII", async () => {
    const place = save("näme", {});
    const { stdout, status } = await runCli(["snapshot", "show", place]);
    expect(status).toBe(0);
    expect(stdout).toContain(place);
    const json = await runCli(["-j", "snapshot", "show", place]);
    expect(JSON.parse(json.stdout)[0].snapshot).toBe(place);
  });

  test("snapshot save without a target", async () => {
    const { stderr, status } = await runCli(["snapshot", "save"]);
    expect([stderr, status]).toEqual(["Error: 'save' needs at least 1 arguments, 0 found\n", 255]);
  });
});

describe("a kernel that does not let us look", () => {
  const HINT = "Hint: looking at the live kernel needs root; --from SNAPSHOT looks at a saved machine";
  const PERF_HINT = "HINT: non root or kernel doesn't support TASK_FD_QUERY";

  function refuse(errno: number, only: (call: Call) => boolean = () => true): void {
    kernel.sys = fakeSyscalls(memorySource(MACHINE), { fail: (call) => (only(call) ? errno : undefined) });
  }

  const ROWS: readonly (readonly [line: string, message: string, inList: boolean])[] = [
    ["prog show", "can't get next program: Operation not permitted", true],
    ["map show", "can't get next map: Operation not permitted", true],
    ["link show", "can't get next link: Operation not permitted", true],
    ["prog show id 121", "get by id (121): Operation not permitted", false],
    ["map show id 26", "get map by id (26): Operation not permitted", false],
  ];

  test.each(ROWS)("%s: bpftool's words, and a hint", async (line, message) => {
    refuse(EPERM);
    const { stdout, stderr, status } = await runCli(line.split(" "));
    const [error, hint, ...rest] = stderr.split("\n");
    expect(error).toBe(`Error: ${message}`);
    expect(hint?.startsWith(HINT)).toBe(true);
    expect([rest, stdout, status]).toEqual([[""], "", 255]);
  });

  test.each(ROWS)("-j %s: the error in the document, the hint on stderr", async (line, message, inList) => {
    refuse(EPERM);
    const { stdout, stderr, status } = await runCli(["-j", ...line.split(" ")]);
    expect(JSON.parse(stdout)).toEqual(inList ? [{ error: message }] : { error: message });
    expect(stderr.startsWith(HINT)).toBe(true);
    expect(status).toBe(255);
  });

  test("btf show asks for the programs first, as bpftool does", async () => {
    refuse(EPERM);
    const { stderr, status } = await runCli(["btf", "show"]);
    expect([stderr.split("\n")[0], status]).toEqual([
      "Error: can't get next prog: Operation not permitted",
      255,
    ]);
  });

  test.each([["perf show"], ["-j perf show"]])("%s: with bpftool's hint", async (line) => {
    refuse(EPERM);
    const { stdout, stderr, status } = await runCli(line.split(" "));
    const lines = stderr.split("\n").filter((text) => !text.startsWith("Error: "));
    expect(lines[0]).toBe(PERF_HINT);
    expect(lines[1]?.startsWith(HINT)).toBe(true);
    expect(status).toBe(255);
    if (line.startsWith("-j")) expect(stdout).toContain("perf_query_support: Operation not permitted");
    else expect(stderr).toContain("Error: perf_query_support: Operation not permitted\n");
  });

  test("ENOSYS: there is no bpf(2)", async () => {
    refuse(ENOSYS);
    const { stderr } = await runCli(["prog", "show"]);
    expect(stderr).toMatch(
      /^Error: can't get next program: Function not implemented\nHint: there is no bpf\(2\) here; /,
    );
  });

  test("no hint where the object is refused for another reason, or a snapshot was asked for", async () => {
    expect((await runCli(["prog", "show", "id", "5"])).stderr).not.toContain("Hint");
    expect((await from("prog show id 5")).stderr).not.toContain("Hint");
  });

  test("a path that is refused gets no hint: bpf(2) itself would do", async () => {
    refuse(EACCES, ({ cmd }) => cmd === BPF.OBJ_GET);
    const { stderr } = await runCli(["prog", "show", "pinned", "/sys/fs/bpf/short"]);
    expect(stderr).toBe("Error: bpf obj get (/sys/fs/bpf/short): Permission denied\n");
  });
});

describe("prog dump ... file", () => {
  test("writes the instructions for their owner alone, and null in JSON", async () => {
    for (const [option, stdout] of [
      ["", ""],
      ["-j", "null\n"],
    ] as const) {
      const file = path.join(ROOT, `out${option}.bin`);
      const result = await from(`${option} prog dump xlated id 7 file ${file}`);
      expect(result).toEqual({ stdout, stderr: "", status: 0 });
      expect(fs.readFileSync(file)).toEqual(Buffer.from(MACHINE.code?.get(7)?.xlated ?? []));
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  test("writes the image", async () => {
    const file = path.join(ROOT, "image.bin");
    await from(`prog dump jited id 121 file ${file}`);
    expect(fs.readFileSync(file)).toEqual(Buffer.from(MACHINE.images?.get(121)?.jited ?? []));
  });
});

test("an exception that is none of ours says so, in a whole document", async () => {
  kernel.sys = undefined; // whatever is asked of it is a TypeError
  const { stdout, stderr, status } = await runCli(["-j", "prog", "show"]);
  expect(JSON.parse(stdout)[0].error).toContain("undefined");
  expect(stderr).toContain("This is a bug in bpflens. Please report it.");
  expect(status).toBe(255);
});

test("the writer of a document is closed: nothing follows an error", async () => {
  const fail = vi.spyOn(JsonWriter.prototype, "fail");
  const { stdout } = await from("-j prog show id 5");
  expect(fail).toHaveBeenCalledTimes(1);
  expect(stdout.match(/\n/g)?.length).toBe(1);
  fail.mockRestore();
});
