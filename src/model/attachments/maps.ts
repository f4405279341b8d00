/** Programs in maps, as attachments: tail calls, XDP programs of redirects, and verdicts on sockets. */
import { ByteReader } from "../../bytes/reader.ts";
import { InspectError } from "../../errors.ts";
import { takesProgs } from "../../uapi/map-traits.ts";
import { MAP_TYPE } from "../../uapi/map-types.ts";
import type { MapRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import type { Attachment } from "./hooks.ts";
import { type LinkPool, linkFields } from "./link-pool.ts";

/** Where in a value the program's id stands, by the type of the map. */
const PROG_ID_OFFSETS: Readonly<Record<number, number>> = {
  [MAP_TYPE.prog_array]: 0,
  // struct bpf_devmap_val, struct bpf_cpumap_val: shorter values have no program.
  [MAP_TYPE.devmap]: 4,
  [MAP_TYPE.devmap_hash]: 4,
  [MAP_TYPE.cpumap]: 4,
};

const PROG_ID_SIZE = 4;
const KEY_SIZE = 4;

/** What cannot be read is told to `warn`. */
export function mapAttachments(
  registry: Registry,
  pool: LinkPool,
  warn: (problem: string) => void,
): Attachment[] {
  return registry.maps().flatMap((map) => {
    try {
      return [...slots(registry, map), ...verdicts(registry, map, pool)];
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      warn(`map ${map.id}: ${error.message}`);
      return [];
    }
  });
}

/** The programs that the entries of a map are, keys ascending. */
function slots({ source }: Registry, map: MapRecord): Attachment[] {
  const { id: mapId, name: mapName, type: mapType, keySize, valueSize } = map;
  const at = PROG_ID_OFFSETS[mapType];
  if (at === undefined || keySize !== KEY_SIZE || valueSize < at + PROG_ID_SIZE) return [];
  const { littleEndian } = source.host();
  const hook = { kind: "map", mapId, mapName, mapType } as const;
  const found: Attachment[] = [];
  for (const { count, keys, values, valueSize: size, errors } of source.contents(map).batches) {
    const slot = new ByteReader(keys, { littleEndian, what: "keys" });
    const value = new ByteReader(values, { littleEndian, what: "values" });
    for (let i = 0; i < count; i++) {
      const progId = errors?.has(i) ? 0 : value.u32(i * size + at);
      if (progId !== 0) found.push({ progId, hook, slot: slot.u32(i * KEY_SIZE) });
    }
  }
  return found.sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0));
}

/** The programs that parse and judge what comes to the sockets in a map. */
function verdicts({ source }: Registry, map: MapRecord, pool: LinkPool): Attachment[] {
  if (!takesProgs(map.type)) return [];
  return (source.mapProgs?.(map) ?? []).map(({ attachType, progId }) => {
    const { id: mapId, name: mapName } = map;
    const link = pool.take(
      "sockmap",
      progId,
      (detail) => detail.mapId === mapId && detail.attachType === attachType,
    );
    return { progId, hook: { kind: "sockmap", mapId, mapName, attachType }, ...linkFields(link) };
  });
}
