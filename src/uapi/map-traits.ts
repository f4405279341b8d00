/** What follows from the type of a map. */
import { MAP_TYPE } from "./map-types.ts";

const PER_CPU: ReadonlySet<number> = new Set([
  MAP_TYPE.percpu_hash,
  MAP_TYPE.percpu_array,
  MAP_TYPE.lru_percpu_hash,
  MAP_TYPE.percpu_cgroup_storage,
]);

/** A lookup gives one value for each possible CPU (bpftool map.c:map_is_per_cpu). */
export function isPerCpu(mapType: number): boolean {
  return PER_CPU.has(mapType);
}
