/** The maps of the programs. The article tells their ids only; what locks memory is what Linux 5.1 would count. */
import type { MapRecord } from "../../src/model/records.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import type { BookBtf } from "./btf.ts";
import { BTF_ID } from "./btf.ts";

type Shape = Pick<MapRecord, "id" | "type" | "keySize" | "valueSize" | "maxEntries"> & {
  readonly memlock: string;
} & Partial<Pick<MapRecord, "name" | "flags">>;

/** BPF_F_NO_PREALLOC, which an lpm_trie must have. */
const NO_PREALLOC = 1;

const SHAPES: readonly Shape[] = [
  {
    id: 16,
    type: MAP_TYPE.hash,
    name: "start",
    keySize: 8,
    valueSize: 8,
    maxEntries: 10240,
    memlock: "921600",
  },
  { id: 17, type: MAP_TYPE.array, name: "dist", keySize: 4, valueSize: 8, maxEntries: 64, memlock: "4096" },
  { id: 18, type: MAP_TYPE.array, name: "forks", keySize: 4, valueSize: 8, maxEntries: 1, memlock: "4096" },
  {
    ...{ id: 130, type: MAP_TYPE.perf_event_array, name: "printf" },
    ...{ keySize: 4, valueSize: 4, maxEntries: 8, memlock: "4096" },
  },
  // The kernel does not take bpftrace's names @start and @usecs.
  { id: 131, type: MAP_TYPE.hash, keySize: 8, valueSize: 8, maxEntries: 4096, memlock: "331776" },
  { id: 132, type: MAP_TYPE.percpu_hash, keySize: 8, valueSize: 8, maxEntries: 4096, memlock: "589824" },
  // The prefix length, then the address.
  {
    ...{ id: 153, type: MAP_TYPE.lpm_trie, flags: NO_PREALLOC },
    ...{ keySize: 8, valueSize: 8, maxEntries: 1, memlock: "4096" },
  },
  {
    ...{ id: 154, type: MAP_TYPE.lpm_trie, flags: NO_PREALLOC },
    ...{ keySize: 20, valueSize: 8, maxEntries: 1, memlock: "4096" },
  },
  { id: 157, type: MAP_TYPE.array, name: "dist", keySize: 4, valueSize: 8, maxEntries: 64, memlock: "4096" },
  {
    id: 158,
    type: MAP_TYPE.hash,
    name: "start",
    keySize: 8,
    valueSize: 8,
    maxEntries: 10240,
    memlock: "921600",
  },
];

/** Without BTF. */
export const MAPS: readonly MapRecord[] = SHAPES.map((shape) => ({
  name: "",
  flags: 0,
  btfId: 0,
  btfKeyTypeId: 0,
  btfValueTypeId: 0,
  btfVmlinuxValueTypeId: 0,
  mapExtra: 0n,
  frozen: false,
  ...shape,
}));

export function mapById(id: number): MapRecord {
  const map = MAPS.find((candidate) => candidate.id === id);
  if (!map) throw new Error(`no map ${id}`);
  return map;
}

/** The maps of trace_req_done are described by its BTF. */
export function withBtf(map: MapRecord, { types }: BookBtf): MapRecord {
  const key = { 157: types.int, 158: types.request }[map.id];
  return key === undefined ? map : { ...map, btfId: BTF_ID, btfKeyTypeId: key, btfValueTypeId: types.u64 };
}
