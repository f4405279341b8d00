/** What a loader and the kernel change in a definition before there is a map. */
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import { MAP_FLAG } from "./flags.ts";
import type { MapDefinition } from "./found-map.ts";

/** Of most machines; an object does not tell for which it is. */
const PAGE_SIZE = 4096;
const MAX_U32 = 0xffff_ffff;
/** Flags of the file descriptor, not of the map (kernel bpf_map_flags_retain_permanent). */
const DESCRIPTOR_FLAGS = MAP_FLAG.RDONLY | MAP_FLAG.WRONLY;

const RINGS: readonly number[] = [MAP_TYPE.ringbuf, MAP_TYPE.user_ringbuf];
const DEVICE_MAPS: readonly number[] = [MAP_TYPE.devmap, MAP_TYPE.devmap_hash];

export function adjusted(definition: MapDefinition): MapDefinition {
  const { type, flags, maxEntries } = definition;
  // Programs get a pointer to the device's index (kernel devmap.c:dev_map_alloc_check).
  const implied = DEVICE_MAPS.includes(type) ? MAP_FLAG.RDONLY_PROG : 0;
  return {
    ...definition,
    flags: ((flags & ~DESCRIPTOR_FLAGS) | implied) >>> 0,
    maxEntries: RINGS.includes(type) ? ringSize(maxEntries) : maxEntries,
  };
}

/** Bytes of a ring: the next power of two that is whole pages (libbpf libbpf.c:adjust_ringbuf_sz). */
function ringSize(size: number): number {
  if (size === 0) return 0;
  for (let pages = PAGE_SIZE; pages <= MAX_U32; pages *= 2) if (pages >= size) return pages;
  return size;
}
