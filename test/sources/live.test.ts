/** The live source over a kernel that answers from memory. */
import { describe, expect, test } from "vitest";
import type { ObjectKind } from "../../src/model/records.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { BPF } from "../../src/sys/attr.ts";
import { EACCES, EINVAL, ENOENT, EPERM } from "../../src/uapi/errno.ts";
import { contentsOf } from "../support/contents.ts";
import { type Call, type FakeOptions, type FakeSyscalls, fakeSyscalls } from "../support/fake-syscalls.ts";
import { MACHINE, SYMBOL_REQUEST } from "../support/machine.ts";
import { kallsymsOf, type Machine, memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { mapRecord, progRecord } from "../support/records.ts";
import { entriesOf } from "../support/entries.ts";

function live(machine: Machine, options: FakeOptions = {}): { source: ObjectSource; sys: FakeSyscalls } {
  const sys = fakeSyscalls(memorySource(machine), { kallsyms: kallsymsOf(machine), ...options });
  return { source: liveSource(sys), sys };
}

/** The BTF of the kernel is there, but its bytes are not ours to compare. */
const KERNEL_BTF = 1;

describe("the live source tells what the machine has", () => {
  const machine: Machine = {
    ...MACHINE,
    blobs: new Map([...(MACHINE.blobs ?? []), [KERNEL_BTF, new Uint8Array()]]),
  };
  const { source, sys } = live(machine);
  const ours = contentsOf(source, SYMBOL_REQUEST);
  const theirs = contentsOf(memorySource(machine), SYMBOL_REQUEST);

  test.each(Object.keys(theirs))("%s", (part) => expect(ours[part]).toEqual(theirs[part]));

  test("and nothing else", () => expect(Object.keys(ours)).toEqual(Object.keys(theirs)));

  test("by id as in the walk", () => {
    const { progs = [], maps = [], btfs = [], links = [] } = machine;
    for (const { id } of progs) expect(source.prog(id)).toEqual([...source.progs()].find((p) => p.id === id));
    for (const { id } of maps) {
      expect(source.map(id)).toEqual([...source.maps()].find((m) => m.id === id));
      expect(source.map(id)).toMatchObject(source.mapInfo(id));
    }
    for (const { id } of btfs) expect(source.btf(id)).toEqual([...source.btfs()].find((b) => b.id === id));
    for (const { id } of links) expect(source.link(id)).toEqual([...source.links()].find((l) => l.id === id));
  });

  test("every descriptor is closed", () => {
    expect(sys.openedFds()).toBeGreaterThan(50);
    expect(sys.openFds()).toBe(0);
  });

  test("a walk that is left early closes its descriptor", () => {
    const map = source.map(26);
    for (const { count } of source.contents(map).batches) {
      expect(count).toBeGreaterThan(0);
      expect(sys.openFds()).toBe(1);
      break;
    }
    expect(sys.openFds()).toBe(0);
  });
});

describe("objects that vanish", () => {
  const KINDS: readonly (readonly [
    kind: ObjectKind,
    open: number,
    walk: (source: ObjectSource) => { id: number }[],
  ])[] = [
    ["prog", BPF.PROG_GET_FD_BY_ID, (source) => [...source.progs()]],
    ["map", BPF.MAP_GET_FD_BY_ID, (source) => [...source.maps()]],
    ["link", BPF.LINK_GET_FD_BY_ID, (source) => [...source.links()]],
  ];
  test.each(KINDS)("a %s that goes between its id and its descriptor is left out", (kind, open, walk) => {
    const ids = walk(memorySource(MACHINE)).map(({ id }) => id);
    for (const gone of [ids[0], ids[1], ids.at(-1)]) {
      const { source } = live(MACHINE, {
        fail: ({ cmd, id }) => (cmd === open && id === gone ? ENOENT : undefined),
      });
      expect(
        walk(source).map(({ id }) => id),
        kind,
      ).toEqual(ids.filter((id) => id !== gone));
    }
  });
});

describe("a walk in which ids follow one another", () => {
  /** `open` of an id that is there, `none` of one that is not, `next` for the id behind the last. */
  const ROWS: readonly (readonly [ids: readonly number[], asked: string])[] = [
    [[], "next"],
    [[1], "next, open 1, none 2, next"],
    [[3], "next, open 3, next"],
    [[1, 2, 3], "next, open 1, open 2, open 3, none 4, next"],
    [[5, 6, 9, 10], "next, open 5, next, open 6, none 7, next, open 9, next, open 10, none 11, next"],
  ];
  test.each(ROWS)("%j: %s", (ids, asked) => {
    const { sys, source } = live({ ...MACHINE, progs: ids.map((id) => progRecord({ id })) });
    expect([...source.progInfos()].map(({ id }) => id)).toEqual(ids);
    const calls = sys.calls.flatMap(({ cmd, id }) => {
      if (cmd === BPF.PROG_GET_NEXT_ID) return ["next"];
      if (cmd !== BPF.PROG_GET_FD_BY_ID) return [];
      return [`${ids.includes(id as number) ? "open" : "none"} ${id}`];
    });
    expect(calls.join(", ")).toBe(asked);
    expect(sys.openFds()).toBe(0);
  });

  test("may not be ours to read from one of them on", () => {
    const { source } = live(
      { ...MACHINE, progs: [1, 2, 3].map((id) => progRecord({ id })) },
      { fail: ({ cmd, id }) => (cmd === BPF.PROG_GET_FD_BY_ID && id === 3 ? EPERM : undefined) },
    );
    expect(() => [...source.progs()]).toThrow("can't get prog by id (3): Operation not permitted");
  });
});

/** What each walk and lookup does first: the noun of bpftool's message. */
type Ask = (source: ObjectSource) => unknown;
type ErrorRow = readonly [
  what: string,
  ask: Ask,
  fail: (call: Call) => boolean,
  errno: number,
  message: string,
];

const opens = (cmd: number) => (call: Call) => call.cmd === cmd;
const infoOf = (kind: ObjectKind) => (call: Call) =>
  call.cmd === BPF.OBJ_GET_INFO_BY_FD && call.kind === kind;
const all = <T>(items: Iterable<T>): T[] => [...items];

const ERRORS: readonly ErrorRow[] = [
  [
    "progs",
    (s) => all(s.progs()),
    opens(BPF.PROG_GET_NEXT_ID),
    EPERM,
    "can't get next program: Operation not permitted",
  ],
  [
    "maps",
    (s) => all(s.maps()),
    opens(BPF.MAP_GET_NEXT_ID),
    EPERM,
    "can't get next map: Operation not permitted",
  ],
  [
    "links",
    (s) => all(s.links()),
    opens(BPF.LINK_GET_NEXT_ID),
    EPERM,
    "can't get next link: Operation not permitted",
  ],
  [
    "progs of old kernels",
    (s) => all(s.progs()),
    opens(BPF.PROG_GET_NEXT_ID),
    EINVAL,
    "can't get next program: Invalid argument -- kernel too old?",
  ],
  [
    "a prog in the walk",
    (s) => all(s.progs()),
    opens(BPF.PROG_GET_FD_BY_ID),
    EPERM,
    "can't get prog by id (7): Operation not permitted",
  ],
  [
    "a map in the walk",
    (s) => all(s.maps()),
    opens(BPF.MAP_GET_FD_BY_ID),
    EPERM,
    "can't get map by id (26): Operation not permitted",
  ],
  [
    "prog by id",
    (s) => s.prog(121),
    opens(BPF.PROG_GET_FD_BY_ID),
    EPERM,
    "get by id (121): Operation not permitted",
  ],
  ["no prog", (s) => s.prog(5), () => false, ENOENT, "get by id (5): No such file or directory"],
  ["no map", (s) => s.map(5), () => false, ENOENT, "get map by id (5): No such file or directory"],
  [
    "no BTF",
    (s) => s.btf(5),
    () => false,
    ENOENT,
    "can't get BTF object by id (5): No such file or directory",
  ],
  [
    "no link",
    (s) => s.link(500),
    () => false,
    ENOENT,
    "failed to get link with ID 500: No such file or directory",
  ],
  ["prog info", (s) => s.prog(7), infoOf("prog"), EINVAL, "can't get prog info (7): Invalid argument"],
  ["map info", (s) => s.map(26), infoOf("map"), EINVAL, "can't get map info (26): Invalid argument"],
  [
    "code",
    (s) => s.code(progRecord({ id: 121 })),
    infoOf("prog"),
    EINVAL,
    "can't get prog info: Invalid argument",
  ],
  [
    "image",
    (s) => s.image(progRecord({ id: 121 })),
    infoOf("prog"),
    EINVAL,
    "can't get prog info: Invalid argument",
  ],
  ["BTF info", (s) => s.btf(24), infoOf("btf"), EINVAL, "can't get BTF object info: Invalid argument"],
  [
    "BTF bytes",
    (s) => s.btfBytes({ id: 24, size: 10, name: "", kernel: false }),
    infoOf("btf"),
    EINVAL,
    "failed to get btf: Invalid argument",
  ],
  ["link info", (s) => s.link(1), infoOf("link"), EINVAL, "can't get link info: Invalid argument"],
  [
    "perf",
    (s) => all(s.perf()),
    opens(BPF.TASK_FD_QUERY),
    EPERM,
    "perf_query_support: Operation not permitted",
  ],
  [
    "a pin",
    (s) => s.pinned("/sys/fs/bpf/none"),
    () => false,
    ENOENT,
    "bpf obj get (/sys/fs/bpf/none): No such file or directory",
  ],
  [
    "a pin in bpffs",
    (s) => s.pinned("/sys/fs/bpf/rtp"),
    opens(BPF.OBJ_GET),
    EACCES,
    "bpf obj get (/sys/fs/bpf/rtp): Permission denied",
  ],
];

describe("errors are in bpftool's words, and leave no descriptor open", () => {
  test.each(ERRORS)("%s", (_, ask, fail, errno, message) => {
    const { source, sys } = live(MACHINE, { fail: (call) => (fail(call) ? errno : undefined) });
    const error = inspectErrorOf(() => ask(source));
    expect(error.message).toBe(message);
    expect(error.data.errno).toBe(errno);
    expect(sys.openFds()).toBe(0);
  });

  test("a path outside of bpffs is told in full, where bpftool cuts it to its folder (24.11)", () => {
    const { source } = live(MACHINE, { fail: ({ cmd }) => (cmd === BPF.OBJ_GET ? EACCES : undefined) });
    const error = inspectErrorOf(() => source.pinned("/etc/passwd"));
    expect(error.message).toBe("bpf obj get (/etc/passwd): directory not in bpf file system (bpffs)");
    expect(error.data.errno).toBe(EACCES);
  });

  test("a walk that is given up closes what it has opened", () => {
    const { source, sys } = live(MACHINE);
    for (const _ of source.progs()) break;
    for (const _ of source.maps()) break;
    for (const _ of source.perf()) break;
    expect(sys.openedFds()).toBeGreaterThan(0);
    expect(sys.openFds()).toBe(0);
  });

  test("link status: bpftool exits with the errno", () => {
    expect(inspectErrorOf(() => live(MACHINE).source.link(500)).status).toBe(254);
    expect(inspectErrorOf(() => live(MACHINE).source.prog(500)).status).toBe(255);
  });
});

describe("programs", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  test.each([0, 1, 63, 64, 65, 1000])("%i maps", (count) => {
    const { source, sys } = live({ progs: [progRecord({ id: 1, mapIds: many(count) })] });
    expect(source.prog(1).mapIds).toEqual(many(count));
    expect(sys.calls.filter(({ cmd }) => cmd === BPF.OBJ_GET_INFO_BY_FD).length).toBe(count > 64 ? 2 : 1);
  });

  test("names of 15 letters have no NUL behind them to spare", () => {
    const progs = [progRecord({ id: 1, name: "x".repeat(15) }), progRecord({ id: 2, name: "" })];
    expect([...live({ progs }).source.progs()].map(({ name }) => name)).toEqual(["x".repeat(15), ""]);
  });

  test("names are bytes", () => {
    const { source } = live({ progs: [progRecord({ id: 1, name: "\xff\xc3\xa9" })] });
    expect(source.prog(1).name).toBe("\xff\xc3\xa9");
  });

  test("an orphaned one, of which the kernel tells nothing but ENODEV", () => {
    const { source, sys } = live({
      progs: [progRecord({ id: 9, orphaned: true, mapIds: [3, 4], memlock: "4096" }), progRecord({ id: 10 })],
    });
    const [orphan, next] = [...source.progs()];
    expect(orphan).toMatchObject({ id: 9, orphaned: true, memlock: "4096" });
    // The kernel does fill in the ids, but does not tell how many there are.
    expect(orphan?.mapIds).toEqual([]);
    expect(next).toMatchObject({ id: 10, orphaned: false });
    expect(source.prog(9)).toEqual(orphan);
    expect(sys.openFds()).toBe(0);
  });

  test("hidden code is empty, a hidden image is none", () => {
    const { source } = live(MACHINE, { hidesCode: true });
    const prog = source.prog(121);
    expect(source.code(prog).xlated.length).toBe(0);
    expect(source.image(prog)).toBeUndefined();
  });
});

describe("maps", () => {
  test.each([
    [1, "0"],
    [4, "0-3"],
  ])("values of all %i CPUs (%s), each rounded up to 8 bytes", (possibleCpus) => {
    const host = { ...memorySource({}).host(), possibleCpus };
    const value = Uint8Array.from({ length: 8 * possibleCpus }, (_, i) => i);
    const machine: Machine = {
      host,
      maps: [mapRecord({ id: 1, type: 6, valueSize: 5 })],
      entries: new Map([[1, [{ key: new Uint8Array(4), value }]]]),
    };
    const { source } = live(machine);
    expect(source.host().possibleCpus).toBe(possibleCpus);
    expect(entriesOf(source.contents(source.map(1)), source.map(1))).toEqual([
      { key: new Uint8Array(4), value },
    ]);
  });

  test("entries that cannot be read say why", () => {
    const { source, sys } = live(MACHINE, {
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_ELEM ? ENOENT : undefined),
    });
    const map = source.map(26);
    const entries = entriesOf(source.contents(map), map);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(({ errno }) => errno === ENOENT)).toBe(true);
    expect(sys.openFds()).toBe(0);
  });

  test("a map that goes around in circles comes to an end", () => {
    const entry = { key: new Uint8Array(4), value: new Uint8Array(4) };
    const machine: Machine = {
      maps: [mapRecord({ id: 1, maxEntries: 5 })],
      entries: new Map([[1, [{ key: Uint8Array.of(1, 0, 0, 0), value: entry.value }, entry, entry]]]),
    };
    const { source } = live(machine);
    const map = source.map(1);
    const { batches, end } = source.contents(map);
    expect(entriesOf({ batches, end }, map).length).toBe(2);
    expect(end.restarts).toBeGreaterThan(0);
  });

  test("maps are opened for reading only", () => {
    const { source, sys } = live(MACHINE);
    let flags = 0;
    const bpf = sys.bpf.bind(sys);
    sys.bpf = (cmd, attr, pointers) => {
      if (cmd === BPF.MAP_GET_FD_BY_ID) flags = attr[8] ?? 0;
      return bpf(cmd, attr, pointers);
    };
    source.map(26);
    expect(flags).toBe(8);
  });
});

describe("symbols", () => {
  test("kallsyms is closed again, and read no further than needed", () => {
    const { source, sys } = live(MACHINE, { pieceSize: 20 });
    const total = Math.ceil(kallsymsOf(MACHINE).length / 20);
    source.symbols({ addresses: [], offsets: [-61360] });
    expect(sys.kallsymsRead().open).toBe(false);
    expect(sys.kallsymsRead().pieces).toBeGreaterThan(0);
    expect(sys.kallsymsRead().pieces).toBeLessThan(total);
  });

  test("no kallsyms: no names", () => {
    const { callBase, names } = live(MACHINE, { kallsyms: "" }).source.symbols(SYMBOL_REQUEST);
    expect([callBase, names.size]).toEqual([0n, 0]);
  });
});

describe("pins and holders", () => {
  test("are read once", () => {
    const { source, sys } = live(MACHINE);
    const first = source.pins();
    const calls = sys.calls.length;
    expect(source.pins()).toBe(first);
    expect(source.holders()).toBe(source.holders());
    expect(sys.calls.length).toBe(calls);
  });

  test("pins that cannot be opened are left out", () => {
    const { source } = live(MACHINE, { fail: ({ cmd }) => (cmd === BPF.OBJ_GET ? EPERM : undefined) });
    expect(source.pins()).toEqual([]);
  });
});
