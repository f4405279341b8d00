/** What is in a map of a live kernel: in batches and key by key, of maps that change, and of maps without keys. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { MapContents } from "../../src/model/contents.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { BPF } from "../../src/sys/attr.ts";
import { EACCES, EINVAL, ENOENT, ENOSPC, ENOTSUPP, EOPNOTSUPP, EPERM } from "../../src/uapi/errno.ts";
import { MAP_TYPE, MAP_TYPES, type MapTypeName } from "../../src/uapi/map-types.ts";
import { storedValueSize } from "../../src/uapi/map-traits.ts";
import { type Entry, entriesOf } from "../support/entries.ts";
import { BATCH_TYPES } from "../support/fake-map.ts";
import { type Call, type FakeOptions, type FakeSyscalls, fakeSyscalls } from "../support/fake-syscalls.ts";
import { u32s } from "../support/insns.ts";
import { MACHINE } from "../support/machine.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { hostRecord, mapRecord } from "../support/records.ts";

const EFAULT = 14;
const EBUSY = 16;
const CPUS = 3;
const ALL = Number.POSITIVE_INFINITY;

interface Live {
  readonly source: ObjectSource;
  readonly sys: FakeSyscalls;
  readonly map: MapRecord;
  read(): { readonly entries: Entry[]; readonly end: MapContents["end"] };
}

type Fields = Partial<MapRecord>;

/** A kernel with one map, number 1. */
function live(
  fields: Fields,
  entries: readonly Entry[],
  options: FakeOptions = {},
  machine: Machine = {},
): Live {
  const map = mapRecord({ id: 1, maxEntries: Math.max(1, entries.length), ...fields });
  const host = hostRecord({ possibleCpus: CPUS });
  const memory = memorySource({ host, maps: [map], entries: new Map([[1, entries]]), ...machine });
  const sys = fakeSyscalls(memory, options);
  const source = liveSource(sys);
  return {
    source,
    sys,
    map,
    read() {
      const contents = source.contents(map);
      return { entries: entriesOf(contents, map, ALL), end: contents.end };
    },
  };
}

function callsOf({ sys }: Live, cmd: number): readonly Call[] {
  return sys.calls.filter((call) => call.cmd === cmd);
}

/** Entries of a map, no two alike, as many bytes each as the kernel gives. */
function makeEntries(
  { type, keySize, valueSize }: Pick<MapRecord, "type" | "keySize" | "valueSize">,
  count: number,
): Entry[] {
  const bytes = storedValueSize({ type, valueSize }, CPUS);
  return Array.from({ length: count }, (_, i) => {
    const key = new Uint8Array(keySize);
    key.set(u32s(i).subarray(0, keySize));
    return { key, value: Uint8Array.from({ length: bytes }, (_, at) => (i * 7 + at) & 0xff) };
  });
}

/** Values of 100,000 bytes are compared in no time as digests. */
const brief = (entries: readonly Entry[]) =>
  entries.map(({ key, value, errno }) => [
    Buffer.from(key).toString("hex"),
    createHash("sha1").update(value).digest("hex"),
    errno,
  ]);

const numbers = (entries: readonly Entry[]) => entries.map(({ key }) => Buffer.from(key).readUInt32LE(0));
const SIZE_4 = { type: MAP_TYPE.hash, keySize: 4, valueSize: 4 };

describe("batches tell what the walk key by key tells", () => {
  type Row = readonly [type: MapTypeName, keySize: number, valueSize: number, count: number];
  const ROWS: readonly Row[] = [
    ["hash", 4, 4, 0],
    ["hash", 4, 4, 1],
    ["hash", 4, 4, 100],
    ["hash", 2, 1, 20],
    ["hash", 1, 300, 20],
    ["hash", 16, 100_000, 7],
    ["hash", 4, 300_000, 4],
    ["percpu_hash", 8, 5, 30],
    ["percpu_hash", 8, 40_000, 9],
    ["lru_hash", 4, 8, 30],
    ["lru_percpu_hash", 4, 12, 30],
    ["hash_of_maps", 4, 4, 30],
    ["lpm_trie", 8, 4, 30],
    ["lpm_trie", 20, 60_000, 13],
    ["array", 4, 8, 100],
    ["array", 4, 100_000, 8],
    ["percpu_array", 4, 3, 10],
    ["array_of_maps", 4, 4, 30],
    ["prog_array", 4, 4, 5],
    ["sockhash", 4, 8, 5],
    ["devmap_hash", 4, 8, 5],
    ["cgroup_array", 4, 4, 5],
    ["stack_trace", 4, 1016, 5],
  ];
  const LIKE: readonly (readonly [how: string, options: FakeOptions])[] = [
    ["as Linux 6.18", { batches: BATCH_TYPES, noBatches: ENOTSUPP }],
    ["as Linux 6.18, three entries in a bucket", { batches: BATCH_TYPES, bucketSize: 3 }],
    ["as Linux 6.18, all entries in one bucket", { batches: BATCH_TYPES, bucketSize: 1000 }],
    ["as Linux 5.6", { batches: BATCH_TYPES, stopsAtEmptySlots: true }],
    ["as Linux 5.5", {}],
    ["types without batches say EOPNOTSUPP", { noBatches: EOPNOTSUPP }],
  ];
  describe.each(LIKE)("%s", (_, options) => {
    test.each(ROWS)(
      "%s, keys of %i and values of %i bytes, %i entries",
      (name, keySize, valueSize, count) => {
        const fields = { type: MAP_TYPE[name], keySize, valueSize };
        const entries = makeEntries(fields, count);
        const kernel = live(fields, entries, options);
        const { entries: read, end } = kernel.read();
        expect(brief(read)).toEqual(brief(entries));
        expect(end).toEqual({ vanished: 0, restarts: 0 });
        expect(kernel.sys.openFds()).toBe(0);
        const inBatches = options.batches?.has(fields.type) ?? false;
        expect(callsOf(kernel, BPF.MAP_LOOKUP_ELEM).length).toBe(inBatches ? 0 : count);
      },
    );
  });

  test("some entries at a time: keys and values of 100,000 bytes fit twice", () => {
    const fields = { type: MAP_TYPE.array, keySize: 4, valueSize: 100_000 };
    const kernel = live(fields, makeEntries(fields, 5), { batches: BATCH_TYPES });
    const counts = [...kernel.source.contents(kernel.map).batches].map(({ count }) => count);
    expect(counts).toEqual([2, 2, 1]);
  });

  test.each([
    ["in batches", { batches: BATCH_TYPES }],
    ["key by key", {}],
  ])("a batch has the size of a value with it, %s", (_, options) => {
    for (const [name, valueSize, bytes] of [
      ["percpu_hash", 5, 8 * CPUS],
      ["percpu_array", 8, 8 * CPUS],
      ["lru_percpu_hash", 12, 16 * CPUS],
      ["percpu_cgroup_storage", 1, 8 * CPUS],
      ["hash", 5, 5],
      ["array", 12, 12],
    ] as const) {
      const fields = { type: MAP_TYPE[name], keySize: 4, valueSize };
      const { source, map } = live(fields, makeEntries(fields, 3), options);
      for (const batch of source.contents(map).batches) expect(batch.valueSize, name).toBe(bytes);
    }
  });

  test("a hash is read in fewer calls than it has entries", () => {
    const kernel = live(SIZE_4, makeEntries(SIZE_4, 1000), { batches: BATCH_TYPES });
    expect(kernel.read().entries.length).toBe(1000);
    expect(kernel.sys.calls.length).toBeLessThan(5);
  });
});

describe("a bucket that has more than fits", () => {
  const big = { type: MAP_TYPE.hash, keySize: 4, valueSize: 100_000 };

  test.each([3, 4, 5, 8, 9])("%i entries of 100,000 bytes: there is room in the end", (bucketSize) => {
    const entries = makeEntries(big, 20);
    const kernel = live(big, entries, { batches: BATCH_TYPES, bucketSize });
    const walk = kernel.read();
    expect(brief(walk.entries)).toEqual(brief(entries));
    expect(walk.end).toEqual({ vanished: 0, restarts: 0 });
    expect(callsOf(kernel, BPF.MAP_LOOKUP_ELEM)).toEqual([]);
  });

  test("a large bucket in the middle: nothing is read twice", () => {
    const entries = makeEntries(big, 12);
    let calls = 0;
    const kernel = live(big, entries, {
      batches: BATCH_TYPES,
      bucketSize: 2,
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_BATCH && ++calls % 3 === 2 ? ENOSPC : undefined),
    });
    expect(brief(kernel.read().entries)).toEqual(brief(entries));
  });

  test("room does not grow without end", () => {
    const kernel = live(SIZE_4, makeEntries(SIZE_4, 5), {
      batches: BATCH_TYPES,
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_BATCH ? ENOSPC : undefined),
    });
    const { entries, end } = kernel.read();
    expect([entries, end.errno]).toEqual([[], ENOSPC]);
    expect(kernel.sys.calls.length).toBeLessThan(40);
    expect(kernel.sys.openFds()).toBe(0);
  });
});

describe("batches that fail", () => {
  test.each([
    ["EINVAL", EINVAL],
    ["ENOTSUPP", ENOTSUPP],
    ["EOPNOTSUPP", EOPNOTSUPP],
  ])("%s for the first: key by key", (_, errno) => {
    const entries = makeEntries(SIZE_4, 10);
    const kernel = live(SIZE_4, entries, { noBatches: errno });
    expect(brief(kernel.read().entries)).toEqual(brief(entries));
    expect(callsOf(kernel, BPF.MAP_LOOKUP_BATCH).length).toBe(1);
  });

  test.each([
    ["EFAULT", EFAULT],
    ["EPERM", EPERM],
    ["EBUSY", EBUSY],
  ])("%s: the walk ends with it", (_, errno) => {
    const kernel = live(SIZE_4, makeEntries(SIZE_4, 10), {
      batches: BATCH_TYPES,
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_BATCH ? errno : undefined),
    });
    expect(kernel.read()).toEqual({ entries: [], end: { vanished: 0, restarts: 0, errno } });
    expect(kernel.sys.openFds()).toBe(0);
  });

  test("EFAULT later: what came before is kept", () => {
    const fields = { type: MAP_TYPE.array, keySize: 4, valueSize: 100_000 };
    const entries = makeEntries(fields, 6);
    let calls = 0;
    const kernel = live(fields, entries, {
      batches: BATCH_TYPES,
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_BATCH && ++calls === 3 ? EFAULT : undefined),
    });
    const { entries: read, end } = kernel.read();
    expect(brief(read)).toEqual(brief(entries.slice(0, 4)));
    expect(end.errno).toBe(EFAULT);
  });

  test("EINVAL later is no reason to begin anew", () => {
    const fields = { type: MAP_TYPE.array, keySize: 4, valueSize: 100_000 };
    let calls = 0;
    const kernel = live(fields, makeEntries(fields, 6), {
      batches: BATCH_TYPES,
      fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_BATCH && ++calls === 2 ? EINVAL : undefined),
    });
    const { entries, end } = kernel.read();
    expect(numbers(entries)).toEqual([0, 1]);
    expect(end.errno).toBe(EINVAL);
  });
});

describe("EINTR at an empty slot, before Linux 6.9: on key by key, nothing twice, nothing lost", () => {
  /** Two entries fit into a batch. */
  const fields = { type: MAP_TYPE.array_of_maps, keySize: 4, valueSize: 100_000 };
  const old = { batches: BATCH_TYPES, stopsAtEmptySlots: true };

  /** Which slots have a map: `#` is one, `.` is none. */
  function slots(text: string): Entry[] {
    return makeEntries(fields, text.length).map((entry, i) =>
      text[i] === "#" ? entry : { ...entry, errno: ENOENT },
    );
  }

  test.each(["#.", "##.#", "#.##", "###.###", "#.#.#.", "##..##", "#####."])("slots %s", (text) => {
    const entries = slots(text);
    const kernel = live(fields, entries, old);
    const { entries: read, end } = kernel.read();
    expect(numbers(read.filter(({ errno }) => errno === undefined))).toEqual(
      numbers(entries.filter(({ errno }) => errno === undefined)),
    );
    expect(end).toEqual({ vanished: 0, restarts: 0 });
    expect(kernel.sys.openFds()).toBe(0);
  });

  // The kernel tells no position where a batch has no entries: what stands in the buffer is an older one.
  test.each([".#", "..##", "##.##", "####.#", "......"])("slots %s: a batch without any entry", (text) => {
    const entries = slots(text);
    const kernel = live(fields, entries, old);
    const read = kernel.read().entries.filter(({ errno }) => errno === undefined);
    expect(numbers(read)).toEqual(numbers(entries.filter(({ errno }) => errno === undefined)));
  });

  test("Linux 6.9 and later skip them", () => {
    const kernel = live(fields, slots("##.#..#"), { batches: BATCH_TYPES });
    expect(numbers(kernel.read().entries)).toEqual([0, 1, 3, 6]);
    expect(callsOf(kernel, BPF.MAP_LOOKUP_ELEM)).toEqual([]);
  });
});

describe("values that cannot be read", () => {
  test.each([
    ["ENOENT", ENOENT],
    ["EACCES", EACCES],
    ["ENOSPC", ENOSPC],
    ["524", ENOTSUPP],
  ])("%s is told with the key, the others are there", (_, errno) => {
    const fields = { type: MAP_TYPE.prog_array, keySize: 4, valueSize: 4 };
    const entries = makeEntries(fields, 5).map((entry, i) => (i % 2 === 1 ? { ...entry, errno } : entry));
    const { entries: read, end } = live(fields, entries, { noBatches: ENOTSUPP }).read();
    expect(numbers(read)).toEqual([0, 1, 2, 3, 4]);
    expect(read.map((entry) => entry.errno)).toEqual([undefined, errno, undefined, errno, undefined]);
    expect(read[2]?.value).toEqual(entries[2]?.value);
    expect(end).toEqual({ vanished: 0, restarts: 0 });
  });

  test("errors are those of their batch alone", () => {
    const fields = { type: MAP_TYPE.prog_array, keySize: 4, valueSize: 100_000 };
    const entries = makeEntries(fields, 6).map((entry, i) =>
      i === 1 || i === 4 ? { ...entry, errno: EACCES } : entry,
    );
    const { source, map } = live(fields, entries);
    const errors = [...source.contents(map).batches].map((batch) => [...(batch.errors ?? [])]);
    expect(errors).toEqual([[[1, EACCES]], [], [[0, EACCES]]]);
  });
});

describe("how the walk ends", () => {
  type Row = readonly [type: MapTypeName, keySize: number, maxEntries: number, errno: number];
  const ROWS: readonly Row[] = [
    ["queue", 0, 10, EINVAL],
    ["stack", 0, 10, EINVAL],
    ["bloom_filter", 0, 10, EOPNOTSUPP],
    ["ringbuf", 0, 4096, ENOTSUPP],
    ["user_ringbuf", 0, 4096, ENOTSUPP],
    ["arena", 0, 10, EOPNOTSUPP],
    // The kernel allows no max_entries for these.
    ["sk_storage", 4, 0, ENOTSUPP],
    ["task_storage", 4, 0, ENOTSUPP],
  ];
  test.each(ROWS)("%s: errno, and no entries", (name, keySize, maxEntries, errno) => {
    const kernel = live(
      { type: MAP_TYPE[name], keySize, maxEntries },
      [],
      { noBatches: ENOTSUPP },
      { ends: new Map([[1, { errno }]]) },
    );
    expect(kernel.read()).toEqual({ entries: [], end: { vanished: 0, restarts: 0, errno } });
    expect(kernel.sys.openFds()).toBe(0);
  });

  test.each(["cgroup_storage", "percpu_cgroup_storage"] as const)(
    "%s: the kernel allows no max_entries, and there are entries",
    (name) => {
      const fields = { type: MAP_TYPE[name], keySize: 16, valueSize: 8, maxEntries: 0 };
      // More than a few: max_entries does not tell how many steps there may be.
      const entries = makeEntries(fields, 10);
      expect(brief(live(fields, entries, { noBatches: ENOTSUPP }).read().entries)).toEqual(brief(entries));
    },
  );

  test("an error in the middle: what came before is kept", () => {
    let calls = 0;
    const entries = makeEntries(SIZE_4, 10);
    const kernel = live(SIZE_4, entries, {
      fail: ({ cmd }) => (cmd === BPF.MAP_GET_NEXT_KEY && ++calls === 4 ? EPERM : undefined),
    });
    expect(kernel.read()).toEqual({
      entries: entries.slice(0, 3),
      end: { vanished: 0, restarts: 0, errno: EPERM },
    });
  });

  test("a map that cannot be opened: its lookup error, when the batches begin", () => {
    const { source, map, sys } = live(SIZE_4, [], {
      fail: ({ cmd }) => (cmd === BPF.MAP_GET_FD_BY_ID ? EPERM : undefined),
    });
    const { batches } = source.contents(map);
    expect(sys.calls.length).toBe(0);
    const error = inspectErrorOf(() => [...batches]);
    expect([error.message, error.data.errno]).toEqual(["get map by id (1): Operation not permitted", EPERM]);
  });
});

describe("maps that change while they are walked", () => {
  /** Takes an entry away when it is about to be looked up. */
  function deletesAtLookup(...gone: readonly number[]): FakeOptions {
    return {
      change({ cmd, key }, entries) {
        if (cmd !== BPF.MAP_LOOKUP_ELEM || !key) return;
        const at = entries.findIndex((entry) => Buffer.compare(entry.key, key) === 0);
        if (at >= 0 && gone.includes(Buffer.from(key).readUInt32LE(0))) entries.splice(at, 1);
      },
    };
  }

  test("a key that vanishes before its lookup: told as such, the kernel begins anew, nothing comes twice", () => {
    const { entries, end } = live(SIZE_4, makeEntries(SIZE_4, 6), deletesAtLookup(3)).read();
    expect(numbers(entries)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(entries.map(({ errno }) => errno)).toEqual([
      undefined,
      undefined,
      undefined,
      ENOENT,
      undefined,
      undefined,
    ]);
    expect(end).toEqual({ vanished: 1, restarts: 1 });
  });

  test("two that vanish: two walks begun anew", () => {
    const { entries, end } = live(SIZE_4, makeEntries(SIZE_4, 6), deletesAtLookup(1, 4)).read();
    expect(numbers(entries)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(end).toEqual({ vanished: 2, restarts: 2 });
  });

  test("the first vanishes: the kernel begins anew with the second, which nobody can see", () => {
    const { entries, end } = live(SIZE_4, makeEntries(SIZE_4, 4), deletesAtLookup(0)).read();
    expect(numbers(entries)).toEqual([0, 1, 2, 3]);
    expect(end).toEqual({ vanished: 1, restarts: 0 });
  });

  test("the last vanishes", () => {
    const { entries, end } = live(SIZE_4, makeEntries(SIZE_4, 4), deletesAtLookup(3)).read();
    expect(numbers(entries)).toEqual([0, 1, 2, 3]);
    expect(end).toEqual({ vanished: 1, restarts: 1 });
  });

  test("an empty slot of an array has not vanished", () => {
    const fields = { type: MAP_TYPE.array_of_maps, keySize: 4, valueSize: 4 };
    const entries = makeEntries(fields, 3).map((entry) => ({ ...entry, errno: ENOENT }));
    expect(live(fields, entries).read().end).toEqual({ vanished: 0, restarts: 0 });
  });

  test.each([1, 10, 100])("a map of %i entries that never stops changing comes to an end", (maxEntries) => {
    let fresh = 1000;
    const kernel = live({ ...SIZE_4, maxEntries }, makeEntries(SIZE_4, maxEntries), {
      change({ cmd }, entries) {
        if (cmd !== BPF.MAP_GET_NEXT_KEY) return;
        // All keys are new whenever one is asked for.
        entries.splice(0, entries.length, { key: u32s(fresh++), value: u32s(0) });
      },
    });
    const { entries, end } = kernel.read();
    expect(entries.length).toBeLessThanOrEqual(4 * maxEntries);
    expect(end.unfinished).toBe(true);
    expect(kernel.sys.calls.length).toBeLessThan(10 * maxEntries + 10);
    expect(kernel.sys.openFds()).toBe(0);
  });

  test("entries deleted between batches are not missed by the others", () => {
    const fields = { type: MAP_TYPE.hash, keySize: 4, valueSize: 100_000 };
    let calls = 0;
    const kernel = live(fields, makeEntries(fields, 8), {
      batches: BATCH_TYPES,
      change(_, entries) {
        if (++calls === 2) entries.splice(0, 3);
      },
    });
    const { entries, end } = kernel.read();
    expect(numbers(entries)).toEqual([0, 1, 3, 4, 5, 6, 7]);
    expect(end).toEqual({ vanished: 0, restarts: 0 });
  });
});

describe("descriptors", () => {
  const LIKE: readonly (readonly [how: string, options: FakeOptions])[] = [
    ["in batches", { batches: BATCH_TYPES }],
    ["key by key", {}],
  ];
  const fields = { type: MAP_TYPE.array, keySize: 4, valueSize: 100_000 };

  test.each(LIKE)("%s: one, open only while the batches are iterated", (_, options) => {
    const { source, map, sys } = live(fields, makeEntries(fields, 6), options);
    const { batches } = source.contents(map);
    expect(sys.openedFds()).toBe(0);
    for (const _ of batches) expect(sys.openFds()).toBe(1);
    expect([sys.openedFds(), sys.openFds()]).toEqual([1, 0]);
  });

  test.each(LIKE)("%s: closed where the reader leaves or throws", (_, options) => {
    const { source, map, sys } = live(fields, makeEntries(fields, 6), options);
    for (const _ of source.contents(map).batches) break;
    expect(sys.openFds()).toBe(0);
    expect(() => {
      for (const _ of source.contents(map).batches) throw new Error("boom");
    }).toThrow("boom");
    expect(sys.openFds()).toBe(0);
  });

  test.each(LIKE)("%s: the batches can be iterated again", (_, options) => {
    const entries = makeEntries(fields, 6);
    const { source, map } = live(fields, entries, options);
    const contents = source.contents(map);
    expect(brief(entriesOf(contents, map))).toEqual(brief(entries));
    expect(brief(entriesOf(contents, map))).toEqual(brief(entries));
  });
});

describe("lookup() and nextKey()", () => {
  const entries = makeEntries(SIZE_4, 3);

  test("the value of a key, and the key behind one", () => {
    const { source, map, sys } = live(SIZE_4, entries);
    expect(source.lookup(map, u32s(1))).toEqual(entries[1]?.value);
    expect(source.nextKey(map, undefined)).toEqual(u32s(0));
    expect(source.nextKey(map, u32s(0))).toEqual(u32s(1));
    expect(source.nextKey(map, u32s(77))).toEqual(u32s(0));
    expect(sys.openFds()).toBe(0);
  });

  test("values of all CPUs", () => {
    const fields = { type: MAP_TYPE.percpu_array, keySize: 4, valueSize: 5 };
    const { source, map } = live(fields, makeEntries(fields, 1));
    expect(source.lookup(map, u32s(0)).length).toBe(8 * CPUS);
  });

  type Row = readonly [what: string, ask: (live: Live) => unknown, message: string, errno: number];
  const ERRORS: readonly Row[] = [
    [
      "no such key",
      ({ source, map }) => source.lookup(map, u32s(9)),
      "lookup failed: No such file or directory",
      ENOENT,
    ],
    [
      "behind the last key",
      ({ source, map }) => source.nextKey(map, u32s(2)),
      "can't get next key: No such file or directory",
      ENOENT,
    ],
    [
      "no such map",
      ({ source }) => source.lookup(mapRecord({ id: 5 }), u32s(9)),
      "get map by id (5): No such file or directory",
      ENOENT,
    ],
  ];
  test.each(ERRORS)("%s", (_, ask, message, errno) => {
    const kernel = live(SIZE_4, entries);
    const error = inspectErrorOf(() => ask(kernel));
    expect([error.message, error.data.errno]).toEqual([message, errno]);
    expect(kernel.sys.openFds()).toBe(0);
  });

  test.each([
    [EINVAL, 234],
    [ENOTSUPP, 244],
    [EOPNOTSUPP, 161],
    [EPERM, 255],
  ])("errno %i exits with %i", (errno, status) => {
    const fail = ({ cmd }: Call) =>
      cmd === BPF.MAP_LOOKUP_ELEM || cmd === BPF.MAP_GET_NEXT_KEY ? errno : undefined;
    const { source, map, sys } = live(SIZE_4, entries, { fail });
    expect(inspectErrorOf(() => source.lookup(map, u32s(0))).status).toBe(status);
    expect(inspectErrorOf(() => source.nextKey(map, u32s(0))).status).toBe(status);
    expect(sys.openFds()).toBe(0);
  });

  test.each(["queue", "stack"] as const)("%s: the next value in turn, without a key", (name) => {
    const fields = { type: MAP_TYPE[name], keySize: 0, valueSize: 4 };
    const kernel = live(fields, makeEntries(fields, 2));
    const { source, map } = kernel;
    expect(source.lookup(map, new Uint8Array())).toEqual(makeEntries(fields, 2)[0]?.value);
    expect(callsOf(kernel, BPF.MAP_LOOKUP_ELEM)[0]?.key).toBeUndefined();
    expect(inspectErrorOf(() => source.nextKey(map, undefined)).data.errno).toBe(EINVAL);
  });

  test("an empty queue", () => {
    const { source, map } = live({ type: MAP_TYPE.queue, keySize: 0 }, []);
    expect(inspectErrorOf(() => source.lookup(map, new Uint8Array())).data.errno).toBe(ENOENT);
  });
});

test("metadata is found by one lookup", () => {
  const sys = fakeSyscalls(memorySource(MACHINE), { batches: BATCH_TYPES });
  const source = liveSource(sys);
  const registry = new Registry(source);
  const metadata = registry.metadata(source.prog(121));
  expect(metadata).toEqual([
    { key: "license", value: { kind: "text", value: "GPL" } },
    { key: "num", value: { kind: "number", value: 7n } },
  ]);
  expect(sys.calls.filter(({ cmd }) => cmd === BPF.MAP_LOOKUP_ELEM).length).toBe(1);
  expect(sys.calls.filter(({ cmd }) => cmd === BPF.MAP_LOOKUP_BATCH).length).toBe(0);
  expect(sys.openFds()).toBe(0);
});

test("every type of map can be read, whatever its kernel answers", () => {
  for (const [type, name] of MAP_TYPES.entries()) {
    for (const noBatches of [EINVAL, ENOTSUPP, EOPNOTSUPP]) {
      const fields = { type, keySize: 4, valueSize: 8 };
      const entries = makeEntries(fields, 3);
      expect(brief(live(fields, entries, { noBatches }).read().entries), name).toEqual(brief(entries));
    }
  }
});
