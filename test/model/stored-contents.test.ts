/** Contents at hand as bytes answer as the kernel would, and do not pretend to be more than they are. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import type { MapInfo } from "../../src/model/records.ts";
import {
  type StoredContents,
  storedContents,
  storedLookup,
  storedNextKey,
} from "../../src/model/stored-contents.ts";
import { EACCES, EINVAL, ENOENT, ENOTSUPP } from "../../src/uapi/errno.ts";
import { MAP_TYPE, type MapTypeName } from "../../src/uapi/map-types.ts";
import { type Entry, entriesOf, stored } from "../support/entries.ts";
import { u32s } from "../support/insns.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { mapRecord } from "../support/records.ts";

function mapOf(type: MapTypeName, fields: Partial<MapInfo> = {}): MapInfo {
  return mapRecord({ id: 7, type: MAP_TYPE[type], maxEntries: 10, ...fields });
}

const entry = (key: number, value: number, errno?: number): Entry => ({
  key: u32s(key),
  value: u32s(value),
  ...(errno !== undefined && { errno }),
});
const THREE = [entry(5, 50), entry(1, 10), entry(9, 90)];

describe("storedContents()", () => {
  const map = mapOf("hash");

  test("all entries in one batch, with their errors", () => {
    const entries = [entry(1, 10), entry(2, 0, EACCES), entry(3, 30)];
    const contents = storedContents(stored(map, entries));
    expect([...contents.batches].length).toBe(1);
    expect(entriesOf(contents, map)).toEqual(entries);
    expect(contents.end).toEqual({ vanished: 0, restarts: 0 });
  });

  test("no entries, no batch", () => {
    expect([...storedContents(stored(map, [])).batches]).toEqual([]);
  });

  test.each([
    [{}, { vanished: 0, restarts: 0 }],
    [{ errno: EINVAL }, { vanished: 0, restarts: 0, errno: EINVAL }],
    [{ cut: true }, { vanished: 0, restarts: 0, cut: true }],
    [{ cut: false }, { vanished: 0, restarts: 0 }],
  ])("it ends as the kernel's walk did: %j", (rest, end) => {
    expect(storedContents(stored(map, THREE, rest)).end).toEqual(end);
  });

  test("a queue that could be peeked into has no entries for the walk", () => {
    const queue = mapOf("queue", { keySize: 0 });
    const contents = storedContents(
      stored(queue, [{ key: new Uint8Array(), value: u32s(3) }], { errno: EINVAL }),
    );
    expect(entriesOf(contents, queue)).toEqual([]);
  });
});

describe("storedLookup()", () => {
  test.each(["hash", "lru_hash", "array", "sockhash", "devmap_hash"] as const)(
    "%s: by the whole key",
    (type) => {
      const map = mapOf(type);
      const contents = stored(map, THREE);
      for (const { key, value } of THREE) expect(storedLookup(map, contents, key)).toEqual(value);
      const error = inspectErrorOf(() => storedLookup(map, contents, u32s(2)));
      expect([error.message, error.status, error.data.errno]).toEqual([
        "lookup failed: No such file or directory",
        254,
        ENOENT,
      ]);
    },
  );

  test("values of all CPUs", () => {
    const map = mapOf("percpu_hash", { valueSize: 5 });
    const value = Uint8Array.from({ length: 24 }, (_, i) => i);
    expect(storedLookup(map, stored(map, [{ key: u32s(1), value }]), u32s(1))).toEqual(value);
  });

  test("a value that could not be read", () => {
    const map = mapOf("prog_array");
    const contents = stored(map, [entry(0, 0, ENOTSUPP)]);
    const error = inspectErrorOf(() => storedLookup(map, contents, u32s(0)));
    expect([error.message, error.status, error.data.errno]).toEqual([
      "lookup failed: Unknown error 524",
      244,
      ENOTSUPP,
    ]);
  });

  test.each(["queue", "stack"] as const)("%s: the next value in turn", (type) => {
    const map = mapOf(type, { keySize: 0 });
    const one = stored(map, [{ key: new Uint8Array(), value: u32s(3) }]);
    expect(storedLookup(map, one, new Uint8Array())).toEqual(u32s(3));
    expect(inspectErrorOf(() => storedLookup(map, stored(map, []), new Uint8Array())).data.errno).toBe(
      ENOENT,
    );
  });
});

describe("storedNextKey()", () => {
  const map = mapOf("hash");
  const contents = stored(map, THREE);

  test("the order is that of the walk", () => {
    expect(storedNextKey(map, contents, undefined)).toEqual(u32s(5));
    expect(storedNextKey(map, contents, u32s(5))).toEqual(u32s(1));
    expect(storedNextKey(map, contents, u32s(1))).toEqual(u32s(9));
  });

  test("a key that is not there is as good as none", () => {
    expect(storedNextKey(map, contents, u32s(77))).toEqual(u32s(5));
  });

  test("entries that could not be read have keys, too", () => {
    const odd = stored(map, [entry(1, 0, EACCES), entry(2, 0, ENOENT)]);
    expect(storedNextKey(map, odd, u32s(1))).toEqual(u32s(2));
  });

  test.each([
    ["the last", u32s(9), contents, ENOENT, 254],
    ["an empty map", undefined, stored(map, []), ENOENT, 254],
    ["a queue", undefined, stored(map, [], { errno: EINVAL }), EINVAL, 234],
    ["a ring buffer", undefined, stored(map, [], { errno: ENOTSUPP }), ENOTSUPP, 244],
  ])("behind the last key: %s", (_, key, of, errno, status) => {
    const error = inspectErrorOf(() => storedNextKey(map, of, key));
    expect(error.message.startsWith("can't get next key: ")).toBe(true);
    expect([error.data.errno, error.status]).toEqual([errno, status]);
  });

  test.each([
    ["without an entry", []],
    ["with a value that was peeked", [{ key: new Uint8Array(), value: u32s(3) }]],
  ])("a queue has no key, %s", (_, entries) => {
    const queue = mapOf("queue", { keySize: 0 });
    const error = inspectErrorOf(() =>
      storedNextKey(queue, stored(queue, entries, { errno: EINVAL }), undefined),
    );
    expect(error.data.errno).toBe(EINVAL);
  });
});

describe("contents that were cut answer honestly", () => {
  const CUT = { cut: true };
  const ONLY = "only the first 3 entries of map 7 are known";

  test("hash: a key that is not among them may have been there", () => {
    const map = mapOf("hash");
    const contents = stored(map, THREE, CUT);
    expect(storedLookup(map, contents, u32s(1))).toEqual(u32s(10));
    const error = inspectErrorOf(() => storedLookup(map, contents, u32s(2)));
    expect([error.code, error.message]).toEqual(["unsupported", `lookup failed: ${ONLY}`]);
    expect(error.data.errno).toBeUndefined();
  });

  test("hash: what is behind the last of them is not known", () => {
    const map = mapOf("hash");
    const contents = stored(map, THREE, CUT);
    expect(storedNextKey(map, contents, u32s(5))).toEqual(u32s(1));
    const error = inspectErrorOf(() => storedNextKey(map, contents, u32s(9)));
    expect([error.code, error.message]).toEqual(["unsupported", `can't get next key: ${ONLY}`]);
  });

  test("array: an index below max_entries was there", () => {
    const map = mapOf("array", { maxEntries: 10 });
    const contents = stored(map, [entry(0, 1), entry(1, 2), entry(2, 3)], CUT);
    expect(storedLookup(map, contents, u32s(2))).toEqual(u32s(3));
    const error = inspectErrorOf(() => storedLookup(map, contents, u32s(5)));
    expect([error.code, error.message]).toEqual(["unsupported", `lookup failed: ${ONLY}`]);
    expect(storedNextKey(map, contents, u32s(2))).toEqual(u32s(3));
    expect(inspectErrorOf(() => storedNextKey(map, contents, u32s(9))).data.errno).toBe(ENOENT);
  });

  test("array: an index past max_entries never was", () => {
    const map = mapOf("array", { maxEntries: 10 });
    const contents = stored(map, [entry(0, 1)], CUT);
    expect(inspectErrorOf(() => storedLookup(map, contents, u32s(10))).data.errno).toBe(ENOENT);
  });
});

/** struct bpf_lpm_trie_key_u8: the number of bits, then the bits. */
function lpmKey(bits: number, bytes: readonly number[], littleEndian = true): Uint8Array {
  const key = Buffer.alloc(4 + bytes.length);
  if (littleEndian) key.writeUInt32LE(bits, 0);
  else key.writeUInt32BE(bits, 0);
  key.set(bytes, 4);
  return Uint8Array.from(key);
}

describe.each([
  ["little", true],
  ["big", false],
])("LPM trie of a %s-endian machine", (_, littleEndian) => {
  const map = mapOf("lpm_trie", { keySize: 8 });
  const key = (bits: number, ...bytes: number[]) => lpmKey(bits, bytes, littleEndian);
  const trie = (entries: readonly (readonly [key: Uint8Array, value: number])[]): StoredContents =>
    stored(
      map,
      entries.map(([prefix, value]) => ({ key: prefix, value: u32s(value) })),
      { littleEndian },
    );
  const routes = trie([
    [key(24, 10, 1, 2, 0), 24],
    [key(8, 10, 0, 0, 0), 8],
    [key(9, 10, 128, 0, 0), 9],
    [key(32, 10, 1, 2, 3), 32],
    [key(31, 10, 1, 2, 4), 31],
  ]);

  type Row = readonly [wanted: Uint8Array, value: number | undefined];
  const ROWS: readonly Row[] = [
    [key(32, 10, 1, 2, 3), 32],
    [key(32, 10, 1, 2, 4), 31],
    [key(32, 10, 1, 2, 5), 31],
    [key(32, 10, 1, 2, 6), 24],
    [key(32, 10, 1, 3, 3), 8],
    [key(32, 10, 129, 0, 0), 9],
    [key(32, 10, 127, 255, 255), 8],
    [key(31, 10, 1, 2, 3), 24],
    [key(24, 10, 1, 2, 77), 24],
    [key(23, 10, 1, 2, 0), 8],
    [key(8, 10, 9, 9, 9), 8],
    [key(7, 10, 0, 0, 0), undefined],
    [key(0, 10, 0, 0, 0), undefined],
    [key(32, 11, 1, 2, 3), undefined],
  ];
  const named = ROWS.map(([wanted, value]) => [hexText(wanted), value, wanted] as const);
  test.each(named)("%s gives %s", (_name, value, wanted) => {
    if (value !== undefined) return expect(storedLookup(map, routes, wanted)).toEqual(u32s(value));
    expect(inspectErrorOf(() => storedLookup(map, routes, wanted)).data.errno).toBe(ENOENT);
  });

  test("a default route fits all", () => {
    const all = trie([[key(0, 0, 0, 0, 0), 1]]);
    for (const wanted of [key(0, 9, 9, 9, 9), key(32, 1, 2, 3, 4)])
      expect(storedLookup(map, all, wanted)).toEqual(u32s(1));
  });

  test("more bits than a key has: no entry, as the kernel says", () => {
    expect(inspectErrorOf(() => storedLookup(map, routes, key(33, 10, 1, 2, 3))).data.errno).toBe(ENOENT);
  });

  test("nextKey() goes by the whole key, not by what it fits", () => {
    expect(storedNextKey(map, routes, key(24, 10, 1, 2, 0))).toEqual(key(8, 10, 0, 0, 0));
    expect(storedNextKey(map, routes, key(32, 10, 1, 2, 9))).toEqual(key(24, 10, 1, 2, 0));
    expect(inspectErrorOf(() => storedNextKey(map, routes, key(31, 10, 1, 2, 4))).data.errno).toBe(ENOENT);
  });
});

test("LPM trie: what is found is what comparing bits one by one finds", () => {
  const map = mapOf("lpm_trie", { keySize: 6 });
  const bitsOf = (bytes: readonly number[], count: number) =>
    bytes
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .slice(0, count);
  const prefix = fc.tuple(fc.integer({ min: 0, max: 16 }), fc.tuple(fc.nat(3), fc.nat(255)));
  fc.assert(
    fc.property(fc.uniqueArray(prefix, { maxLength: 12 }), prefix, (prefixes, [count, bytes]) => {
      const contents = stored(
        map,
        prefixes.map(([length, key], i) => ({ key: lpmKey(length, key), value: u32s(i) })),
      );
      const wanted = bitsOf(bytes, count);
      const fitting = prefixes
        .map(([length, key]) => ({ length, bits: bitsOf(key, length) }))
        .filter(({ bits }) => wanted.startsWith(bits));
      const longest = Math.max(-1, ...fitting.map(({ length }) => length));
      const look = () => storedLookup(map, contents, lpmKey(count, bytes));
      if (longest < 0) expect(inspectErrorOf(look).data.errno).toBe(ENOENT);
      else expect(prefixes[Buffer.from(look()).readUInt32LE(0)]?.[0]).toBe(longest);
    }),
  );
});

test("LPM trie: keys that are too short are an InspectError", () => {
  const map = mapOf("lpm_trie", { keySize: 2 });
  const contents = stored(map, [{ key: new Uint8Array(2), value: u32s(1) }]);
  expect(inspectErrorOf(() => storedLookup(map, contents, new Uint8Array(2))).code).toBe("malformed");
});
