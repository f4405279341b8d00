/** `map lookup`, `map peek`, `map getnext`: what bpftool 7.8.0 prints, recorded from it for the same maps (sections 12.3, 12.4). */
import { describe, expect, test } from "vitest";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import type { Entry } from "../support/entries.ts";
import { u32s } from "../support/insns.ts";
import type { Machine } from "../support/memory-source.ts";
import { btfRecord, mapRecord } from "../support/records.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const ROOT = tempFolder();
const counted = (length: number) => Uint8Array.from({ length }, (_, i) => i + 1);
const NO_KEY = new Uint8Array();
const [EINVAL, ENOTSUPP, EOPNOTSUPP] = [22, 524, 95];

const builder = new BtfBuilder();
const INT = builder.int("int", 4, { encoding: 1 });
const VAL = builder.composite("STRUCT", "val", 8, [
  ["a", INT, 0],
  ["b", builder.ref("PTR", INT), 0],
]);
const BTF = builder.build();

function lpmKey(bits: number, ...bytes: readonly number[]): Uint8Array {
  return Uint8Array.of(bits, 0, 0, 0, ...bytes);
}

const ENTRIES: readonly (readonly [id: number, entries: readonly Entry[]])[] = [
  [
    1,
    [
      { key: counted(4), value: counted(4) },
      { key: u32s(0), value: u32s(0x100) },
    ],
  ],
  [2, [{ key: counted(16), value: counted(9) }]],
  [3, [{ key: counted(17), value: counted(4) }]],
  [4, [{ key: NO_KEY, value: counted(4) }]],
  [6, [{ key: NO_KEY, value: counted(20) }]],
  [8, [{ key: u32s(0), value: Uint8Array.from({ length: 16 }, (_, i) => i) }]],
  [9, [{ key: u32s(1), value: u32s(13469) }]],
  [10, [{ key: u32s(0), value: u32s(0), errno: EOPNOTSUPP }]],
  [11, [{ key: u32s(0), value: u32s(0), errno: ENOTSUPP }]],
  [12, [{ key: lpmKey(8, 10, 0, 0, 0), value: u32s(1) }]],
  [13, [{ key: u32s(7), value: u32s(5, 0xffff8881) }]],
  [20, [{ key: u32s(1), value: u32s(2) }]],
  [21, [{ key: u32s(1), value: u32s(2) }]],
  [22, [{ key: u32s(1), value: u32s(2) }]],
];

const MACHINE: Machine = {
  maps: [
    mapRecord({ id: 1, name: "plain", maxEntries: 4 }),
    mapRecord({ id: 2, keySize: 16, valueSize: 9 }),
    mapRecord({ id: 3, keySize: 17 }),
    mapRecord({ id: 4, type: MAP_TYPE.queue, keySize: 0 }),
    mapRecord({ id: 5, type: MAP_TYPE.queue, keySize: 0 }),
    mapRecord({ id: 6, type: MAP_TYPE.stack, keySize: 0, valueSize: 20 }),
    mapRecord({ id: 7, type: MAP_TYPE.ringbuf, keySize: 0, valueSize: 0, maxEntries: 4096 }),
    mapRecord({ id: 8, type: MAP_TYPE.percpu_array, valueSize: 5 }),
    mapRecord({ id: 9, type: MAP_TYPE.hash_of_maps }),
    mapRecord({ id: 10, type: MAP_TYPE.xskmap }),
    mapRecord({ id: 11, type: MAP_TYPE.perf_event_array }),
    mapRecord({ id: 12, type: MAP_TYPE.lpm_trie, keySize: 8 }),
    mapRecord({ id: 13, valueSize: 8, btfId: 2, btfKeyTypeId: INT, btfValueTypeId: VAL }),
    mapRecord({ id: 14, name: "empty" }),
    mapRecord({ id: 20, name: "twin" }),
    mapRecord({ id: 21, name: "twin" }),
    mapRecord({ id: 22, name: "cut", maxEntries: 9 }),
  ],
  entries: new Map(ENTRIES),
  ends: new Map([
    [4, { errno: EINVAL }],
    [5, { errno: EINVAL }],
    [6, { errno: EINVAL }],
    [7, { errno: ENOTSUPP }],
    [22, { cut: true }],
  ]),
  btfs: [btfRecord({ id: 2, size: BTF.length })],
  blobs: new Map([[2, BTF]]),
  pins: [{ kind: "map", id: 1, path: "/sys/fs/bpf/plain" }],
};
const PLACE = saveMachine(ROOT, "machine", MACHINE);

/** What a line prints, and its exit status. */
async function run(line: string): Promise<readonly [stdout: string, stderr: string, status: number]> {
  const { stdout, stderr, status } = await cliFrom(PLACE, line);
  return [stdout, stderr, status];
}

const ZEROS_17 = "0 ".repeat(17).trim();
const ONE_TO_16 = [...counted(16)].join(" ");

describe("plain and JSON", () => {
  const FOUND = "key: 01 02 03 04  value: 01 02 03 04\n";
  const FOUND_JSON = '{"key":["0x01","0x02","0x03","0x04"],"value":["0x01","0x02","0x03","0x04"]}\n';
  type Row = readonly [line: string, plain: string, json: string, status: number];
  const ROWS: readonly Row[] = [
    ["map lookup id 1 key 1 2 3 4", FOUND, FOUND_JSON, 0],
    ["map lookup pinned /sys/fs/bpf/plain key 1 2 3 4", FOUND, FOUND_JSON, 0],
    ["map lookup name plain key 1 2 3 4", FOUND, FOUND_JSON, 0],
    ["map lookup id 1 key 01 0x2 0X3 +4", FOUND, FOUND_JSON, 0],
    ["map lookup id 1 key hex 1 0x02 03 4", FOUND, FOUND_JSON, 0],
    ["map lookup id 1 k h 1 2 3 4", FOUND, FOUND_JSON, 0],
    ["map lookup id 1 key 1 2 3 5", "key:\n01 02 03 05\n\nNot found\n", "null\n", 254],
    [
      `map lookup id 3 key ${ZEROS_17}`,
      `key:\n${"00 ".repeat(8)} ${"00 ".repeat(8).trim()}\n00\n\nNot found\n`,
      "null\n",
      254,
    ],
    [
      `map lookup id 2 key ${ONE_TO_16}`,
      "key: 01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10\nvalue: 01 02 03 04 05 06 07 08  09\n",
      '{"key":["0x01","0x02","0x03","0x04","0x05","0x06","0x07","0x08","0x09","0x0a","0x0b","0x0c","0x0d","0x0e","0x0f","0x10"],"value":["0x01","0x02","0x03","0x04","0x05","0x06","0x07","0x08","0x09"]}\n',
      0,
    ],
    ["map peek id 4", "value: 01 02 03 04\n", '{"key":[],"value":["0x01","0x02","0x03","0x04"]}\n', 0],
    ["map lookup id 4", "value: 01 02 03 04\n", '{"key":[],"value":["0x01","0x02","0x03","0x04"]}\n', 0],
    [
      "map peek id 6",
      "value:\n01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10\n11 12 13 14\n",
      '{"key":[],"value":["0x01","0x02","0x03","0x04","0x05","0x06","0x07","0x08","0x09","0x0a","0x0b","0x0c","0x0d","0x0e","0x0f","0x10","0x11","0x12","0x13","0x14"]}\n',
      0,
    ],
    ["map peek id 5", "key:\n\n\nNot found\n", "null\n", 254],
    [
      "map getnext id 1",
      "key: None\nnext key:\n01 02 03 04\n",
      '{"key":null,"next_key":["0x01","0x02","0x03","0x04"]}\n',
      0,
    ],
    [
      "map getnext id 1 key 9 9 9 9",
      "key:\n09 09 09 09\nnext key:\n01 02 03 04\n",
      '{"key":["0x09","0x09","0x09","0x09"],"next_key":["0x01","0x02","0x03","0x04"]}\n',
      0,
    ],
    [
      "map getnext id 1 key 1 2 3 4",
      "key:\n01 02 03 04\nnext key:\n00 00 00 00\n",
      '{"key":["0x01","0x02","0x03","0x04"],"next_key":["0x00","0x00","0x00","0x00"]}\n',
      0,
    ],
    [
      "map lookup id 8 key 0 0 0 0",
      "key:\n00 00 00 00\nvalue (CPU 00): 00 01 02 03 04\nvalue (CPU 01): 08 09 0a 0b 0c\n",
      '{"key":["0x00","0x00","0x00","0x00"],"values":[{"cpu":0,"value":["0x00","0x01","0x02","0x03","0x04"]},{"cpu":1,"value":["0x08","0x09","0x0a","0x0b","0x0c"]}]}\n',
      0,
    ],
    [
      "map lookup id 9 key 1 0 0 0",
      "key: 01 00 00 00  inner_map_id: 13469 \n",
      '{"key":["0x01","0x00","0x00","0x00"],"value":["0x9d","0x34","0x00","0x00"],"inner_map_id":13469}\n',
      0,
    ],
    [
      "map lookup id 12 key 32 0 0 0 10 1 2 3",
      "key: 20 00 00 00 0a 01 02 03  value: 01 00 00 00\n",
      '{"key":["0x20","0x00","0x00","0x00","0x0a","0x01","0x02","0x03"],"value":["0x01","0x00","0x00","0x00"]}\n',
      0,
    ],
    ["map lookup id 12 key 33 0 0 0 10 1 2 3", "key:\n21 00 00 00 0a 01 02 03\n\nNot found\n", "null\n", 254],
  ];

  test.each(ROWS)("%s", async (line, plain, _, status) =>
    expect(await run(line)).toEqual([plain, "", status]),
  );

  test.each(ROWS)("-j %s", async (line, _, json, status) =>
    expect(await run(`-j ${line}`)).toEqual([json, "", status]),
  );

  test("-p", async () => {
    expect(await run("-p map getnext id 14")).toEqual([
      '{\n    "error": "can\'t get next key: No such file or directory"\n}\n',
      "",
      254,
    ]);
    const [stdout] = await run("-p map lookup id 9 key 1 0 0 0");
    expect(stdout.endsWith('"inner_map_id": 13469\n}\n')).toBe(true);
  });
});

describe("by type", () => {
  test("one object, indented", async () => {
    const [stdout, stderr, status] = await run("map lookup id 13 key 7 0 0 0");
    expect(stdout).toBe(
      '{\n    "key": 7,\n    "value": {\n        "a": 5,\n        "b": "0xffff888100000005"\n    }\n}\n',
    );
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("-j: with the bytes", async () => {
    const [stdout] = await run("-j map lookup id 13 key 7 0 0 0");
    expect(stdout).toContain('"formatted":{"key":7,"value":{"a":5,"b":18446612686364999685}}}');
  });

  test("not found is plain text all the same", async () => {
    expect(await run("map lookup id 13 key 8 0 0 0")).toEqual(["key:\n08 00 00 00\n\nNot found\n", "", 254]);
  });
});

describe("failures", () => {
  type Row = readonly [line: string, message: string, status: number];
  const WORDS = "expected 'id', 'name' or 'pinned'";
  const ROWS: readonly Row[] = [
    ["map lookup id 10 key 0 0 0 0", "lookup failed: Operation not supported", 161],
    ["map lookup id 11 key 0 0 0 0", "lookup failed: Unknown error 524", 244],
    ["map getnext id 1 key 0 0 0 0", "can't get next key: No such file or directory", 254],
    ["map getnext id 14", "can't get next key: No such file or directory", 254],
    ["map getnext id 5", "can't get next key: Invalid argument", 234],
    ["map getnext id 4", "can't get next key: Invalid argument", 234],
    ["map getnext id 7", "can't get next key: Unknown error 524", 244],
    ["map lookup id 99 key 1", "get map by id (99): No such file or directory", 255],
    ["map lookup name nosuch key 1", "no map with name 'nosuch'", 255],
    ["map lookup name twin key 1 0 0 0", "several maps match this handle", 255],
    ["map getnext name twin", "several maps match this handle", 255],
    ["map peek name twin", "several maps match this handle", 255],
    ["map lookup tag 1 key 1", `${WORDS}, got: 'tag'?`, 255],
    ["map lookup id x", "can't parse x as ID", 255],
    // Section 12.3: DATA.
    ["map lookup id 1", "did not find key", 255],
    ["map peek id 1", "did not find key", 255],
    ["map lookup id 1 key", "key expected 4 bytes got 0", 255],
    ["map lookup id 1 key 1 2 3", "key expected 4 bytes got 3", 255],
    ["map lookup id 1 key hex", "key expected 4 bytes got 0", 255],
    // An empty word begins `hex`, too, and behind that it is 0.
    ["map lookup id 1 key    ", "key expected 4 bytes got 3", 255],
    ["map lookup id 1 key 1 2 3 x", "error parsing byte: x", 255],
    ["map lookup id 1 key 1 2 3 08", "error parsing byte: 08", 255],
    ["map lookup id 1 key hex 1 2 3 zz", "error parsing byte: zz", 255],
    ["map lookup id 1 key hex 1 2 3 0x", "error parsing byte: 0x", 255],
    // bpftool cuts these to their low byte.
    ["map lookup id 1 key 1 2 3 256", "error parsing byte: 256", 255],
    ["map lookup id 1 key hex 1 2 3 100", "error parsing byte: 100", 255],
    ["map lookup id 1 key 1 2 3 4 5", "expected key or value, got: 5", 255],
    ["map lookup id 1 foo", "expected key or value, got: foo", 255],
    ["map lookup id 1 key 1 2 3 4 key 1", "duplicate key", 255],
    ["map lookup id 1 value 1", "unnecessary value", 255],
    ["map lookup id 1 key 1 2 3 4 value 1", "unnecessary value", 255],
    ["map lookup id 4 key 1", "unnecessary key", 255],
    ["map peek id 4 key", "unnecessary key", 255],
    ["map getnext id 1 key 1 2", "key expected 4 bytes got 2", 255],
    ["map getnext id 1 value 1", "unnecessary value", 255],
  ];

  test.each(ROWS)("%s", async (line, message, status) =>
    expect(await run(line)).toEqual(["", `Error: ${message}\n`, status]),
  );

  test.each(ROWS)("-j %s", async (line, message, status) => {
    const [stdout, stderr, actual] = await run(`-j ${line}`);
    expect(JSON.parse(stdout)).toEqual({ error: message });
    expect([stderr, actual]).toEqual(["", status]);
  });

  test.each(["any", "noexist", "exist", "n", "key 1 2 3 4 any"])(
    "flags have no place here: %s",
    async (words) => {
      const [stdout, stderr, status] = await run(`map lookup id 1 ${words}`);
      expect(stdout).toBe("");
      // bpftool: "flags specified multiple times: any"
      expect(stderr).toMatch(/^Error: .*: (any|noexist|exist|n)\n$/);
      expect(status).toBe(255);
    },
  );

  test.each(["map lookup", "map lookup id", "map getnext", "map getnext id", "map peek", "map peek name"])(
    "%s: help",
    async (line) => {
      const [stdout, stderr, status] = await run(line);
      expect([stdout, status]).toEqual(["", 255]);
      expect(stderr).toContain("Usage: bpflens");
      expect(await run(`-j ${line}`)).toEqual(["null\n", "", 255]);
    },
  );
});

describe("a map of which the first entries were saved", () => {
  const ONLY = "only the first 1 entries of map 22 are known";

  test("what was saved is found", async () => {
    expect(await run("map lookup id 22 key 1 0 0 0")).toEqual([
      "key: 01 00 00 00  value: 02 00 00 00\n",
      "",
      0,
    ]);
  });

  test.each([
    ["map lookup id 22 key 2 0 0 0", `lookup failed: ${ONLY}`],
    ["map getnext id 22 key 1 0 0 0", `can't get next key: ${ONLY}`],
  ])("%s", async (line, message) => {
    expect(await run(line)).toEqual(["", `Error: ${message}\n`, 255]);
    const [stdout] = await run(`-j ${line}`);
    expect(JSON.parse(stdout)).toEqual({ error: message });
  });
});

test("the contents were not saved", async () => {
  const place = saveMachine(ROOT, "without", MACHINE, { maxEntries: 0 });
  for (const words of ["lookup id 1 key 1 2 3 4", "getnext id 1", "peek id 4"]) {
    const { stdout, stderr, status } = await cliFrom(place, `map ${words}`);
    const map = words.startsWith("peek") ? 4 : 1;
    const message = `Cannot read snapshot '${place}': the contents of map ${map} were not saved`;
    expect([stdout, stderr, status]).toEqual(["", `Error: ${message}\n`, 255]);
    const json = await cliFrom(place, `-j map ${words}`);
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
  }
});
