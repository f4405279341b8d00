/**
 * What a program says of itself: variables named `bpf_metadata_*` in its read-only data
 * (bpftool prog.c:show_prog_metadata).
 */
import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/value.ts";
import { InspectError } from "../errors.ts";
import { MAP_TYPE } from "../uapi/map-types.ts";
import type { MapRecord, ProgRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

export interface Metadata {
  readonly btf: Btf;
  readonly entries: readonly {
    /** The variable's name without its prefix. */
    readonly key: string;
    readonly typeId: number;
    readonly value: Uint8Array;
  }[];
}

const PREFIX = "bpf_metadata_";

/** undefined where the program says nothing, or the map that would tell cannot be read. */
export function metadataOf(registry: Registry, prog: ProgRecord): Metadata | undefined {
  try {
    const map = registry.mapsOf(prog).find(isReadOnlyData);
    const btf = map && registry.btf(map.btfId);
    const section = btf?.type(map?.btfValueTypeId ?? 0);
    if (!map || !btf || section?.kind !== "DATASEC") return undefined;
    const variables = section.vars.flatMap(({ type: varId, offset }) => {
      const variable = btf.type(varId);
      if (variable?.kind !== "VAR" || !variable.name.startsWith(PREFIX)) return [];
      return [{ key: variable.name.slice(PREFIX.length), typeId: variable.type, offset }];
    });
    if (variables.length === 0) return undefined;
    const [data] = registry.source.entries(map, 1);
    if (!data) return undefined;
    const entries = variables.map(({ key, typeId, offset }) => ({
      key,
      typeId,
      value: data.value.subarray(offset, offset + sizeOf(btf, typeId)),
    }));
    return { btf, entries };
  } catch (error) {
    if (error instanceof InspectError) return undefined; // bpftool lists the program without it, too
    throw error;
  }
}

function isReadOnlyData(map: MapRecord): boolean {
  return (
    map.type === MAP_TYPE.array &&
    map.keySize === 4 &&
    map.maxEntries === 1 &&
    map.btfValueTypeId !== 0 &&
    map.name.includes(".rodata")
  );
}
