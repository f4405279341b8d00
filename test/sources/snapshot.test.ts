/** Snapshots: what is saved is what is read, and nothing more is read than needed. */
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import { symbolRequest } from "../../src/code/calls.ts";
import { InspectError } from "../../src/errors.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { progView } from "../../src/model/views.ts";
import { bundledSnapshot, bundledSnapshots } from "../../src/sources/bundled.ts";
import { openSource } from "../../src/sources/open.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import type { SnapshotFiles } from "../../src/sources/snapshot/files.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { type SnapshotSource, snapshotSource } from "../../src/sources/snapshot/source.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { contentsOf } from "../support/contents.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { u32s } from "../support/insns.ts";
import { MACHINE, SYMBOL_REQUEST } from "../support/machine.ts";
import { kallsymsOf, memorySource, type Machine } from "../support/memory-source.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { btfRecord, mapRecord, progCode, progRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { entriesOf } from "../support/entries.ts";

const NOW = new Date("2026-11-20T10:00:00Z");
const LIMITS = { now: NOW, maxEntries: 65_536, maxBytes: 16 << 20, kernelBtf: false };
const FOLDER = tempFolder();

/** Saves at a new place and reads it again. */
async function saved(source: ObjectSource, name: string, limits = LIMITS): Promise<SnapshotSource> {
  const target = path.join(FOLDER, name);
  writeTarget(target, { force: false, now: NOW }, (sink) => saveSnapshot(new Registry(source), sink, limits));
  return (await openSource(target)) as SnapshotSource;
}

/** The files of a snapshot in memory. */
function savedFiles(machine: Machine, limits = LIMITS): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const put = (name: string, bytes: Uint8Array) => void files.set(name, Uint8Array.from(bytes));
  saveSnapshot(new Registry(memorySource(machine)), { put }, limits);
  return files;
}

function filesOf(files: ReadonlyMap<string, Uint8Array>): SnapshotFiles {
  return {
    size: (name) => files.get(name)?.length,
    read: (name) => files.get(name) ?? expect.unreachable(`${name} was not saved`),
  };
}

describe.each([["folder"], ["snapshot.zip"], ["zip by its bytes alone"]])("save, then read: %s", (name) => {
  const place = name === "zip by its bytes alone" ? "bytes.zip" : name;
  const snapshot = saved(memorySource(MACHINE), place).then(async (source) => {
    if (place !== "bytes.zip") return source;
    fs.renameSync(path.join(FOLDER, place), path.join(FOLDER, "no-such-ending"));
    return (await openSource(path.join(FOLDER, "no-such-ending"))) as SnapshotSource;
  });
  const theirs = contentsOf(memorySource(MACHINE), SYMBOL_REQUEST);

  test.each(Object.keys(theirs))("%s are the same", async (part) => {
    expect(contentsOf(await snapshot, SYMBOL_REQUEST)[part]).toEqual(theirs[part]);
  });

  test("the manifest tells what it is and what was left out", async () => {
    const { manifest } = await snapshot;
    expect(manifest).toMatchObject({
      format: "bpflens-snapshot",
      version: 2,
      taken: "2026-11-20T10:00:00.000Z",
      leftOut: ["btf 1 (vmlinux): the BTF of the kernel was not asked for"],
    });
  });

  test("count() of each table", async () => {
    const source = await snapshot;
    const counts = (["progs", "maps", "btfs", "links", "perf", "pins", "holders"] as const).map((table) =>
      source.count(table),
    );
    expect(counts).toEqual([5, 6, 2, 20, 4, 5, 6]);
  });
});

test("a snapshot of a snapshot has the same files", async () => {
  const first = savedFiles(MACHINE);
  const again = new Map<string, Uint8Array>();
  const source = snapshotSource(filesOf(first), "first");
  saveSnapshot(new Registry(source), { put: (name, bytes) => void again.set(name, bytes) }, LIMITS);
  expect([...again.keys()].sort()).toEqual([...first.keys()].sort());
  for (const [name, bytes] of first) {
    const [theirs, ours] = [bytes, again.get(name) ?? []].map((blob) => Buffer.from(blob).toString("latin1"));
    // Keys may stand in another order.
    if (name.endsWith(".json")) expect(JSON.parse(ours ?? ""), name).toEqual(JSON.parse(theirs ?? ""));
    else expect(ours, name).toBe(theirs);
  }
});

/** The live source over a kernel that answers from a snapshot, and what was asked of its symbols. */
function liveOver(snapshot: ObjectSource, kallsyms: string) {
  // The BTF of the kernel was not saved; the live source does not ask for its bytes either.
  const btfBytes: ObjectSource["btfBytes"] = (btf) =>
    btf.kernel ? new Uint8Array() : snapshot.btfBytes(btf);
  const sys = fakeSyscalls({ ...withMethods(snapshot), btfBytes }, { kallsyms });
  return { live: liveSource(sys), sys };
}

test("a live kernel that answers from a snapshot is the snapshot", () => {
  const snapshot = snapshotSource(filesOf(savedFiles(MACHINE)), "memory");
  const { live, sys } = liveOver(snapshot, kallsymsOf(MACHINE));
  expect(contentsOf(live, SYMBOL_REQUEST)).toEqual(contentsOf(snapshot, SYMBOL_REQUEST));
  expect(sys.openFds()).toBe(0);
});

describe.each(bundledSnapshots())("the bundled snapshot %s by way of a live kernel", async (name) => {
  const snapshot = await openSource(name);
  const kallsyms = path.join(bundledSnapshot(name) ?? "", "kallsyms.txt");
  const { live, sys } = liveOver(
    snapshot,
    fs.existsSync(kallsyms) ? fs.readFileSync(kallsyms, "latin1") : "",
  );
  const addresses = [...snapshot.progs()].flatMap((prog) => snapshot.code(prog).jitedKsyms);
  const offsets = [...snapshot.progs()].flatMap((prog) => {
    const { xlated, jitedKsyms } = snapshot.code(prog);
    return symbolRequest(new InsnArray(xlated, snapshot.host().littleEndian), jitedKsyms).offsets;
  });
  const theirs = contentsOf(snapshot, { addresses, offsets });

  test.each(Object.keys(theirs))("%s are the same", (part) => {
    expect(contentsOf(live, { addresses, offsets })[part]).toEqual(theirs[part]);
    expect(sys.openFds()).toBe(0);
  });
});

/** The methods of a source as properties, so that one of them can be replaced. */
function withMethods(source: ObjectSource): ObjectSource {
  return {
    kind: source.kind,
    label: source.label,
    progs: () => source.progs(),
    progInfos: () => source.progInfos(),
    prog: (id) => source.prog(id),
    maps: () => source.maps(),
    mapInfos: () => source.mapInfos(),
    map: (id) => source.map(id),
    mapInfo: (id) => source.mapInfo(id),
    btfs: () => source.btfs(),
    btf: (id) => source.btf(id),
    links: () => source.links(),
    link: (id) => source.link(id),
    perf: () => source.perf(),
    code: (prog) => source.code(prog),
    image: (prog) => source.image(prog),
    btfBytes: (btf) => source.btfBytes(btf),
    contents: (map) => source.contents(map),
    lookup: (map, key) => source.lookup(map, key),
    nextKey: (map, key) => source.nextKey(map, key),
    pins: () => source.pins(),
    pinned: (file) => source.pinned(file),
    holders: () => source.holders(),
    tokens: () => source.tokens(),
    symbols: (request) => source.symbols(request),
    host: () => source.host(),
  };
}

describe("laziness", () => {
  test("prog show reads the manifest and tables, no blob", () => {
    const files = filesOf(savedFiles(MACHINE));
    const read = vi.spyOn(files, "read");
    const registry = new Registry(snapshotSource(files, "spied"));
    for (const prog of registry.source.progs()) progView(registry, prog, { pins: true });
    expect(read.mock.calls.map(([name]) => name).sort()).toEqual([
      "holders.json",
      "pins.json",
      "progs.json",
      "snapshot.json",
    ]);
  });

  test("opening reads the manifest alone, and each table is read once", () => {
    const files = filesOf(savedFiles(MACHINE));
    const read = vi.spyOn(files, "read");
    const source = snapshotSource(files, "spied");
    expect(read).toHaveBeenCalledTimes(1);
    expect([...source.maps()].length).toBe(6);
    expect(source.map(26).name).toBe("stats");
    expect(source.count("maps")).toBe(6);
    expect(read).toHaveBeenCalledTimes(2);
  });
});

describe("what is not there", () => {
  const source = snapshotSource(filesOf(savedFiles(MACHINE)), "s");
  const ROWS: readonly (readonly [what: string, ask: () => unknown, message: string, status: number])[] = [
    ["a program", () => source.prog(5), "get by id (5): No such file or directory", 255],
    ["a map", () => source.map(5), "get map by id (5): No such file or directory", 255],
    ["a BTF", () => source.btf(5), "can't get BTF object by id (5): No such file or directory", 255],
    ["a link", () => source.link(500), "failed to get link with ID 500: No such file or directory", 254],
    ["a pin", () => source.pinned("/x"), "bpf obj get (/x): No such file or directory", 255],
    [
      "the BTF of the kernel",
      () => source.btfBytes(source.btf(1)),
      "Cannot read snapshot 's': btf/1.btf was not saved",
      255,
    ],
  ];
  test.each(ROWS)("%s", (_, ask, message, status) => {
    const error = inspectErrorOf(ask);
    expect([error.message, error.status]).toEqual([message, status]);
  });

  test("code that was hidden is empty, an image that was hidden is none", () => {
    const prog = progRecord({ id: 1, xlatedLen: 16, jitedLen: 20 });
    const hidden = snapshotSource(filesOf(savedFiles({ progs: [prog] })), "s");
    expect(hidden.code(prog).xlated.length).toBe(0);
    expect(hidden.image(prog)).toBeUndefined();
  });
});

describe("saveSnapshot()", () => {
  const entries = Array.from({ length: 10 }, (_, i) => ({
    key: Uint8Array.of(i, 0, 0, 0),
    value: Uint8Array.of(i),
  }));
  const machine: Machine = {
    maps: [mapRecord({ id: 1, name: "m", valueSize: 1, maxEntries: 10 })],
    entries: new Map([[1, entries]]),
  };
  const LIMITED: readonly (readonly [what: string, limits: Partial<typeof LIMITS>, count: number])[] = [
    ["all entries", {}, 10],
    ["as many entries as allowed", { maxEntries: 4 }, 4],
    ["as many bytes as allowed", { maxBytes: 15 }, 3],
  ];
  test.each(LIMITED)("saves %s", (_, limits, count) => {
    const source = snapshotSource(filesOf(savedFiles(machine, { ...LIMITS, ...limits })), "s");
    expect(entriesOf(source.contents(source.map(1)), source.map(1))).toEqual(
      entries.slice(0, count).map(({ key, value }) => ({ key, value })),
    );
    expect(source.manifest.leftOut).toEqual(count < 10 ? [`map 1 contents: cut after ${count} entries`] : []);
  });

  test("tells what could not be read, and goes on", () => {
    const progs = [progRecord({ id: 1 }), progRecord({ id: 2, name: "two" })];
    const source = memorySource({ progs, btfs: [btfRecord({ id: 9, size: 5 })] });
    const failing: ObjectSource = {
      ...source,
      code(prog) {
        if (prog.id === 1) return source.btfBytes(btfRecord({ id: 77 })) as never;
        return progCode();
      },
      perf: () => source.btfBytes(btfRecord({ id: 78 })) as never,
    };
    const files = new Map<string, Uint8Array>();
    const put = (name: string, bytes: Uint8Array) => void files.set(name, bytes);
    const { counts, leftOut } = saveSnapshot(new Registry(failing), { put }, LIMITS);
    expect(counts).toMatchObject({ progs: 2, btfs: 1, perf: 0 });
    expect(leftOut.map((text) => text.split(":")[0])).toEqual(["perf", "prog 1 code", "btf 9"]);
    expect(snapshotSource(filesOf(files), "s").prog(2).name).toBe("two");
  });

  test("an image without readable code can be read again", () => {
    const image = { jited: new Uint8Array(20), jitedLineInfo: new Uint8Array(16), jitedLineInfoRecSize: 8 };
    const prog = progRecord({ id: 1, jitedLen: 20 });
    const source = memorySource({ progs: [prog], images: new Map([[1, image]]) });
    const failing: ObjectSource = { ...source, code: () => source.btfBytes(btfRecord({ id: 77 })) as never };
    const files = new Map<string, Uint8Array>();
    saveSnapshot(new Registry(failing), { put: (name, bytes) => void files.set(name, bytes) }, LIMITS);
    expect(snapshotSource(filesOf(files), "s").image(prog)?.jited.length).toBe(20);
  });

  test("names and paths are kept byte for byte", () => {
    const name = "\x01\x7f\xff\xc3\xa9";
    const path = `/sys/fs/bpf/${name}`;
    const files = savedFiles({ progs: [progRecord({ id: 1, name })], pins: [{ kind: "prog", id: 1, path }] });
    const source = snapshotSource(filesOf(files), "s");
    expect(source.prog(1).name).toBe(name);
    expect(source.pins()[0]?.path).toBe(path);
  });
});

describe("contents of maps, saved and read again", () => {
  const ENTRIES = Array.from({ length: 6 }, (_, i) => ({ key: u32s(i), value: u32s(i * 10) }));
  const perCpu = ENTRIES.map(({ key }, i) => ({
    key,
    value: Uint8Array.from({ length: 16 }, (_, at) => i + at),
  }));
  const errnos = ENTRIES.map((entry, i) => (i % 3 === 0 ? entry : { ...entry, errno: i === 1 ? 2 : 524 }));
  const noKey = { key: new Uint8Array(), value: u32s(77) };
  const MAPS: Machine = {
    maps: [
      mapRecord({ id: 1, name: "hash", maxEntries: 10 }),
      mapRecord({ id: 2, type: MAP_TYPE.perf_event_array, name: "errors", maxEntries: 6 }),
      mapRecord({ id: 3, type: MAP_TYPE.percpu_array, name: "cpus", valueSize: 5, maxEntries: 6 }),
      mapRecord({ id: 4, name: "empty" }),
      mapRecord({ id: 5, type: MAP_TYPE.queue, name: "queue", keySize: 0 }),
      mapRecord({ id: 6, type: MAP_TYPE.queue, name: "empty_queue", keySize: 0 }),
      mapRecord({ id: 7, type: MAP_TYPE.ringbuf, name: "ring", keySize: 0, valueSize: 0, maxEntries: 4096 }),
      mapRecord({ id: 8, type: MAP_TYPE.sk_storage, name: "sockets", maxEntries: 0 }),
      mapRecord({ id: 9, name: "broken_off", maxEntries: 10 }),
      mapRecord({ id: 10, name: "cut", maxEntries: 10 }),
    ],
    entries: new Map([
      [1, ENTRIES],
      [2, errnos],
      [3, perCpu],
      [5, [noKey]],
      [9, ENTRIES],
      [10, ENTRIES],
    ]),
    ends: new Map([
      [5, { errno: 22 }],
      [6, { errno: 22 }],
      [7, { errno: 524 }],
      [8, { errno: 524 }],
      [9, { errno: 1 }],
      [10, { cut: true }],
    ]),
  };

  /** Entries and end of every map, and what a lookup without a key gives. */
  function allContents(source: ObjectSource): unknown[] {
    return [...source.maps()].map((map) => {
      const contents = source.contents(map);
      const entries = entriesOf(contents, map).map(({ key, value, errno }) => ({
        key: hexText(key),
        value: errno === undefined ? hexText(value) : errno,
      }));
      const next = valueOrInspectError(() => source.lookup(map, new Uint8Array(map.keySize)));
      const found = next instanceof InspectError ? next.message : hexText(next);
      return { id: map.id, entries, end: { ...contents.end }, found };
    });
  }

  const theirs = allContents(memorySource(MAPS));
  const places = ["contents", "contents.zip"];

  test.each(places)("%s: entries, errors, errno, cut", async (place) => {
    expect(allContents(await saved(memorySource(MAPS), place))).toEqual(theirs);
  });

  test("by way of a live kernel", async () => {
    const sys = fakeSyscalls(memorySource(MAPS), { noBatches: 524 });
    const source = await saved(liveSource(sys), "contents-live");
    // A live kernel gives all.
    const whole = allContents(memorySource({ ...MAPS, ends: new Map([...(MAPS.ends ?? [])].slice(0, 5)) }));
    expect(allContents(source)).toEqual(whole);
    expect(sys.openFds()).toBe(0);
  });

  test("a snapshot of the snapshot", async () => {
    const first = await saved(memorySource(MAPS), "contents-1");
    expect(allContents(await saved(first, "contents-2"))).toEqual(theirs);
  });

  test("errors are blobs only where there are some", () => {
    const names = [...savedFiles(MAPS).keys()].filter((name) => name.endsWith("errors.bin"));
    expect(names).toEqual(["maps/2/errors.bin"]);
    const bytes = savedFiles(MAPS).get("maps/2/errors.bin") ?? new Uint8Array();
    expect([...new Uint16Array(Uint8Array.from(bytes).buffer)]).toEqual([0, 2, 524, 0, 524, 524]);
  });

  test("cut contents lose the errors behind the cut", () => {
    const source = snapshotSource(filesOf(savedFiles(MAPS, { ...LIMITS, maxEntries: 2 })), "s");
    const contents = source.contents(source.map(2));
    expect(entriesOf(contents, source.map(2)).map(({ errno }) => errno)).toEqual([undefined, 2]);
    expect(contents.end.cut).toBe(true);
  });

  test("as many entries as allowed, and no more there are: nothing is cut", () => {
    const source = snapshotSource(filesOf(savedFiles(MAPS, { ...LIMITS, maxEntries: 6 })), "s");
    expect(source.contents(source.map(1)).end.cut).toBeUndefined();
    expect(source.manifest.leftOut.filter((text) => text.startsWith("map 1 "))).toEqual([]);
  });

  test("the limit in bytes counts the values of all CPUs", () => {
    // Entries have 4 + 2 * 8 bytes.
    const source = snapshotSource(filesOf(savedFiles(MAPS, { ...LIMITS, maxBytes: 40 })), "s");
    expect(entriesOf(source.contents(source.map(3)), source.map(3)).length).toBe(2);
  });

  test("not saved: that is what is said, and the walk over the others goes on", () => {
    const source = snapshotSource(filesOf(savedFiles(MAPS, { ...LIMITS, maxEntries: 0 })), "s");
    for (const map of source.maps()) {
      for (const ask of [
        () => source.contents(map),
        () => source.lookup(map, new Uint8Array(map.keySize)),
        () => source.nextKey(map, undefined),
      ])
        expect(inspectErrorOf(ask).message).toBe(
          `Cannot read snapshot 's': the contents of map ${map.id} were not saved`,
        );
    }
  });

  test("maps that lead to programs are saved even so", () => {
    const maps = [mapRecord({ id: 2, type: MAP_TYPE.prog_array, maxEntries: 6 })];
    const source = snapshotSource(filesOf(savedFiles({ ...MAPS, maps }, { ...LIMITS, maxEntries: 0 })), "s");
    expect(entriesOf(source.contents(source.map(2)), source.map(2)).length).toBe(6);
  });

  describe("snapshot save --map-data", () => {
    const original = path.join(FOLDER, "map-data-from");
    beforeAll(() => void saved(memorySource(MAPS), "map-data-from"));
    let targets = 0;

    async function save(...options: string[]): Promise<{ place: string; stderr: string; stdout: string }> {
      const place = path.join(FOLDER, `map-data-${targets++}`);
      const { status, stdout, stderr } = await runCli([
        "--from",
        original,
        "snapshot",
        "save",
        place,
        ...options,
      ]);
      expect(status).toBe(0);
      return { place, stdout, stderr };
    }

    const dump = async (place: string, id: number) =>
      runCli(["-j", "--from", place, "map", "dump", "id", `${id}`]);

    test.each([[["--map-data", "all"]], [["--map-data=all"]], [[]]])("%j: all", async (options) => {
      const { place } = await save(...options);
      expect(allContents(await openSource(place))).toEqual(theirs);
    });

    test.each([["none"], ["0"]])("%s: none, and the snapshot says so", async (none) => {
      const { place } = await save("--map-data", none);
      expect(fs.existsSync(path.join(place, "maps"))).toBe(false);
      const { stdout, status } = await dump(place, 1);
      const message = `Cannot read snapshot '${place}': the contents of map 1 were not saved`;
      const document = JSON.parse(stdout);
      expect(Array.isArray(document) ? document.at(-1) : document).toEqual({ error: message });
      expect(status).toBe(255);
    });

    test("2: two of each map", async () => {
      const { place, stderr } = await save("--map-data", "2");
      const { stdout, stderr: warning } = await dump(place, 1);
      expect(JSON.parse(stdout).length).toBe(2);
      expect(warning).toBe("Warning: only the first entries of map 1 are known\n");
      expect(stderr).toContain("left out: map 1 contents: cut after 2 entries\n");
      expect(stderr).toContain("left out: map 3 contents: cut after 2 entries\n");
      expect(stderr).not.toContain("map 4 ");
    });

    test.each(["some", "-1", "1.5", "", "99999999999", "0x10"])("%j is a mistake", async (value) => {
      const place = path.join(FOLDER, "map-data-mistake");
      for (const json of [[], ["-j"]]) {
        const line = [...json, "--from", original, "snapshot", "save", place, `--map-data=${value}`];
        const { stdout, stderr, status } = await runCli(line);
        const message = `--map-data wants 'all', 'none' or a number of entries, got: '${value}'`;
        if (json.length > 0) expect(JSON.parse(stdout)).toEqual({ error: message });
        else expect(stderr).toBe(`Error: ${message}\n`);
        expect(status).toBe(255);
        expect(fs.existsSync(place)).toBe(false);
      }
    });
  });
});

describe("the BTF of the kernel", () => {
  const vmlinux = new BtfBuilder();
  const int = vmlinux.int("int", 4);
  const kernel = vmlinux.build();
  const module = new BtfBuilder().build();
  const machine: Machine = {
    btfs: [
      btfRecord({ id: 1, name: "vmlinux", kernel: true, size: kernel.length }),
      btfRecord({ id: 2, name: "ext4", kernel: true, size: module.length }),
      btfRecord({ id: 3, size: kernel.length }),
    ],
    blobs: new Map([
      [1, kernel],
      [2, module],
      [3, kernel],
    ]),
  };

  test("is saved with that of the modules", () => {
    const source = snapshotSource(filesOf(savedFiles(machine, { ...LIMITS, kernelBtf: true })), "s");
    const registry = new Registry(source);
    expect(registry.kernelBtf().type(int)).toMatchObject({ name: "int" });
    expect(registry.btf(2)?.base).toBe(registry.kernelBtf());
    expect(source.manifest.leftOut).toEqual([]);
  });

  test("is left out, and the manifest says so", () => {
    const files = savedFiles(machine, { ...LIMITS, kernelBtf: false });
    const source = snapshotSource(filesOf(files), "s");
    expect([...files.keys()].filter((name) => name.startsWith("btf/"))).toEqual(["btf/3.btf"]);
    expect(source.manifest.leftOut).toEqual([
      "btf 1 (vmlinux): the BTF of the kernel was not asked for",
      "btf 2 (ext4): the BTF of the kernel was not asked for",
    ]);
    expect(inspectErrorOf(() => new Registry(source).kernelBtf()).message).toBe(
      "Cannot read snapshot 's': btf/1.btf was not saved",
    );
  });

  test.each([
    [[], ["1.btf", "2.btf", "3.btf"]],
    [["--no-kernel-btf"], ["3.btf"]],
  ])("snapshot save %j", async (options, files) => {
    await saved(memorySource(machine), `kernel-from-${files.length}`, { ...LIMITS, kernelBtf: true });
    const from = path.join(FOLDER, `kernel-from-${files.length}`);
    const place = path.join(FOLDER, `kernel-to-${files.length}`);
    const { stdout, status } = await runCli(["-j", "--from", from, "snapshot", "save", place, ...options]);
    expect(status).toBe(0);
    expect(fs.readdirSync(path.join(place, "btf")).sort()).toEqual(files);
    expect(JSON.parse(stdout).left_out.length).toBe(3 - files.length);
  });
});

describe("version 1", () => {
  /** The files as version 1 had them: no errors, no errno, no word of what is cut. */
  function asVersion1(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
    const json = (name: string) => JSON.parse(Buffer.from(files.get(name) ?? []).toString("utf8"));
    const manifest = { ...json("snapshot.json"), version: 1 };
    const maps = json("maps.json").map(
      ({ savedErrno: _errno, savedCut: _cut, ...map }: Record<string, unknown>) =>
        map.savedEntries === 0 ? { ...map, savedEntries: undefined, savedValueSize: undefined } : map,
    );
    const old = new Map([...files].filter(([name]) => !name.endsWith("errors.bin")));
    old.set("snapshot.json", Buffer.from(JSON.stringify(manifest)));
    old.set("maps.json", Buffer.from(JSON.stringify(maps)));
    return old;
  }

  test("is read", () => {
    const source = snapshotSource(filesOf(asVersion1(savedFiles(MACHINE))), "old");
    expect(source.manifest.version).toBe(1);
    const theirs = contentsOf(memorySource(MACHINE), SYMBOL_REQUEST);
    const ours = contentsOf(source, SYMBOL_REQUEST);
    for (const part of Object.keys(theirs)) if (part !== "entries") expect(ours[part]).toEqual(theirs[part]);
    const map = source.map(26);
    const contents = source.contents(map);
    expect(entriesOf(contents, map)).toEqual(MACHINE.entries?.get(26));
    expect(contents.end).toEqual({ vanished: 0, restarts: 0 });
  });

  test("maps without a word of their contents: they were not saved", () => {
    const source = snapshotSource(filesOf(asVersion1(savedFiles(MACHINE))), "old");
    expect(inspectErrorOf(() => source.contents(source.map(31))).message).toContain(
      "the contents of map 31 were not saved",
    );
  });

  test("is written as version 2 when it is saved again", () => {
    const old = snapshotSource(filesOf(asVersion1(savedFiles(MACHINE))), "old");
    const files = new Map<string, Uint8Array>();
    const put = (name: string, bytes: Uint8Array) => void files.set(name, Uint8Array.from(bytes));
    const { leftOut } = saveSnapshot(new Registry(old), { put }, LIMITS);
    const source = snapshotSource(filesOf(files), "new");
    expect(source.manifest.version).toBe(2);
    expect(entriesOf(source.contents(source.map(26)), source.map(26))).toEqual(MACHINE.entries?.get(26));
    expect(leftOut).toContain(
      "map 31 contents: Cannot read snapshot 'old': the contents of map 31 were not saved",
    );
  });
});

describe("writeTarget()", () => {
  const write = (target: string, force: boolean, save: () => void = () => {}) =>
    writeTarget(target, { force, now: NOW }, (sink) => {
      sink.put("a/b.txt", Buffer.from("x"));
      save();
    });
  const leftovers = () => fs.readdirSync(FOLDER).filter((name) => name.includes("partial"));

  test.each(["exists", "exists.zip"])("%s is not replaced, unless forced", (name) => {
    const target = path.join(FOLDER, name);
    write(target, false);
    expect(inspectErrorOf(() => write(target, false)).message).toContain("it exists; 'force' replaces it");
    write(target, true);
    expect(fs.existsSync(target)).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  test.each(["failed", "failed.zip"])("%s: nothing stays behind where saving fails", (name) => {
    const target = path.join(FOLDER, name);
    const boom = () => {
      throw new Error("boom");
    };
    expect(() => write(target, false, boom)).toThrow("boom");
    expect(fs.existsSync(target)).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test("a place that cannot be written to is an InspectError in the system's words", () => {
    const error = inspectErrorOf(() => write(path.join(FOLDER, "no", "such", "folder"), false));
    expect(error.message).toMatch(/^Cannot save snapshot '.*\/no\/such\/folder': No such file or directory$/);
  });

  test("files are for their owner alone", () => {
    const target = path.join(FOLDER, "private");
    write(target, false);
    expect(fs.statSync(target).mode & 0o077).toBe(0);
    expect(fs.statSync(path.join(target, "a/b.txt")).mode & 0o077).toBe(0);
  });
});
