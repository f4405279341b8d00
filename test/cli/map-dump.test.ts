/** `map dump`: what bpftool 7.8.0 prints, recorded from it for maps of the same sizes and types (section 12.2 of the inventory). */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { MapRecord } from "../../src/model/records.ts";
import { MAP_TYPE, type MapTypeName } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import type { Entry } from "../support/entries.ts";
import { u32s } from "../support/insns.ts";
import type { Machine } from "../support/memory-source.ts";
import { btfRecord, hostRecord, mapRecord } from "../support/records.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const ROOT = tempFolder();

/** 01 02 03 ... */
const counted = (length: number) => Uint8Array.from({ length }, (_, i) => (i + 1) & 0xff);
const entry = (key: number, value: number): Entry => ({ key: u32s(key), value: u32s(value) });
const failed = (key: number, errno: number): Entry => ({ key: u32s(key), value: new Uint8Array(4), errno });

let places = 0;

/** A snapshot with one map, number 5, and what its dump prints. */
async function dumpOf(
  fields: Partial<MapRecord>,
  entries: readonly Entry[],
  { line = "map dump id 5", end = {}, machine = {} }: { line?: string; end?: object; machine?: Machine } = {},
) {
  const map = mapRecord({ id: 5, maxEntries: Math.max(1, entries.length), ...fields });
  const place = saveMachine(ROOT, `one-${places++}`, {
    maps: [map],
    entries: new Map([[5, entries]]),
    ends: new Map([[5, end]]),
    ...machine,
  });
  return cliFrom(place, line);
}

describe("plain", () => {
  type Row = readonly [keySize: number, valueSize: number, text: string];
  const EIGHT = "01 02 03 04 05 06 07 08";
  const SIXTEEN = `${EIGHT}  09 0a 0b 0c 0d 0e 0f 10`;
  const ROWS: readonly Row[] = [
    [4, 4, "key: 01 02 03 04  value: 01 02 03 04\n"],
    [1, 1, "key: 01  value: 01\n"],
    [16, 8, `key: ${SIXTEEN}  value: ${EIGHT}\n`],
    [16, 9, `key: ${SIXTEEN}\nvalue: ${EIGHT}  09\n`],
    [8, 16, `key: ${EIGHT}  value: ${SIXTEEN}\n`],
    [9, 16, `key: ${EIGHT}  09\nvalue: ${SIXTEEN}\n`],
    [16, 16, `key: ${SIXTEEN}\nvalue: ${SIXTEEN}\n`],
    [4, 17, `key:\n01 02 03 04\nvalue:\n${SIXTEEN}\n11\n`],
    [17, 4, `key:\n${SIXTEEN}\n11\nvalue:\n01 02 03 04\n`],
    [1, 23, `key:\n01\nvalue:\n${SIXTEEN}\n11 12 13 14 15 16 17\n`],
    [1, 24, `key:\n01\nvalue:\n${SIXTEEN}\n11 12 13 14 15 16 17 18\n`],
    [4, 33, `key:\n01 02 03 04\nvalue:\n${SIXTEEN}\n11 12 13 14 15 16 17 18  19 1a 1b 1c 1d 1e 1f 20\n21\n`],
  ];
  test.each(ROWS)("keys of %i and values of %i bytes", async (keySize, valueSize, text) => {
    const entries = [{ key: counted(keySize), value: counted(valueSize) }];
    const result = await dumpOf({ keySize, valueSize }, entries);
    expect(result).toEqual({ stdout: `${text}Found 1 element\n`, stderr: "", status: 0 });
  });

  test.each([0, 1, 2, 3])("%i elements", async (count) => {
    const entries = Array.from({ length: count }, (_, i) => entry(i, i));
    const { stdout, status } = await dumpOf({}, entries);
    expect(stdout.split("\n").at(-2)).toBe(`Found ${count} element${count === 1 ? "" : "s"}`);
    expect(stdout.split("\n").length).toBe(count + 2);
    expect(status).toBe(0);
  });

  test("per-CPU values", async () => {
    const value = Uint8Array.of(1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9, 10, 0, 0, 0);
    const { stdout } = await dumpOf({ type: MAP_TYPE.percpu_array, valueSize: 5 }, [{ key: u32s(0), value }]);
    expect(stdout).toBe(
      "key:\n00 00 00 00\nvalue (CPU 00): 01 02 03 04 05\nvalue (CPU 01): 06 07 08 09 0a\nFound 1 element\n",
    );
  });

  test("per-CPU values of more than 16 bytes", async () => {
    const value = Uint8Array.from({ length: 48 }, (_, i) => (i % 24) + 1);
    const { stdout } = await dumpOf({ type: MAP_TYPE.percpu_hash, valueSize: 20 }, [{ key: u32s(1), value }]);
    const long = "01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10\n11 12 13 14\n";
    expect(stdout).toBe(
      `key:\n01 00 00 00\nvalue (CPU 00):\n${long}value (CPU 01):\n${long}Found 1 element\n`,
    );
  });

  test("more than 99 CPUs", async () => {
    const possibleCpus = 101;
    const value = new Uint8Array(8 * possibleCpus);
    const { stdout } = await dumpOf({ type: MAP_TYPE.percpu_array }, [{ key: u32s(0), value }], {
      machine: { host: hostRecord({ possibleCpus }) },
    });
    expect(stdout).toContain("value (CPU 09): 00 00 00 00\nvalue (CPU 10): ");
    expect(stdout).toContain("value (CPU 99): 00 00 00 00\nvalue (CPU 100): 00 00 00 00\nFound 1 element\n");
  });

  test.each(["array_of_maps", "hash_of_maps"] as const)("%s", async (type) => {
    const { stdout } = await dumpOf({ type: MAP_TYPE[type] }, [entry(1, 13469), failed(2, 2), entry(3, 7)]);
    // A blank ends the line in bpftool, too; empty slots are left out.
    expect(stdout).toBe(
      "key: 01 00 00 00  inner_map_id: 13469 \nkey: 03 00 00 00  inner_map_id: 7 \nFound 2 elements\n",
    );
  });

  test("ids of a big-endian machine", async () => {
    const value = Uint8Array.of(0, 0, 0x34, 0x9d);
    const { stdout } = await dumpOf(
      { type: MAP_TYPE.hash_of_maps },
      [{ key: Uint8Array.of(0, 0, 0, 1), value }],
      { machine: { host: hostRecord({ littleEndian: false }) } },
    );
    expect(stdout).toBe("key: 00 00 00 01  inner_map_id: 13469 \nFound 1 element\n");
  });

  test("prog_array: ids as bytes, empty slots left out", async () => {
    const { stdout } = await dumpOf({ type: MAP_TYPE.prog_array }, [failed(0, 2), entry(1, 121)]);
    expect(stdout).toBe("key: 01 00 00 00  value: 79 00 00 00\nFound 1 element\n");
  });

  type ErrorRow = readonly [type: MapTypeName, valueSize: number, errno: number, text: string];
  const ERRORS: readonly ErrorRow[] = [
    ["devmap", 4, 2, "key: 00 00 00 00  value: <no entry>\n"],
    ["cpumap", 4, 2, "key: 00 00 00 00  value: <no entry>\n"],
    ["sockmap", 8, 2, "key: 00 00 00 00  value: <no entry>\n"],
    ["reuseport_sockarray", 8, 2, "key: 00 00 00 00  value: <no entry>\n"],
    ["reuseport_sockarray", 4, 28, "key: 00 00 00 00  value: <cannot read>\n"],
    ["sockmap", 4, 28, "key:\n00 00 00 00\nvalue:\nNo space left on device\n"],
    ["xskmap", 4, 95, "key:\n00 00 00 00\nvalue:\nOperation not supported\n"],
    ["perf_event_array", 4, 524, "key:\n00 00 00 00\nvalue:\nUnknown error 524\n"],
    ["cgroup_array", 4, 524, "key:\n00 00 00 00\nvalue:\nUnknown error 524\n"],
    ["hash", 400, 14, "key: 00 00 00 00  value: Bad address\n"],
    ["prog_array", 4, 1, "key:\n00 00 00 00\nvalue:\nOperation not permitted\n"],
  ];
  test.each(ERRORS)("%s with values of %i bytes: errno %i", async (type, valueSize, errno, text) => {
    const key = u32s(0);
    const { stdout, status, stderr } = await dumpOf({ type: MAP_TYPE[type], valueSize }, [
      { key, value: new Uint8Array(valueSize), errno },
    ]);
    expect([stdout, status]).toEqual([`${text}Found 0 elements\n`, 0]);
    const warns = type === "reuseport_sockarray" && valueSize !== 8;
    const warning = "Warning: cannot read values from reuseport_sockarray map with value_size != 8\n";
    expect(stderr).toBe(warns ? warning : "");
  });

  test("<no entry> for a key whose size leaves no room beside it", async () => {
    const key = counted(15);
    const { stdout } = await dumpOf({ keySize: 15 }, [{ key, value: new Uint8Array(4), errno: 2 }]);
    expect(stdout).toBe(
      "key: 01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f\nvalue: <no entry>\nFound 0 elements\n",
    );
  });
});

describe("JSON", () => {
  test("bytes, compact and indented", async () => {
    const entries = [entry(1, 0xff), entry(2, 0x10)];
    expect((await dumpOf({}, entries, { line: "-j map dump id 5" })).stdout).toBe(
      '[{"key":["0x01","0x00","0x00","0x00"],"value":["0xff","0x00","0x00","0x00"]},' +
        '{"key":["0x02","0x00","0x00","0x00"],"value":["0x10","0x00","0x00","0x00"]}]\n',
    );
    expect((await dumpOf({}, entries.slice(0, 1), { line: "-p map dump id 5" })).stdout).toBe(
      `[{
        "key": ["0x01","0x00","0x00","0x00"
        ],
        "value": ["0xff","0x00","0x00","0x00"
        ]
    }
]
`,
    );
  });

  test("no entries", async () => {
    for (const option of ["-j", "-p"]) {
      const { stdout, status } = await dumpOf({}, [], { line: `${option} map dump id 5` });
      expect([stdout, status]).toEqual(["[]\n", 0]);
    }
  });

  test("values of all CPUs", async () => {
    const value = Uint8Array.of(2, 0, 0, 0, 9, 9, 9, 9, 4, 0, 0, 0, 9, 9, 9, 9);
    const { stdout } = await dumpOf({ type: MAP_TYPE.percpu_array }, [{ key: u32s(0), value }], {
      line: "-j map dump id 5",
    });
    expect(stdout).toBe(
      '[{"key":["0x00","0x00","0x00","0x00"],"values":[{"cpu":0,"value":["0x02","0x00","0x00","0x00"]},' +
        '{"cpu":1,"value":["0x04","0x00","0x00","0x00"]}]}]\n',
    );
  });

  test("maps of maps", async () => {
    const { stdout } = await dumpOf(
      { type: MAP_TYPE.hash_of_maps },
      [failed(0, 2), entry(1, 13469), failed(2, 524)],
      { line: "-j map dump id 5" },
    );
    expect(stdout).toBe(
      '[{"key":["0x01","0x00","0x00","0x00"],"value":["0x9d","0x34","0x00","0x00"],"inner_map_id":13469},' +
        '{"key":["0x02","0x00","0x00","0x00"],"value":{"error":"Unknown error 524"}}]\n',
    );
  });

  test.each([
    ["devmap", 2, "No such file or directory"],
    ["reuseport_sockarray", 28, "No space left on device"],
    ["xskmap", 95, "Operation not supported"],
    ["perf_event_array", 524, "Unknown error 524"],
  ] as const)("%s: errno %i", async (type, errno, message) => {
    const { stdout, stderr, status } = await dumpOf({ type: MAP_TYPE[type] }, [failed(0, errno)], {
      line: "-j map dump id 5",
    });
    expect(JSON.parse(stdout)).toEqual([
      { key: ["0x00", "0x00", "0x00", "0x00"], value: { error: message } },
    ]);
    expect([stderr, status]).toEqual(["", 0]);
  });
});

describe("maps that cannot be listed: bpftool ends without a word", () => {
  type Row = readonly [type: MapTypeName, errno: number, status: number, why: string];
  const QUEUE = "it has no keys; 'map peek' prints its next value (Invalid argument)";
  const ROWS: readonly Row[] = [
    ["queue", 22, 234, QUEUE],
    ["stack", 22, 234, QUEUE],
    ["ringbuf", 524, 244, "records are read once, by the consumer that maps its memory (Unknown error 524)"],
    ["bloom_filter", 95, 161, "it keeps bits, not the values that were added (Operation not supported)"],
    ["arena", 95, 161, "it is memory to be mapped by its users, without keys (Operation not supported)"],
    [
      "task_storage",
      524,
      244,
      "each value belongs to a kernel object, and is looked up by a descriptor of that (Unknown error 524)",
    ],
    ["hash", 1, 255, "Operation not permitted"],
  ];

  describe.each(ROWS)("%s", (type, errno, status, why) => {
    const keySize = ["hash", "task_storage"].includes(type) ? 4 : 0;
    const fields = { type: MAP_TYPE[type], keySize };
    const message = `Cannot list the entries of map 5 (${type}): ${why}`;

    test("plain", async () => {
      expect(await dumpOf(fields, [], { end: { errno } })).toEqual({
        stdout: "Found 0 elements\n",
        stderr: `Error: ${message}\n`,
        status,
      });
    });

    test.each(["-j", "-p"])("%s", async (option) => {
      const result = await dumpOf(fields, [], { end: { errno }, line: `${option} map dump id 5` });
      expect(JSON.parse(result.stdout)).toEqual([{ error: message }]);
      expect([result.stderr, result.status]).toEqual(["", status]);
    });
  });

  test("a queue that could be peeked into is listed like a live one: without entries", async () => {
    const peeked = [{ key: new Uint8Array(), value: u32s(3) }];
    const result = await dumpOf({ type: MAP_TYPE.queue, keySize: 0 }, peeked, { end: { errno: 22 } });
    expect(result.stdout).toBe("Found 0 elements\n");
    expect(result.status).toBe(234);
  });

  test("an error after some entries", async () => {
    const end = { errno: 1 };
    const plain = await dumpOf({}, [entry(1, 2)], { end });
    expect(plain.stdout).toBe("key: 01 00 00 00  value: 02 00 00 00\nFound 1 element\n");
    expect(plain.stderr).toBe("Error: Cannot list the entries of map 5 (hash): Operation not permitted\n");
    const json = await dumpOf({}, [entry(1, 2)], { end, line: "-j map dump id 5" });
    const [row, error] = JSON.parse(json.stdout);
    expect(row.key).toEqual(["0x01", "0x00", "0x00", "0x00"]);
    expect(error).toEqual({ error: "Cannot list the entries of map 5 (hash): Operation not permitted" });
  });
});

/** BTF 2: `struct key { int pid; char comm[4]; }`, `struct val { u64 count; }`, and more. */
function types() {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const u64 = builder.int("unsigned long long", 8);
  const key = builder.composite("STRUCT", "key", 8, [
    ["pid", int, 0],
    ["comm", builder.array(builder.int("char", 1), 4), 32],
  ]);
  const val = builder.composite("STRUCT", "val", 8, [["count", u64, 0]]);
  const counter = builder.ref("TYPEDEF", u64, "counter_t");
  const pointer = builder.composite("STRUCT", "with_pointer", 8, [["next", builder.ref("PTR", val), 0]]);
  const section = builder.section(".data", 8, [[builder.variable("hits", u64), 0, 8]]);
  return { bytes: builder.build(), int, u64, key, val, counter, pointer, section };
}

const BTF = types();
const BTF_MACHINE = {
  btfs: [btfRecord({ id: 2, size: BTF.bytes.length })],
  blobs: new Map([[2, BTF.bytes]]),
};
const TYPED = { keySize: 8, valueSize: 8, btfId: 2, btfKeyTypeId: BTF.key, btfValueTypeId: BTF.val };
const KEY = Uint8Array.of(1, 0, 0, 0, 0x73, 0x68, 0, 0);
const VALUE = u32s(13, 0);

describe("typed", () => {
  const typed = (fields: Partial<MapRecord>, entries: readonly Entry[], line = "map dump id 5", end = {}) =>
    dumpOf({ ...TYPED, ...fields }, entries, { line, end, machine: BTF_MACHINE });

  test("plain text is indented JSON, without the number of elements", async () => {
    expect(await typed({}, [{ key: KEY, value: VALUE }])).toEqual({
      stdout: `[{
        "key": {
            "pid": 1,
            "comm": "sh"
        },
        "value": {
            "count": 13
        }
    }
]
`,
      stderr: "",
      status: 0,
    });
  });

  test("no entries", async () => expect((await typed({}, [])).stdout).toBe("[]\n"));

  test("JSON has the bytes, too", async () => {
    const { stdout } = await typed({}, [{ key: KEY, value: VALUE }], "-j map dump id 5");
    expect(stdout).toBe(
      '[{"key":["0x01","0x00","0x00","0x00","0x73","0x68","0x00","0x00"],' +
        '"value":["0x0d","0x00","0x00","0x00","0x00","0x00","0x00","0x00"],' +
        '"formatted":{"key":{"pid":1,"comm":"sh"},"value":{"count":13}}}]\n',
    );
  });

  test("without a type for keys", async () => {
    const fields = { keySize: 4, btfKeyTypeId: 0, btfValueTypeId: BTF.section, type: MAP_TYPE.array };
    const { stdout } = await typed(fields, [{ key: u32s(0), value: VALUE }]);
    expect(JSON.parse(stdout)).toEqual([{ value: { ".data": [{ hits: 13 }] } }]);
    const json = await typed(fields, [{ key: u32s(0), value: VALUE }], "-j map dump id 5");
    expect(JSON.parse(json.stdout)[0].formatted).toEqual({ value: { ".data": [{ hits: 13 }] } });
  });

  test("values of all CPUs", async () => {
    const fields = {
      type: MAP_TYPE.percpu_array,
      keySize: 4,
      valueSize: 4,
      btfKeyTypeId: BTF.int,
      btfValueTypeId: BTF.int,
    };
    const value = Uint8Array.of(2, 0, 0, 0, 9, 9, 9, 9, 4, 0, 0, 0, 9, 9, 9, 9);
    const { stdout } = await typed(fields, [{ key: u32s(0), value }], "-j map dump id 5");
    expect(stdout).toBe(
      '[{"key":["0x00","0x00","0x00","0x00"],"values":[{"cpu":0,"value":["0x02","0x00","0x00","0x00"]},' +
        '{"cpu":1,"value":["0x04","0x00","0x00","0x00"]}],' +
        '"formatted":{"key":0,"values":[{"cpu":0,"value":2},{"cpu":1,"value":4}]}}]\n',
    );
    const plain = await typed(fields, [{ key: u32s(0), value }]);
    expect(JSON.parse(plain.stdout)).toEqual([
      {
        key: 0,
        values: [
          { cpu: 0, value: 2 },
          { cpu: 1, value: 4 },
        ],
      },
    ]);
  });

  test("pointers: hex in plain text, decimal in JSON", async () => {
    const fields = { btfValueTypeId: BTF.pointer };
    const entries = [{ key: KEY, value: u32s(0x10, 0xffff8881) }];
    expect((await typed(fields, entries)).stdout).toContain('"next": "0xffff888100000010"');
    expect((await typed(fields, entries, "-j map dump id 5")).stdout).toContain(
      '"value":{"next":18446612686364999696}',
    );
  });

  test("values that cannot be read stay inside of the document (24.21)", async () => {
    const entries = [
      { key: KEY, value: VALUE },
      { key: KEY, value: VALUE, errno: 2 },
    ];
    const { stdout } = await typed({}, entries);
    expect(JSON.parse(stdout)).toEqual([
      { key: { pid: 1, comm: "sh" }, value: { count: 13 } },
      { key: { pid: 1, comm: "sh" }, value: { error: "No such file or directory" } },
    ]);
    const json = await typed({}, entries, "-j map dump id 5");
    expect(JSON.parse(json.stdout)[1].value).toEqual({ error: "No such file or directory" });
    expect(JSON.parse(json.stdout)[1].formatted).toBeUndefined();
  });

  test("a map that cannot be listed: the array is closed all the same", async () => {
    const { stdout, stderr, status } = await typed(
      { type: MAP_TYPE.queue, keySize: 0, btfKeyTypeId: 0 },
      [],
      "map dump id 5",
      {
        errno: 22,
      },
    );
    expect(stderr).toContain("Error: Cannot list the entries of map 5 (queue)");
    expect(status).toBe(234);
    expect(stdout).toBe("[]\n");
  });

  test.each([
    [
      "of values",
      { btfValueTypeId: BTF.int },
      `BTF type [${BTF.int}] has 4 bytes, the values of map 5 have 8`,
    ],
    ["of keys", { btfKeyTypeId: BTF.int }, `BTF type [${BTF.int}] has 4 bytes, the keys of map 5 have 8`],
  ])("BTF in which the size %s is another: a warning and the bytes", async (_, fields, message) => {
    const { stdout, stderr, status } = await typed(fields, [{ key: KEY, value: VALUE }]);
    expect(stdout).toBe("key: 01 00 00 00 73 68 00 00  value: 0d 00 00 00 00 00 00 00\nFound 1 element\n");
    expect([stderr, status]).toEqual([`Warning: ${message}; printing raw bytes\n`, 0]);
    const json = await typed(fields, [{ key: KEY, value: VALUE }], "-j map dump id 5");
    expect(JSON.parse(json.stdout)[0].formatted).toBeUndefined();
  });

  test("BTF of which the snapshot has nothing", async () => {
    const { stdout, stderr, status } = await typed({ btfId: 99 }, [{ key: KEY, value: VALUE }]);
    const message = "can't get BTF object by id (99): No such file or directory";
    expect([stderr, status]).toEqual([`Warning: ${message}; printing raw bytes\n`, 0]);
    expect(stdout.endsWith("Found 1 element\n")).toBe(true);
  });

  test("a struct_ops map is read by the types of the kernel", async () => {
    const vmlinux = { id: 1, name: "vmlinux", kernel: true, size: BTF.bytes.length };
    const fields = { type: MAP_TYPE.struct_ops, keySize: 4, valueSize: 8, btfVmlinuxValueTypeId: BTF.val };
    const machine = { btfs: [btfRecord(vmlinux)], blobs: new Map([[1, BTF.bytes]]) };
    const { stdout } = await dumpOf(fields, [{ key: u32s(0), value: VALUE }], {
      machine,
      line: "-j map dump id 5",
    });
    expect(JSON.parse(stdout)[0].formatted).toEqual({ value: { count: 13 } });
  });
});

describe("several maps of one name", () => {
  const raw = (id: number) => mapRecord({ id, name: "twin", keySize: 8, valueSize: 8, flags: id });
  const typed = (id: number) => mapRecord({ ...TYPED, id, name: "twin" });
  const machine = (...maps: MapRecord[]): Machine => ({
    ...BTF_MACHINE,
    maps,
    entries: new Map(maps.map(({ id }) => [id, [{ key: KEY, value: u32s(id, 0) }]])),
  });
  const RAW_3 = "key: 01 00 00 00 73 68 00 00  value: 03 00 00 00 00 00 00 00\nFound 1 element\n";
  const RAW_9 = "key: 01 00 00 00 73 68 00 00  value: 09 00 00 00 00 00 00 00\nFound 1 element\n";

  test("plain: a header for each, an empty line between them", async () => {
    const place = saveMachine(ROOT, "raw-twins", machine(raw(3), raw(9)));
    const { stdout, status } = await cliFrom(place, "map dump name twin");
    expect(stdout).toBe(`3: hash  name twin  flags 0x3\n${RAW_3}\n9: hash  name twin  flags 0x9\n${RAW_9}`);
    expect(status).toBe(0);
  });

  test("one without BTF: all as bytes", async () => {
    const place = saveMachine(ROOT, "mixed-twins", machine(typed(3), raw(9)));
    const { stdout } = await cliFrom(place, "map dump name twin");
    expect(stdout).toBe(`3: hash  name twin  flags 0x0\n${RAW_3}\n9: hash  name twin  flags 0x9\n${RAW_9}`);
  });

  test("all with BTF", async () => {
    const place = saveMachine(ROOT, "typed-twins", machine(typed(3), typed(9)));
    const { stdout } = await cliFrom(place, "map dump name twin");
    const elements = (count: number) => [{ key: { pid: 1, comm: "sh" }, value: { count } }];
    expect(JSON.parse(stdout)).toEqual([
      { id: 3, type: "hash", name: "twin", flags: 0, elements: elements(3) },
      { id: 9, type: "hash", name: "twin", flags: 0, elements: elements(9) },
    ]);
    expect(stdout.startsWith('[{\n        "id": 3,\n        "type": "hash",\n')).toBe(true);
    expect(stdout.endsWith("\n    }\n]\n")).toBe(true);
  });

  test("JSON", async () => {
    const place = saveMachine(ROOT, "json-twins", machine(raw(3), typed(9)));
    const { stdout } = await cliFrom(place, "-j map dump name twin");
    const [first, second] = JSON.parse(stdout);
    expect(first).toMatchObject({ id: 3, type: "hash", name: "twin", flags: 3, elements: [{}] });
    expect(first.elements[0].formatted).toBeUndefined();
    expect(second.elements[0].formatted).toEqual({
      key: { pid: 1, comm: "sh" },
      value: { count: 9 },
    });
  });

  test("one that cannot be listed ends the dump, in a whole document", async () => {
    const place = saveMachine(ROOT, "failing-twins", {
      ...machine(raw(3), raw(9)),
      ends: new Map([[3, { errno: 1 }]]),
    });
    const { stdout, status } = await cliFrom(place, "-j map dump name twin");
    expect(JSON.parse(stdout).at(-1)).toEqual({
      error: "Cannot list the entries of map 3 (hash): Operation not permitted",
    });
    expect(status).toBe(255);
  });

  test("--limit counts for each", async () => {
    const place = saveMachine(ROOT, "limited-twins", {
      ...machine(raw(3), raw(9)),
      entries: new Map([3, 9].map((id) => [id, [1, 2, 3].map((i) => ({ key: u32s(i, 0), value: VALUE }))])),
    });
    const { stdout } = await cliFrom(place, "map dump name twin --limit 2");
    expect(stdout.match(/^Found 2 elements$/gm)?.length).toBe(2);
  });
});

describe("what was saved in part", () => {
  test("plain and JSON: a warning on stderr", async () => {
    const entries = [entry(1, 1), entry(2, 2)];
    const warning = "Warning: only the first entries of map 5 are known\n";
    const plain = await dumpOf({ maxEntries: 9 }, entries, { end: { cut: true } });
    expect(plain.stdout.endsWith("Found 2 elements\n")).toBe(true);
    expect([plain.stderr, plain.status]).toEqual([warning, 0]);
    const json = await dumpOf({ maxEntries: 9 }, entries, { end: { cut: true }, line: "-j map dump id 5" });
    expect(JSON.parse(json.stdout).length).toBe(2);
    expect([json.stderr, json.status]).toEqual([warning, 0]);
  });
});

describe("--limit", () => {
  const three = [entry(1, 1), entry(2, 2), entry(3, 3)];

  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
    [9_999_999_999, 3],
  ])("%i entries: %i", async (limit, count) => {
    const plain = await dumpOf({}, three, { line: `map dump id 5 --limit ${limit}` });
    expect(plain.stdout.endsWith(`Found ${count} element${count === 1 ? "" : "s"}\n`)).toBe(true);
    expect(plain.stdout.split("\n").length).toBe(count + 2);
    const json = await dumpOf({}, three, { line: `-j map dump id 5 --limit=${limit}` });
    expect(JSON.parse(json.stdout).length).toBe(count);
  });

  test("empty slots do not count, entries that cannot be read do", async () => {
    const slots = [failed(0, 2), entry(1, 7), failed(2, 2), entry(3, 8)];
    const maps = await dumpOf({ type: MAP_TYPE.array_of_maps }, slots, { line: "map dump id 5 --limit 1" });
    expect(maps.stdout).toBe("key: 01 00 00 00  inner_map_id: 7 \nFound 1 element\n");
    const cpus = await dumpOf({ type: MAP_TYPE.cpumap }, slots, { line: "map dump id 5 --limit 2" });
    expect(cpus.stdout).toBe(
      "key: 00 00 00 00  value: <no entry>\nkey: 01 00 00 00  value: 07 00 00 00\nFound 1 element\n",
    );
  });

  test.each(["x", "-1", "1.5", "", "0x10", "99999999999"])("%j is a mistake", async (limit) => {
    const message = `--limit wants a number of entries, got: '${limit}'`;
    const plain = await dumpOf({}, three, { line: `map dump id 5 --limit=${limit}` });
    expect(plain).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
    const json = await dumpOf({}, three, { line: `-j map dump id 5 --limit=${limit}` });
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
  });
});

describe("--btf, --type, --key-type", () => {
  const FILE = path.join(ROOT, "types.btf");
  fs.writeFileSync(FILE, BTF.bytes);
  const entries = [{ key: KEY, value: VALUE }];
  const raw = { keySize: 8, valueSize: 8 };
  /** Words with blanks in them. */
  async function dumpWith(words: readonly string[], fields: Partial<MapRecord> = raw, machine: Machine = {}) {
    const map = mapRecord({ id: 5, ...fields });
    const place = saveMachine(ROOT, `lent-${places++}`, {
      maps: [map],
      entries: new Map([[5, entries]]),
      ...machine,
    });
    return cliFrom(place, words);
  }

  test("types for a map without any", async () => {
    const words = [
      "map",
      "dump",
      "id",
      "5",
      "--btf",
      FILE,
      "--type",
      "struct val",
      "--key-type",
      "struct key",
    ];
    const { stdout, stderr, status } = await dumpWith(words);
    expect(JSON.parse(stdout)).toEqual([{ key: { pid: 1, comm: "sh" }, value: { count: 13 } }]);
    expect([stderr, status]).toEqual(["", 0]);
    const json = await dumpWith(["-j", ...words]);
    expect(JSON.parse(json.stdout)[0].formatted).toEqual({
      key: { pid: 1, comm: "sh" },
      value: { count: 13 },
    });
  });

  test("values alone", async () => {
    const { stdout } = await dumpWith(["map", "dump", "id", "5", "--btf", FILE, "--type", "counter_t"]);
    expect(JSON.parse(stdout)).toEqual([{ value: 13 }]);
  });

  test("other types of the map's own BTF; keys keep theirs", async () => {
    const { stdout } = await dumpWith(["map", "dump", "id", "5", "--type", "counter_t"], TYPED, BTF_MACHINE);
    expect(JSON.parse(stdout)).toEqual([{ key: { pid: 1, comm: "sh" }, value: 13 }]);
  });

  test("types of the kernel for a map without BTF", async () => {
    const machine = {
      btfs: [btfRecord({ id: 1, name: "vmlinux", kernel: true, size: BTF.bytes.length })],
      blobs: new Map([[1, BTF.bytes]]),
    };
    const { stdout } = await dumpWith(["map", "dump", "id", "5", "--type", "struct val"], raw, machine);
    expect(JSON.parse(stdout)).toEqual([{ value: { count: 13 } }]);
  });

  test("types of another size: a warning and the bytes", async () => {
    const { stdout, stderr } = await dumpWith(["map", "dump", "id", "5", "--btf", FILE, "--type", "int"]);
    expect(stdout.endsWith("Found 1 element\n")).toBe(true);
    expect(stderr).toBe(
      `Warning: BTF type [${BTF.int}] has 4 bytes, the values of map 5 have 8; printing raw bytes\n`,
    );
  });

  type Row = readonly [what: string, options: readonly string[], message: string, status: number];
  const MISTAKES: readonly Row[] = [
    [
      "a file without a type",
      ["--btf", FILE],
      "--btf and --key-type want the type of the values, too: --type 'struct x'",
      255,
    ],
    [
      "a type that is not there",
      ["--btf", FILE, "--type", "nosuch"],
      "Cannot find type 'nosuch' in the BTF",
      255,
    ],
    [
      "a type of keys that is not there",
      ["--btf", FILE, "--type", "int", "--key-type", "nosuch"],
      "Cannot find type 'nosuch' in the BTF",
      255,
    ],
    [
      "a file that is not there",
      ["--btf", "/no/such/file", "--type", "int"],
      "failed to load BTF from /no/such/file: No such file or directory",
      254,
    ],
    ["no BTF anywhere", ["--type", "int"], "failed to get kernel btf", 255],
  ];
  test.each(MISTAKES)("%s", async (_, options, message, status) => {
    const plain = await dumpWith(["map", "dump", "id", "5", ...options]);
    expect(plain).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status });
    const json = await dumpWith(["-j", "map", "dump", "id", "5", ...options]);
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
    expect(json.status).toBe(status);
  });

  test("--key-type alone is not ignored", async () => {
    const { stderr, status } = await dumpWith(["map", "dump", "id", "5", "--key-type", "int"]);
    expect(stderr).not.toBe("");
    expect(status).toBe(255);
  });
});

describe("mistakes", () => {
  const place = saveMachine(ROOT, "mistakes", { maps: [mapRecord({ id: 5, name: "m" })] });
  type Row = readonly [line: string, message: string, status: number];
  const ROWS: readonly Row[] = [
    ["map dump id 6", "get map by id (6): No such file or directory", 255],
    ["map dump name nosuch", "no map with name 'nosuch'", 255],
    ["map dump id x", "can't parse x as ID", 255],
    ["map dump tag 1", "expected 'id', 'name' or 'pinned', got: 'tag'?", 255],
    ["map dump pinned /x", "bpf obj get (/x): No such file or directory", 255],
  ];
  test.each(ROWS)("%s", async (line, message, status) => {
    expect(await cliFrom(place, line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status });
    const json = await cliFrom(place, `-j ${line}`);
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
  });

  test.each(["map dump", "map dump id", "map dump id 5 x"])("%s: help", async (line) => {
    const { stdout, stderr, status } = await cliFrom(place, line);
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toContain("Usage: bpflens");
    expect((await cliFrom(place, `-j ${line}`)).stdout).toBe("null\n");
  });

  test("contents that were not saved", async () => {
    const without = saveMachine(ROOT, "without", { maps: [mapRecord({ id: 5 })] }, { maxEntries: 0 });
    const message = `Cannot read snapshot '${without}': the contents of map 5 were not saved`;
    const plain = await cliFrom(without, "map dump id 5");
    expect(plain).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
    expect(JSON.parse((await cliFrom(without, "-j map dump id 5")).stdout)).toEqual({ error: message });
  });
});
