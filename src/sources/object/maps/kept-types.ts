/**
 * Which maps keep the types of their keys and values. Others are made again without (libbpf libbpf.c:
 * bpf_object__create_map; kernel syscall.c:map_check_btf and map_check_btf of struct bpf_map_ops by type).
 */
import type { Btf } from "../../../btf/btf.ts";
import type { BtfType } from "../../../btf/types.ts";
import { resolveType, sizeOf } from "../../../btf/value-types.ts";
import { MAP_TYPE, type MapTypeName } from "../../../uapi/map-types.ts";
import type { MapDefinition } from "./found-map.ts";

const UNTYPED: ReadonlySet<number> = types(
  "perf_event_array",
  "cgroup_array",
  "stack_trace",
  "array_of_maps",
  "hash_of_maps",
  "devmap",
  "devmap_hash",
  "cpumap",
  "xskmap",
  "sockmap",
  "sockhash",
  "queue",
  "stack",
  "arena",
);

/** Types for values alone will do. */
const KEYLESS: ReadonlySet<number> = types("bloom_filter", "struct_ops");

type FitsKey = (key: BtfType) => boolean;

const isU32: FitsKey = (key) => key.kind === "INT" && key.bits === 32 && key.bitOffset === 0;
const isNumberOrStruct: FitsKey = ({ kind }) => kind === "INT" || kind === "STRUCT";

/** By map type; keys of other types may be anything. */
const KEYS: ReadonlyMap<number, FitsKey> = new Map([
  [MAP_TYPE.array, isU32],
  [MAP_TYPE.percpu_array, isU32],
  [MAP_TYPE.lpm_trie, ({ kind }) => kind === "STRUCT"],
  [MAP_TYPE.cgroup_storage, isNumberOrStruct],
  [MAP_TYPE.percpu_cgroup_storage, isNumberOrStruct],
  [MAP_TYPE.sk_storage, isU32],
  [MAP_TYPE.inode_storage, isU32],
  [MAP_TYPE.task_storage, isU32],
  [MAP_TYPE.cgrp_storage, isU32],
  [MAP_TYPE.bloom_filter, () => false],
]);

function types(...names: MapTypeName[]): ReadonlySet<number> {
  return new Set(names.map((name) => MAP_TYPE[name]));
}

/** DATASECs are taken to be of the right size: see dataMaps. */
export function keepsTypes(btf: Btf, definition: MapDefinition): boolean {
  const { type, keyTypeId, valueTypeId, keySize, valueSize } = definition;
  if (UNTYPED.has(type) || valueTypeId === 0) return false;
  const isSection = resolveType(btf, valueTypeId)?.kind === "DATASEC";
  if (!isSection && sizeOf(btf, valueTypeId) !== valueSize) return false;
  if (keyTypeId === 0) return KEYLESS.has(type) || (isSection && type === MAP_TYPE.array);
  const key = resolveType(btf, keyTypeId);
  return key !== undefined && sizeOf(btf, keyTypeId) === keySize && (KEYS.get(type)?.(key) ?? true);
}
