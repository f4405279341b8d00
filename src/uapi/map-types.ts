import { byName } from "./name-table.ts";

/** Names of the map types (enum bpf_map_type), by value, in the words of libbpf map_type_name. Linux 6.18 and libbpf 1.8. */
export const MAP_TYPES = [
  "unspec",
  "hash",
  "array",
  "prog_array",
  "perf_event_array",
  "percpu_hash",
  "percpu_array",
  "stack_trace",
  "cgroup_array",
  "lru_hash",
  "lru_percpu_hash",
  "lpm_trie",
  "array_of_maps",
  "hash_of_maps",
  "devmap",
  "sockmap",
  "cpumap",
  "xskmap",
  "sockhash",
  "cgroup_storage",
  "reuseport_sockarray",
  "percpu_cgroup_storage",
  "queue",
  "stack",
  "sk_storage",
  "devmap_hash",
  "struct_ops",
  "ringbuf",
  "inode_storage",
  "task_storage",
  "bloom_filter",
  "user_ringbuf",
  "cgrp_storage",
  "arena",
  "insn_array",
  "rhash",
] as const;

export type MapTypeName = (typeof MAP_TYPES)[number];

/** Map types (enum bpf_map_type) by name. */
export const MAP_TYPE = byName(MAP_TYPES);
