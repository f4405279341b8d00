/** What follows from the type of a map. */
import { MAP_TYPE, type MapTypeName } from "./map-types.ts";

function types(...names: MapTypeName[]): ReadonlySet<number> {
  return new Set(names.map((name) => MAP_TYPE[name]));
}

const PER_CPU = types("percpu_hash", "percpu_array", "lru_percpu_hash", "percpu_cgroup_storage");
const OF_MAPS = types("array_of_maps", "hash_of_maps");
/** Keys come and go. */
const HASHED = types(
  "hash",
  "percpu_hash",
  "lru_hash",
  "lru_percpu_hash",
  "lpm_trie",
  "hash_of_maps",
  "devmap_hash",
  "sockhash",
  "rhash",
);

/** Each index below max_entries is a key, whether there is a value or not. */
const INDEXED = types(
  "array",
  "prog_array",
  "perf_event_array",
  "percpu_array",
  "cgroup_array",
  "array_of_maps",
  "devmap",
  "sockmap",
  "cpumap",
  "xskmap",
  "reuseport_sockarray",
  "insn_array",
);

const OF_SOCKETS = types("sockmap", "sockhash");
/** Values are programs, or places in them: what is in such a map belongs to the programs, not to their data. */
const OF_PROGS = types("prog_array", "devmap", "devmap_hash", "cpumap", "struct_ops", "insn_array");

/** A lookup gives one value for each possible CPU (bpftool map.c:map_is_per_cpu). */
export function isPerCpu(mapType: number): boolean {
  return PER_CPU.has(mapType);
}

/** Values are ids of maps (bpftool map.c:map_is_map_of_maps). */
export function isMapOfMaps(mapType: number): boolean {
  return OF_MAPS.has(mapType);
}

/** Programs may be attached to the map, for what comes to its sockets (net/core/sock_map.c). */
export function takesProgs(mapType: number): boolean {
  return OF_SOCKETS.has(mapType);
}

/** What is in the map says which programs run, and where they go on. */
export function leadsToProgs(mapType: number): boolean {
  return OF_PROGS.has(mapType);
}

/** Values are ids of programs (bpftool map.c:map_is_map_of_progs). */
export function isMapOfProgs(mapType: number): boolean {
  return mapType === MAP_TYPE.prog_array;
}

/** A key may vanish while the map is walked. */
export function isHashed(mapType: number): boolean {
  return HASHED.has(mapType);
}

/** Keys are indices (kernel arraymap.c:array_map_get_next_key and its likes). */
export function isIndexed(mapType: number): boolean {
  return INDEXED.has(mapType);
}

/** Bytes from one CPU's value to the next. */
export function perCpuStep(valueSize: number): number {
  return Math.ceil(valueSize / 8) * 8;
}

/** Bytes of what a lookup gives: per-CPU maps have a value for each possible CPU, rounded up to 8 bytes. */
export function storedValueSize(
  map: { readonly type: number; readonly valueSize: number },
  possibleCpus: number,
): number {
  return isPerCpu(map.type) ? perCpuStep(map.valueSize) * possibleCpus : map.valueSize;
}
