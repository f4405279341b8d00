/** Lines and keys of programs, maps and BTF objects, against the lines that the inventory quotes from bpftool 7.8.0. */
import { describe, expect, test } from "vitest";
import type { DeviceRecord, HolderRecord } from "../../src/model/records.ts";
import type { BtfView, MapView, ProgView } from "../../src/model/views.ts";
import { btfJson, btfPlain } from "../../src/render/btf/show.ts";
import { mapJson, mapPlain } from "../../src/render/map/show.ts";
import { progHeaderPlain, progJson, progPlain } from "../../src/render/prog/show.ts";
import { writeMatches } from "../../src/render/shared.ts";
import { btfRecord, mapRecord, progRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const HOLDERS: readonly HolderRecord[] = [
  { kind: "prog", id: 1, pid: 100, comm: "bash" },
  { kind: "prog", id: 1, pid: 7, comm: 'a "b"' },
];
const ELSEWHERE: DeviceRecord = { ifindex: 2, netnsDev: 4n, netnsIno: 4_026_531_992n };
const HERE: DeviceRecord = { ...ELSEWHERE, ifname: "lo" };

function progView(prog: Parameters<typeof progRecord>[0], rest: Partial<ProgView> = {}): ProgView {
  const { name = "" } = prog;
  const nothing = { loadedAt: undefined, metadata: [], pins: undefined, holders: [] };
  return { prog: progRecord(prog), name, ...nothing, ...rest };
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const TAG = "0123456789abcdef";

type Row<View> = readonly [what: string, view: View, plain: string, json: string];

const TEXT = (value: string) => ({ kind: "text", value }) as const;
const NUMBER = (value: bigint) => ({ kind: "number", value }) as const;
const METADATA = [
  { key: "license", value: TEXT("GPL") },
  { key: "num", value: NUMBER(7n) },
  {
    key: "s",
    value: {
      kind: "fields",
      fields: [
        { name: "a", value: NUMBER(3n) },
        { name: "b", value: TEXT("xy") },
      ],
    },
  },
] as const;

const PROGS: readonly Row<ProgView>[] = [
  [
    "one with metadata and a pin (run)",
    progView(
      {
        id: 1582,
        name: "mdp",
        tag: hex("033222d418a268e2"),
        gplCompatible: true,
        xlatedLen: 144,
        jitedLen: 84,
        memlock: "4096",
        mapIds: [209],
        btfId: 253,
      },
      { loadedAt: 1_795_167_520n, pins: ["/sys/fs/bpf/demo/md"], metadata: METADATA },
    ),
    `1582: xdp  name mdp  tag 033222d418a268e2  gpl
\tloaded_at 2026-11-20T09:38:40+0000  uid 0
\txlated 144B  jited 84B  memlock 4096B  map_ids 209
\tpinned /sys/fs/bpf/demo/md
\tbtf_id 253
\tmetadata:
\t\tlicense = "GPL"
\t\tnum = 7
\t\ts = {"a":3,"b":"xy"}
`,
    '{"id":1582,"type":"xdp","name":"mdp","tag":"033222d418a268e2","gpl_compatible":true,"loaded_at":1795167520,"uid":0,"orphaned":false,"bytes_xlated":144,"jited":true,"bytes_jited":84,"bytes_memlock":4096,"map_ids":[209],"btf_id":253,"pinned":["/sys/fs/bpf/demo/md"],"metadata":{"license":"GPL","num":7,"s":{"a":3,"b":"xy"}}}',
  ],
  [
    "the JSON of the inventory (run)",
    progView(
      {
        id: 1600,
        name: "mdp",
        tag: hex("033222d418a268e2"),
        gplCompatible: true,
        xlatedLen: 144,
        jitedLen: 84,
        memlock: "4096",
        mapIds: [213],
        btfId: 264,
      },
      { loadedAt: 1_795_167_521n, metadata: METADATA },
    ),
    `1600: xdp  name mdp  tag 033222d418a268e2  gpl
\tloaded_at 2026-11-20T09:38:41+0000  uid 0
\txlated 144B  jited 84B  memlock 4096B  map_ids 213
\tbtf_id 264
\tmetadata:
\t\tlicense = "GPL"
\t\tnum = 7
\t\ts = {"a":3,"b":"xy"}
`,
    '{"id":1600,"type":"xdp","name":"mdp","tag":"033222d418a268e2","gpl_compatible":true,"loaded_at":1795167521,"uid":0,"orphaned":false,"bytes_xlated":144,"jited":true,"bytes_jited":84,"bytes_memlock":4096,"map_ids":[213],"btf_id":264,"metadata":{"license":"GPL","num":7,"s":{"a":3,"b":"xy"}}}',
  ],
  [
    "one with run counts (run-shim)",
    progView(
      {
        id: 1,
        name: "a",
        tag: hex(TAG),
        gplCompatible: true,
        runTimeNs: 123n,
        runCnt: 4n,
        recursionMisses: 5n,
        uid: 1000,
        xlatedLen: 16,
        mapIds: [5, 3, 9],
      },
      { loadedAt: 1_795_166_514n },
    ),
    `1: xdp  name a  tag ${TAG}  gpl run_time_ns 123 run_cnt 4 recursion_misses 5
\tloaded_at 2026-11-20T09:21:54+0000  uid 1000
\txlated 16B  not jited  map_ids 5,3,9
`,
    `{"id":1,"type":"xdp","name":"a","tag":"${TAG}","gpl_compatible":true,"run_time_ns":123,"run_cnt":4,"recursion_misses":5,"loaded_at":1795166514,"uid":1000,"orphaned":false,"bytes_xlated":16,"jited":false,"map_ids":[5,3,9]}`,
  ],
  [
    "one of an unknown type (run-shim)",
    progView({ id: 2, type: 99, tag: hex(TAG) }),
    `2: type 99  tag ${TAG}\n\txlated 0B  not jited\n`,
    `{"id":2,"type":99,"tag":"${TAG}","gpl_compatible":false,"orphaned":false,"bytes_xlated":0,"jited":false}`,
  ],
  [
    "an orphaned one with pins, BTF and holders",
    progView(
      { id: 3, tag: hex(TAG), orphaned: true, memlock: "0", mapIds: [1], btfId: 4 },
      { pins: ["/b", "/a"], holders: HOLDERS },
    ),
    `3: xdp  tag ${TAG}
\txlated 0B  not jited  memlock 0B  orphaned  map_ids 1
\tpinned /b
\tpinned /a
\tbtf_id 4
\tpids bash(100), a "b"(7)
`,
    `{"id":3,"type":"xdp","tag":"${TAG}","gpl_compatible":false,"orphaned":true,"bytes_xlated":0,"jited":false,"bytes_memlock":0,"map_ids":[1],"btf_id":4,"pinned":["/b","/a"],"pids":[{"pid":100,"comm":"bash"},{"pid":7,"comm":"a \\"b\\""}]}`,
  ],
  [
    "one on a device of ours, without a pin where others have one",
    progView({ id: 4, tag: hex(TAG), device: HERE, gplCompatible: true }, { pins: [] }),
    `4: xdp  tag ${TAG}  offloaded_to lo  gpl\n\txlated 0B  not jited\n`,
    `{"id":4,"type":"xdp","tag":"${TAG}","gpl_compatible":true,"dev":{"ifindex":2,"ns_dev":4,"ns_inode":4026531992,"ifname":"lo"},"orphaned":false,"bytes_xlated":0,"jited":false,"pinned":[]}`,
  ],
  [
    "one on a device elsewhere",
    progView({ id: 5, tag: hex(TAG), device: ELSEWHERE }),
    `5: xdp  tag ${TAG}  offloaded_to ifindex 2 ns_dev 4 ns_ino 4026531992\n\txlated 0B  not jited\n`,
    `{"id":5,"type":"xdp","tag":"${TAG}","gpl_compatible":false,"dev":{"ifindex":2,"ns_dev":4,"ns_inode":4026531992},"orphaned":false,"bytes_xlated":0,"jited":false}`,
  ],
  [
    "run counts need run time",
    progView({ id: 6, tag: hex(TAG), runCnt: 4n, runTimeNs: 0n }),
    `6: xdp  tag ${TAG}\n\txlated 0B  not jited\n`,
    `{"id":6,"type":"xdp","tag":"${TAG}","gpl_compatible":false,"orphaned":false,"bytes_xlated":0,"jited":false}`,
  ],
];

describe("progPlain(), progJson()", () => {
  test.each(PROGS)("%s", (_, view, plain, json) => {
    expect(plainText((out) => progPlain(out, view))).toBe(plain);
    expect(jsonText((out) => progJson(out, view))).toBe(json);
    JSON.parse(json);
  });

  test("progHeaderPlain() is the first line", () => {
    for (const [, view, plain] of PROGS) expect(`${plain.split("\n")[0]}\n`).toBe(progHeaderPlain(view));
  });
});

function mapView(map: Parameters<typeof mapRecord>[0], rest: Partial<MapView> = {}): MapView {
  return { map: mapRecord(map), pins: undefined, holders: [], ...rest };
}

const MAPS: readonly Row<MapView>[] = [
  [
    "a prog_array with an owner (run)",
    mapView({
      id: 252,
      type: 3,
      name: "progs",
      maxEntries: 3,
      memlock: "336",
      ownerProgType: 6,
      ownerJited: true,
    }),
    `252: prog_array  name progs  flags 0x0
\tkey 4B  value 4B  max_entries 3  memlock 336B
\towner_prog_type xdp  owner jited
`,
    '{"id":252,"type":"prog_array","name":"progs","flags":0,"bytes_key":4,"bytes_value":4,"max_entries":3,"bytes_memlock":336,"owner_prog_type":"xdp","owner_jited":true,"frozen":0}',
  ],
  [
    "read-only data (run)",
    mapView({
      id: 30,
      type: 2,
      name: "t.rodata",
      flags: 0x480,
      valueSize: 10,
      memlock: "8192",
      btfId: 24,
      frozen: true,
    }),
    `30: array  name t.rodata  flags 0x480
\tkey 4B  value 10B  max_entries 1  memlock 8192B
\tbtf_id 24  frozen
`,
    '{"id":30,"type":"array","name":"t.rodata","flags":1152,"bytes_key":4,"bytes_value":10,"max_entries":1,"bytes_memlock":8192,"frozen":1,"btf_id":24}',
  ],
  [
    "one of an unknown type, frozen",
    mapView({ id: 1, type: 77, frozen: true }),
    "1: type 77  flags 0x0\n\tkey 4B  value 4B  max_entries 1\n\tfrozen\n",
    '{"id":1,"type":77,"flags":0,"bytes_key":4,"bytes_value":4,"max_entries":1,"frozen":1}',
  ],
  [
    "an owner of an unknown type that is not compiled, with pins and holders",
    mapView(
      { id: 2, type: 3, ownerProgType: 99, ownerJited: false, btfId: 5 },
      { pins: ["/p"], holders: HOLDERS },
    ),
    `2: prog_array  flags 0x0
\tkey 4B  value 4B  max_entries 1
\towner_prog_type type 99  owner not jited
\tpinned /p
\tbtf_id 5
\tpids bash(100), a "b"(7)
`,
    '{"id":2,"type":"prog_array","flags":0,"bytes_key":4,"bytes_value":4,"max_entries":1,"owner_prog_type":99,"owner_jited":false,"frozen":0,"btf_id":5,"pinned":["/p"],"pids":[{"pid":100,"comm":"bash"},{"pid":7,"comm":"a \\"b\\""}]}',
  ],
  [
    "an owner of a map that is no prog_array is not shown",
    mapView({ id: 3, type: 14, ownerProgType: 6, ownerJited: true, device: HERE }),
    "3: devmap  flags 0x0  offloaded_to lo\n\tkey 4B  value 4B  max_entries 1\n",
    '{"id":3,"type":"devmap","flags":0,"dev":{"ifindex":2,"ns_dev":4,"ns_inode":4026531992,"ifname":"lo"},"bytes_key":4,"bytes_value":4,"max_entries":1,"frozen":0}',
  ],
];

describe("mapPlain(), mapJson()", () => {
  test.each(MAPS)("%s", (_, view, plain, json) => {
    expect(plainText((out) => mapPlain(out, view))).toBe(plain);
    expect(jsonText((out) => mapJson(out, view))).toBe(json);
    JSON.parse(json);
  });
});

const BTFS: readonly Row<BtfView>[] = [
  [
    "the kernel's (run)",
    {
      btf: btfRecord({ id: 1, size: 5_515_236, name: "vmlinux", kernel: true }),
      progIds: [],
      mapIds: [],
      holders: [],
    },
    "1: name [vmlinux]  size 5515236B\n",
    '{"id":1,"size":5515236,"prog_ids":[],"map_ids":[],"kernel":true,"name":"vmlinux"}',
  ],
  [
    "a program's (run)",
    { btf: btfRecord({ id: 24, size: 2006 }), progIds: [121], mapIds: [30, 26, 27, 29], holders: [] },
    "24: name <anon>  size 2006B  prog_ids 121  map_ids 30,26,27,29\n",
    '{"id":24,"size":2006,"prog_ids":[121],"map_ids":[30,26,27,29],"kernel":false}',
  ],
  [
    "one with a name and holders",
    { btf: btfRecord({ id: 25, size: 7, name: "mine" }), progIds: [], mapIds: [], holders: HOLDERS },
    '25: name mine  size 7B\n\tpids bash(100), a "b"(7)\n',
    '{"id":25,"size":7,"prog_ids":[],"map_ids":[],"pids":[{"pid":100,"comm":"bash"},{"pid":7,"comm":"a \\"b\\""}],"kernel":false,"name":"mine"}',
  ],
];

describe("btfPlain(), btfJson()", () => {
  test.each(BTFS)("%s", (_, view, plain, json) => {
    expect(plainText((out) => btfPlain(out, view))).toBe(plain);
    expect(jsonText((out) => btfJson(out, view))).toBe(json);
  });
});

test("writeMatches() leaves one alone and makes an array of none or several", () => {
  const written = (items: readonly number[]) =>
    jsonText((json) => writeMatches(json, items, (item) => json.number(item)));
  expect([written([]), written([1]), written([1, 2])]).toEqual(["[]", "1", "[1,2]"]);
});
