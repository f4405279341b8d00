/** Snapshots: what is saved is what is read, and nothing more is read than needed. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { symbolRequest } from "../../src/code/calls.ts";
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
import { contentsOf } from "../support/contents.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { MACHINE, SYMBOL_REQUEST } from "../support/machine.ts";
import { kallsymsOf, memorySource, type Machine } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { btfRecord, mapRecord, progCode, progRecord } from "../support/records.ts";
import { tempFolder } from "../support/temp-folder.ts";

const NOW = new Date("2026-11-20T10:00:00Z");
const LIMITS = { now: NOW, maxEntries: 65_536, maxBytes: 16 << 20 };
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
      version: 1,
      taken: "2026-11-20T10:00:00.000Z",
      leftOut: ["btf 1 (vmlinux): the BTF of the kernel is not saved"],
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
    prog: (id) => source.prog(id),
    maps: () => source.maps(),
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
    entries: (map, limit) => source.entries(map, limit),
    pins: () => source.pins(),
    pinned: (file) => source.pinned(file),
    holders: () => source.holders(),
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
    expect([...source.entries(source.map(1), 100)]).toEqual(
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
