/** The jump tables of a program: its maps of instructions, as the kernel has adjusted them (kernel/bpf/bpf_insn_array.c). */
import { InspectError } from "../errors.ts";
import type { MapInfo, ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import type { ObjectSource } from "../model/source.ts";
import { INSN_ARRAY_VALUE, REMOVED_INSN } from "../uapi/insn-array.ts";
import { MAP_TYPE } from "../uapi/map-types.ts";

export interface JumpTable {
  /** Slots of the program, ascending, each once; there is one at least. */
  readonly targets: readonly number[];
}

/** By id of the map; undefined where one of them, or a map that may be one, cannot be read as a whole. */
export function readJumpTables(
  prog: ProgRecord,
  registry: Registry,
): ReadonlyMap<number, JumpTable> | undefined {
  try {
    const maps = registry.mapsOf(prog);
    if (maps.length < prog.mapIds.length) return undefined;
    const tables = new Map<number, JumpTable>();
    for (const map of maps) {
      if (map.type !== MAP_TYPE.insn_array) continue;
      const targets = readTargets(registry.source, map);
      if (!targets) return undefined;
      if (targets.length > 0) tables.set(map.id, { targets });
    }
    return tables;
  } catch (error) {
    if (error instanceof InspectError) return undefined;
    throw error;
  }
}

function readTargets(source: ObjectSource, map: MapInfo): readonly number[] | undefined {
  const { littleEndian } = source.host();
  const { batches, end } = source.contents(map);
  const targets = new Set<number>();
  let entries = 0;
  for (const { count, values, valueSize, errors } of batches) {
    if (valueSize < INSN_ARRAY_VALUE.size || (errors?.size ?? 0) > 0) return undefined;
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    for (let i = 0; i < count; i++)
      targets.add(view.getUint32(i * valueSize + INSN_ARRAY_VALUE.xlatedOff, littleEndian));
    entries += count;
  }
  if (entries !== map.maxEntries || end.cut || end.unfinished) return undefined;
  targets.delete(REMOVED_INSN);
  return [...targets].sort((a, b) => a - b);
}
