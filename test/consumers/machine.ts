/** A machine with what the consumers look for and the demo has not: maps of their names and shapes, an offloaded program. */
import { BtfBuilder } from "../support/btf-builder.ts";
import type { Entry } from "../support/entries.ts";
import { u32s } from "../support/insns.ts";
import type { Machine } from "../support/memory-source.ts";
import { btfRecord, mapRecord, progRecord } from "../support/records.ts";

const HASH = 1;
const ARRAY = 2;
const PERCPU_HASH = 5;
const PERCPU_ARRAY = 6;
const LPM_TRIE = 11;
const BTF_ID = 9;

/** By map id: what is counted for each CPU, entry by entry. */
export const RULE_COUNTERS = [
  [3, 4],
  [5, 0],
  [4_294_967_297, 1],
] as const;
/** By cgroup: the current rate on each CPU. */
export const RATES = [
  { cgroup: 1201, curr: [7, 0] },
  { cgroup: 18_446_744, curr: [1, 90] },
] as const;
export const SETTINGS = { targ_pid: 4711, min_us: 250 } as const;
/** Key and value of the only entry of each map named `cali_qos`. */
export const QOS = [
  { id: 51, key: [10, 0], value: 1500 },
  { id: 52, key: [11, 1], value: 9000 },
] as const;
export const CALICO_MAPS = [
  { id: 53, name: "cali_v4_routes", type: LPM_TRIE, entries: 2 },
  { id: 54, name: "cali_v4_ct", type: HASH, entries: 5 },
] as const;
/** Run time in nanoseconds and runs; 0 where statistics are off. */
export const RUNS = [
  { id: 70, name: "busy", ns: 1234, count: 5 },
  { id: 71, name: "idle", ns: 0, count: 0 },
] as const;
export const OFFLOADED = { id: 72, ifname: "eth7", maps: [53, 54] } as const;
export const FIRST_MEMLOCK = 4096;

function settingsBtf() {
  const btf = new BtfBuilder();
  const u32 = btf.int("unsigned int", 4);
  const u64 = btf.int("unsigned long long", 8);
  const counter = btf.composite("STRUCT", "counter", 16, [
    ["count", u64, 0],
    ["size", u64, 64],
  ]);
  const cgroup = btf.composite("STRUCT", "cgroup_key", 8, [["id", u64, 0]]);
  const rate = btf.composite("STRUCT", "rate", 24, [
    ["curr", u64, 0],
    ["prev", u64, 64],
    ["time", u64, 128],
  ]);
  const variables = Object.keys(SETTINGS).map((name, i) => [btf.variable(name, u32), i * 4, 4] as const);
  const rodata = btf.section(".rodata", 8, variables);
  return { bytes: btf.build(), u32, counter, cgroup, rate, rodata };
}

const BTF = settingsBtf();

function u64s(...values: readonly number[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values, BigInt).buffer);
}

function numbered(count: number) {
  return Array.from({ length: count }, (_, i) => ({ key: u32s(i + 1, 0), value: u32s(i) }));
}

export const CONSUMER_MACHINE: Machine = {
  progs: [
    ...RUNS.map(({ id, name, ns, count }) =>
      progRecord({ id, name, runTimeNs: BigInt(ns), runCnt: BigInt(count) }),
    ),
    progRecord({
      id: OFFLOADED.id,
      mapIds: [...OFFLOADED.maps],
      device: { ifindex: 7, netnsDev: 4n, netnsIno: 4_026_531_992n, ifname: OFFLOADED.ifname },
    }),
  ],
  maps: [
    ...QOS.map(({ id }) => mapRecord({ id, name: "cali_qos", keySize: 8, memlock: String(FIRST_MEMLOCK) })),
    ...CALICO_MAPS.map(({ id, name, type }) =>
      mapRecord({ id, name, type, keySize: 8, maxEntries: 64, memlock: String(id * FIRST_MEMLOCK) }),
    ),
    mapRecord({
      id: 55,
      name: "rule_counters",
      type: PERCPU_ARRAY,
      valueSize: 16,
      maxEntries: RULE_COUNTERS.length,
      btfId: BTF_ID,
      btfKeyTypeId: BTF.u32,
      btfValueTypeId: BTF.counter,
    }),
    mapRecord({
      id: 56,
      name: "cg_rate_map",
      type: PERCPU_HASH,
      keySize: 8,
      valueSize: 24,
      maxEntries: 64,
      btfId: BTF_ID,
      btfKeyTypeId: BTF.cgroup,
      btfValueTypeId: BTF.rate,
    }),
    mapRecord({
      id: 57,
      name: ".rodata",
      type: ARRAY,
      flags: 0x480,
      valueSize: 8,
      btfId: BTF_ID,
      btfValueTypeId: BTF.rodata,
      frozen: true,
    }),
  ],
  entries: new Map<number, readonly Entry[]>([
    ...QOS.map(({ id, key, value }) => [id, [{ key: u32s(...key), value: u32s(value) }]] as const),
    ...CALICO_MAPS.map(({ id, entries }) => [id, numbered(entries)] as const),
    [
      55,
      RULE_COUNTERS.map((counts, i) => ({
        key: u32s(i),
        value: u64s(...counts.flatMap((count) => [count, count * 64])),
      })),
    ],
    [
      56,
      RATES.map(({ cgroup, curr }) => ({
        key: u64s(cgroup),
        value: u64s(...curr.flatMap((rate) => [rate, 0, 99])),
      })),
    ],
    [57, [{ key: u32s(0), value: u32s(...Object.values(SETTINGS)) }]],
  ]),
  btfs: [btfRecord({ id: BTF_ID, size: BTF.bytes.length })],
  blobs: new Map([[BTF_ID, BTF.bytes]]),
  pins: [
    { kind: "map", id: 53, path: "/sys/fs/bpf/tc/globals/cali_v4_routes" },
    { kind: "map", id: 54, path: "/sys/fs/bpf/tc/globals/cali_v4_ct" },
    { kind: "map", id: 55, path: "/sys/fs/bpf/bpfilter/rule_counters" },
    { kind: "map", id: 56, path: "/sys/fs/bpf/tetragon/cg_rate_map" },
  ],
};
