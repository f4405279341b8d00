/**
 * What a program says of itself: variables named `bpf_metadata_*` in its read-only data
 * (bpftool prog.c:show_prog_metadata).
 */
import { decodeValue, sizeOf } from "../btf/value.ts";
import { InspectError } from "../errors.ts";
import { MAP_TYPE } from "../uapi/map-types.ts";
import type { MapInfo, MetadataRecord, ProgRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

const PREFIX = "bpf_metadata_";

/** Empty where the program says nothing, or the map that would tell cannot be read. */
export function readMetadata(registry: Registry, prog: ProgRecord): MetadataRecord[] {
  try {
    const map = registry.mapsOf(prog).find(isReadOnlyData);
    const btf = map && registry.btfNaming(map.btfId, PREFIX);
    const section = btf?.type(map?.btfValueTypeId ?? 0);
    if (!map || !btf || section?.kind !== "DATASEC") return [];
    const variables = section.vars.flatMap(({ type: varId, offset }) => {
      const variable = btf.type(varId);
      if (variable?.kind !== "VAR" || !variable.name.startsWith(PREFIX)) return [];
      return [{ key: variable.name.slice(PREFIX.length), typeId: variable.type, offset }];
    });
    if (variables.length === 0) return [];
    const data = registry.source.lookup(map, new Uint8Array(map.keySize));
    return variables.map(({ key, typeId, offset }) => {
      const bytes = data.subarray(offset, offset + sizeOf(btf, typeId));
      return { key, value: decodeValue(btf, typeId, bytes) };
    });
  } catch (error) {
    if (error instanceof InspectError) return []; // bpftool lists the program without it, too
    throw error;
  }
}

function isReadOnlyData(map: MapInfo): boolean {
  return (
    map.type === MAP_TYPE.array &&
    map.keySize === 4 &&
    map.maxEntries === 1 &&
    map.btfValueTypeId !== 0 &&
    map.name.includes(".rodata")
  );
}
