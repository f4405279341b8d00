/** Why a map cannot be listed: the kernel gives no keys. bpftool ends without a word. */
import { InspectError } from "../../errors.ts";
import type { MapInfo } from "../../model/records.ts";
import { strerror } from "../../uapi/errno.ts";
import { MAP_TYPES, type MapTypeName } from "../../uapi/map-types.ts";
import { typeText } from "../../uapi/name-table.ts";

const LOCAL_STORAGE = "each value belongs to a kernel object, and is looked up by a descriptor of that";
const RING = "records are read once, by the consumer that maps its memory";
const QUEUE = "it has no keys; 'map peek' prints its next value";

const WHY: Partial<Record<MapTypeName, string>> = {
  queue: QUEUE,
  stack: QUEUE,
  ringbuf: RING,
  user_ringbuf: RING,
  bloom_filter: "it keeps bits, not the values that were added",
  arena: "it is memory to be mapped by its users, without keys",
  sk_storage: LOCAL_STORAGE,
  inode_storage: LOCAL_STORAGE,
  task_storage: LOCAL_STORAGE,
  cgrp_storage: LOCAL_STORAGE,
};

/** `errno`: what the request for a key was answered with. */
export function noKeysError({ id, type }: MapInfo, errno: number): InspectError {
  const typeName = typeText(MAP_TYPES, type);
  const why = WHY[typeName as MapTypeName];
  return new InspectError(
    "unsupported",
    `Cannot list the entries of map ${id} (${typeName}): ${why ? `${why} (${strerror(errno)})` : strerror(errno)}`,
    { data: { errno }, status: -errno & 0xff },
  );
}
