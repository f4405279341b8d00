/** `map dump` with --table, --percpu, --human, --hist and --count, on maps in memory. */
import { describe, expect, test } from "vitest";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { mapDump } from "../../src/cli/map/dump.ts";
import type { OwnOption } from "../../src/cli/options.ts";
import { Words } from "../../src/cli/words.ts";
import { InspectError } from "../../src/errors.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import { EINVAL, ENOENT } from "../../src/uapi/errno.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import type { Entry } from "../support/entries.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { btfRecord, hostRecord, mapRecord, progRecord } from "../support/records.ts";

const builder = new BtfBuilder();
const u32 = builder.int("unsigned int", 4);
const u64 = builder.int("unsigned long long", 8);
const s32 = builder.int("int", 4, { encoding: 1 });
const be16 = builder.ref("TYPEDEF", builder.int("unsigned short", 2), "__be16");
const be32 = builder.ref("TYPEDEF", u32, "__be32");
const chars = builder.array(builder.int("char", 1, { encoding: 1 }), 4);
const flow = builder.composite("STRUCT", "flow", 8, [
  ["saddr", be32, 0],
  ["sport", be16, 32],
  ["dport", be16, 48],
]);
const stats = builder.composite("STRUCT", "stats", 16, [
  ["packets", u64, 0],
  ["delta", s32, 64],
  ["comm", chars, 96],
]);
const BLOB = builder.build();
const BTF_ID = 3;

const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const wide = (...values: bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);
const bytes = (...parts: (Uint8Array | string)[]) =>
  Uint8Array.from(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part))),
  );
const statsOf = (packets: bigint, delta: number, comm: string) =>
  bytes(wide(packets), words(delta), comm.padEnd(4, "\0"));
const entry = (key: Uint8Array, value: Uint8Array, errno?: number): Entry => ({
  key,
  value,
  ...(errno !== undefined && { errno }),
});

const FLOW = bytes(Uint8Array.of(10, 0, 0, 1, 0x01, 0xbb, 0x1f, 0x90));
const MAX = 0xffff_ffff_ffff_ffffn;

function typed(fields: Parameters<typeof mapRecord>[0], key: number, value: number): MapRecord {
  return mapRecord({ ...fields, btfId: BTF_ID, btfKeyTypeId: key, btfValueTypeId: value });
}

const MAPS: readonly (readonly [MapRecord, readonly Entry[]])[] = [
  [
    typed({ id: 1, name: "flows", keySize: 8, valueSize: 16, maxEntries: 9 }, flow, stats),
    [entry(FLOW, statsOf(7n, -1, "sh")), entry(bytes(wide(0n)), statsOf(MAX, 2, "\x1b[2J"))],
  ],
  [
    typed({ id: 2, name: "cpus", type: MAP_TYPE.percpu_hash, keySize: 4, valueSize: 16 }, u32, stats),
    [
      entry(words(5), bytes(statsOf(MAX, 1, "sh"), statsOf(2n, -4, "sh"))),
      entry(words(6), bytes(statsOf(1n, 0, "a"), statsOf(2n, 0, "b"))),
    ],
  ],
  [
    mapRecord({ id: 3, name: "plain", type: MAP_TYPE.percpu_array, valueSize: 4, maxEntries: 4 }),
    [0, 1, 2, 3].map((slot) => entry(words(slot), words(slot, 99, 2 * slot, 99))),
  ],
  [
    mapRecord({ id: 4, name: "odd", type: MAP_TYPE.percpu_hash, valueSize: 12 }),
    [entry(words(1), bytes(wide(1n, 2n, 3n, 4n)))],
  ],
  [
    mapRecord({ id: 5, name: "tails", type: MAP_TYPE.prog_array, maxEntries: 4 }),
    [
      entry(words(0), words(121)),
      entry(words(1), words(0), ENOENT),
      entry(words(2), words(122)),
      entry(words(3), words(9)),
    ],
  ],
  [
    mapRecord({ id: 6, name: "inner", type: MAP_TYPE.hash_of_maps }),
    [entry(words(7), words(1)), entry(words(8), words(99))],
  ],
  [
    mapRecord({ id: 7, name: "routes", type: MAP_TYPE.lpm_trie, keySize: 8 }),
    [entry(bytes(words(8), Uint8Array.of(10, 0, 0, 0)), words(1))],
  ],
  [
    mapRecord({ id: 8, name: "stacks", type: MAP_TYPE.stack_trace, valueSize: 32 }),
    [entry(words(77), bytes(wide(0xffffffff81000010n, 0xffffffff81000020n, 0x400000n, 0n)))],
  ],
  [
    mapRecord({ id: 9, name: "ports", type: MAP_TYPE.devmap }),
    [entry(words(0), words(3)), entry(words(1), words(0), ENOENT), entry(words(2), words(0), EINVAL)],
  ],
  [mapRecord({ id: 10, name: "empty", valueSize: 8 }), []],
  [mapRecord({ id: 11, name: "twins", valueSize: 4 }), [entry(words(1), words(2))]],
  [mapRecord({ id: 12, name: "twins", valueSize: 3 }), [entry(words(1), Uint8Array.of(1, 2, 3))]],
];

const MACHINE: Machine = {
  host: hostRecord({ possibleCpus: 2 }),
  maps: MAPS.map(([map]) => map),
  entries: new Map(MAPS.map(([map, entries]) => [map.id, entries])),
  btfs: [btfRecord({ id: BTF_ID, size: BLOB.length })],
  blobs: new Map([[BTF_ID, BLOB]]),
  progs: [progRecord({ id: 121, name: "xdp_guard" }), progRecord({ id: 122, type: 999 })],
  symbols: [[0xffffffff81000010n, "do_exit"]],
};

type Own = Partial<Record<OwnOption, string>>;

/** What the command writes; a failure is told as the front end does. */
async function dump(name: string, own: Own, { json = false, machine = MACHINE } = {}): Promise<string> {
  const [out, err] = [new ByteBuffer(), new ByteBuffer()];
  const writer = json ? new JsonWriter(out) : undefined;
  const context = {
    command: ["map", "dump"],
    options: { json, pretty: false, bpffs: false, from: "memory", own },
    out,
    err,
    json: writer,
    registry: async () => new Registry(memorySource(machine)),
    runLine: async () => 0,
  };
  try {
    await mapDump(new Words(["name", name]), context);
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    if (writer) writer.fail(error.message);
    else err.write(`Error: ${error.message}\n`);
  }
  return out.toBytes().toString("utf8") + err.toBytes().toString("utf8");
}

const json = async (name: string, own: Own): Promise<unknown> => {
  const text = await dump(name, own, { json: true });
  JSON.parse(text);
  return text;
};

describe("--table", () => {
  test("members of keys and values", async () => {
    expect(await dump("flows", { table: "" })).toBe(`\
┌──────────┬───────┬───────┬──────────────────────┬───────┬─────────┐
│    saddr │ sport │ dport │              packets │ delta │ comm    │
├──────────┼───────┼───────┼──────────────────────┼───────┼─────────┤
│ 16777226 │ 47873 │ 36895 │                    7 │    -1 │ sh      │
│        0 │     0 │     0 │ 18446744073709551615 │     2 │ \\x1b[2J │
└──────────┴───────┴───────┴──────────────────────┴───────┴─────────┘
`);
    expect(await json("flows", { table: "" })).toBe(
      '[{"saddr":16777226,"sport":47873,"dport":36895,"packets":7,"delta":-1,"comm":"sh"},{"saddr":0,"sport":0,"dport":0,"packets":18446744073709551615,"delta":2,"comm":"\\u001b[2J"}]',
    );
  });

  test("per-CPU maps have a row for each CPU", async () => {
    expect(await dump("plain", { table: "", limit: "2" })).toBe(`\
┌─────┬─────┬─────────────┐
│ key │ cpu │ value       │
├─────┼─────┼─────────────┤
│   0 │   0 │ 00 00 00 00 │
│   0 │   1 │ 00 00 00 00 │
│   1 │   0 │ 01 00 00 00 │
│   1 │   1 │ 02 00 00 00 │
└─────┴─────┴─────────────┘
`);
    expect(await json("plain", { table: "", limit: "1" })).toBe(
      '[{"key":0,"cpu":0,"value":"00 00 00 00"},{"key":0,"cpu":1,"value":"00 00 00 00"}]',
    );
  });

  test("bytes without types, several maps", async () => {
    expect(await dump("twins", { table: "" })).toBe(`\
11: hash  name twins  flags 0x0
┌─────────────┬─────────────┐
│ key         │ value       │
├─────────────┼─────────────┤
│ 01 00 00 00 │ 02 00 00 00 │
└─────────────┴─────────────┘

12: hash  name twins  flags 0x0
┌─────────────┬──────────┐
│ key         │ value    │
├─────────────┼──────────┤
│ 01 00 00 00 │ 01 02 03 │
└─────────────┴──────────┘
`);
    expect(await json("twins", { table: "" })).toBe(
      '[{"id":11,"type":"hash","name":"twins","flags":0,"elements":[{"key":"01 00 00 00","value":"02 00 00 00"}]},{"id":12,"type":"hash","name":"twins","flags":0,"elements":[{"key":"01 00 00 00","value":"01 02 03"}]}]',
    );
  });

  test("values that could not be read", async () => {
    expect(await dump("ports", { table: "" })).toBe(`\
┌─────┬──────────────────┐
│ key │ value            │
├─────┼──────────────────┤
│   0 │ 03 00 00 00      │
│   1 │ <no entry>       │
│   2 │ Invalid argument │
└─────┴──────────────────┘
`);
    expect(await json("ports", { table: "" })).toBe(
      '[{"key":0,"value":"03 00 00 00"},{"key":1,"error":"No such file or directory"},{"key":2,"error":"Invalid argument"}]',
    );
  });

  test("an empty map", async () => {
    expect(await dump("empty", { table: "" })).toBe(`\
┌─────┬───────┐
│ key │ value │
└─────┴───────┘
`);
    expect(await json("empty", { table: "" })).toBe("[]");
  });
});

describe("--percpu", () => {
  test.each([
    [
      "sum",
      "│   5 │ 18446744073709551617 │    -3 │ sh     │\n│   6 │                    3 │     0 │ [a, b] │",
    ],
    [
      "max",
      "│   5 │ 18446744073709551615 │     1 │ sh     │\n│   6 │                    2 │     0 │ [a, b] │",
    ],
  ])("%s", async (percpu, rows) => {
    expect(await dump("cpus", { percpu })).toBe(`\
┌─────┬──────────────────────┬───────┬────────┐
│ key │              packets │ delta │ comm   │
├─────┼──────────────────────┼───────┼────────┤
${rows}
└─────┴──────────────────────┴───────┴────────┘
`);
  });

  test("each", async () => {
    expect(await dump("cpus", { percpu: "each", limit: "1" })).toBe(`\
┌─────┬─────┬──────────────────────┬───────┬──────┐
│ key │ cpu │              packets │ delta │ comm │
├─────┼─────┼──────────────────────┼───────┼──────┤
│   5 │   0 │ 18446744073709551615 │     1 │ sh   │
│   5 │   1 │                    2 │    -4 │ sh   │
└─────┴─────┴──────────────────────┴───────┴──────┘
`);
  });

  test.each([
    [
      { percpu: "sum" },
      '[{"key":5,"value":{"packets":18446744073709551617,"delta":-3,"comm":"sh"}},{"key":6,"value":{"packets":3,"delta":0,"comm":["a","b"]}}]',
    ],
    [
      { percpu: "each", limit: "1" },
      '[{"key":5,"cpu":0,"value":{"packets":18446744073709551615,"delta":1,"comm":"sh"}},{"key":5,"cpu":1,"value":{"packets":2,"delta":-4,"comm":"sh"}}]',
    ],
    [
      { percpu: "sum", table: "", limit: "1" },
      '[{"key":5,"packets":18446744073709551617,"delta":-3,"comm":"sh"}]',
    ],
  ])("JSON: %j", async (own, text) => {
    expect(await json("cpus", own)).toBe(text);
  });

  test("values without types are unsigned numbers", async () => {
    expect(await json("plain", { percpu: "sum" })).toBe(
      '[{"key":0,"value":0},{"key":1,"value":3},{"key":2,"value":6},{"key":3,"value":9}]',
    );
  });

  test("bytes that are no number, each by itself", async () => {
    expect(await json("odd", { percpu: "each" })).toBe(
      '[{"key":"01 00 00 00","cpu":0,"value":"01 00 00 00 00 00 00 00 02 00 00 00"},{"key":"01 00 00 00","cpu":1,"value":"03 00 00 00 00 00 00 00 04 00 00 00"}]',
    );
  });
});

describe("--human", () => {
  test("addresses and ports", async () => {
    expect(await dump("flows", { human: "", limit: "1" })).toBe(`\
┌──────────┬───────┬───────┬─────────┬───────┬──────┐
│ saddr    │ sport │ dport │ packets │ delta │ comm │
├──────────┼───────┼───────┼─────────┼───────┼──────┤
│ 10.0.0.1 │   443 │  8080 │       7 │    -1 │ sh   │
└──────────┴───────┴───────┴─────────┴───────┴──────┘
`);
    expect(await json("flows", { human: "", limit: "1" })).toBe(
      '[{"saddr":"10.0.0.1","sport":443,"dport":8080,"packets":7,"delta":-1,"comm":"sh"}]',
    );
  });

  test("programs and maps by name", async () => {
    expect(await dump("tails", { human: "" })).toBe(`\
┌─────┬─────┬──────┬───────────┐
│ key │  id │ type │ name      │
├─────┼─────┼──────┼───────────┤
│   0 │ 121 │ xdp  │ xdp_guard │
│   2 │ 122 │ 999  │           │
│   3 │   9 │      │           │
└─────┴─────┴──────┴───────────┘
`);
    expect(await json("tails", { human: "" })).toBe(
      '[{"key":0,"id":121,"type":"xdp","name":"xdp_guard"},{"key":2,"id":122,"type":999},{"key":3,"id":9}]',
    );
    expect(await json("tails", { table: "", limit: "1" })).toBe('[{"key":0,"id":121}]');
    expect(await json("inner", { human: "" })).toBe(
      '[{"key":"07 00 00 00","id":1,"type":"hash","name":"flows"},{"key":"08 00 00 00","id":99}]',
    );
  });

  test("prefixes", async () => {
    expect(await json("routes", { human: "" })).toBe('[{"key":"10.0.0.0/8","value":"01 00 00 00"}]');
  });

  test("stacks", async () => {
    expect(await dump("stacks", { human: "" })).toBe(`\
┌─────┬────────────────────┐
│ key │ value              │
├─────┼────────────────────┤
│  77 │ do_exit            │
│     │ 0xffffffff81000020 │
│     │ 0x400000           │
└─────┴────────────────────┘
`);
    expect(await json("stacks", { human: "" })).toBe(
      '[{"key":77,"value":["do_exit","0xffffffff81000020","0x400000"]}]',
    );
  });

  test("with --percpu", async () => {
    expect(await json("cpus", { human: "", percpu: "max", limit: "1" })).toBe(
      '[{"key":5,"packets":18446744073709551615,"delta":1,"comm":"sh"}]',
    );
  });
});

describe("--hist", () => {
  test("an array is a histogram already, with what all CPUs counted", async () => {
    expect(await dump("plain", { hist: "" })).toBe(`\
     value               : count     distribution
         0 -> 1          : 3        |*************                           |
         2 -> 3          : 6        |**************************              |
         4 -> 7          : 9        |****************************************|
`);
    expect(await json("plain", { hist: "", limit: "2" })).toBe('[{"rows":[{"low":0,"high":1,"count":3}]}]');
  });

  test("other maps are counted by the integers of their values", async () => {
    expect(await json("cpus", { hist: "" })).toContain(
      '{"name":"packets","rows":[{"low":0,"high":1,"count":0}',
    );
    const delta = await dump("flows", { hist: "" });
    expect(delta.slice(delta.indexOf("delta"))).toBe(`\
delta
     value               : count     distribution
   below 0               : 1
         0 -> 1          : 0        |                                        |
         2 -> 3          : 1        |****************************************|
`);
  });

  test("an array that is too long for it is counted by its values", async () => {
    const long = mapRecord({ id: 1, name: "long", type: MAP_TYPE.array, maxEntries: 66 });
    const machine = { maps: [long], entries: new Map([[1, [entry(words(60), words(7))]]]) };
    expect(await dump("long", { hist: "" }, { json: true, machine })).toBe(
      '[{"rows":[{"low":0,"high":1,"count":0},{"low":2,"high":3,"count":0},{"low":4,"high":7,"count":1}]}]',
    );
  });

  test("a broken snapshot may have slots without end", async () => {
    const map = mapRecord({ id: 1, name: "x", type: MAP_TYPE.array, maxEntries: 2 });
    const machine = { maps: [map], entries: new Map([[1, [entry(words(0xffff_ffff), words(7))]]]) };
    expect(await dump("x", { hist: "" }, { json: true, machine })).toBe('[{"rows":[]}]');
  });
});

describe("--count", () => {
  test.each([
    ["flows", {}, "2\n", '{"id":1,"entries":2}'],
    ["plain", { limit: "3" }, "3\n", '{"id":3,"entries":3}'],
    ["plain", { limit: "0" }, "0\n", '{"id":3,"entries":0}'],
    ["tails", {}, "3\n", '{"id":5,"entries":3}'],
    ["ports", {}, "2\n", '{"id":9,"entries":2}'],
    ["twins", {}, "11: 1\n12: 1\n", '[{"id":11,"entries":1},{"id":12,"entries":1}]'],
  ])("%s %j", async (name, own, plain, text) => {
    expect(await dump(name, { count: "", ...own })).toBe(plain);
    expect(await json(name, { count: "", ...own })).toBe(text);
  });
});

test.each<[string, Own, string]>([
  ["flows", { percpu: "sum" }, "map 1 (hash) is not a per-CPU map"],
  ["cpus", { percpu: "avg" }, "--percpu wants sum, max or each, got: 'avg'"],
  ["flows", { percpu: "avg" }, "--percpu wants sum, max or each, got: 'avg'"],
  [
    "odd",
    { percpu: "sum" },
    "map 4 (percpu_hash): values of 12 bytes without BTF are no numbers; --percpu each prints them",
  ],
  ["twins", { hist: "" }, "map 12 (hash): its values have no integers to count"],
  ["tails", { hist: "" }, "map 5 (prog_array): its values have no integers to count"],
  ["flows", { count: "", hist: "" }, "--count and --hist do not go together"],
  ["flows", { hist: "", table: "" }, "--hist and --table do not go together"],
  ["cpus", { hist: "", percpu: "sum" }, "--hist and --percpu do not go together"],
  ["flows", { count: "", human: "" }, "--count and --human do not go together"],
])("%s %j is a mistake", async (name, own, message) => {
  expect(await dump(name, own)).toBe(`Error: ${message}\n`);
  expect(await json(name, own)).toBe(JSON.stringify({ error: message }));
});

describe("walks that end early", () => {
  const map = mapRecord({ id: 7, name: "q", type: MAP_TYPE.queue, keySize: 0, valueSize: 4 });
  function failing(errno: number): Parameters<typeof mapDump>[1]["registry"] {
    const source = memorySource({ maps: [map] });
    const contents = () => ({ batches: [], end: { errno, vanished: 0, restarts: 0 } });
    return async () => new Registry({ ...source, contents });
  }
  test.each<Own>([{ table: "" }, { human: "" }, { hist: "" }, { count: "" }])("%j", async (own) => {
    const out = new ByteBuffer();
    const context = {
      command: [],
      options: { json: false, pretty: false, bpffs: false, from: "memory", own },
      out,
      err: out,
      json: undefined,
      registry: failing(EINVAL),
      runLine: async () => 0,
    };
    await expect(mapDump(new Words(["name", "q"]), context)).rejects.toThrow(
      "Cannot list the entries of map 7 (queue)",
    );
    expect(out.toString()).toBe("");
  });
});
