/**
 * What is in a map of the running kernel: read in batches where the kernel has them (BPF_MAP_LOOKUP_BATCH, since
 * Linux 5.6, not for every type), else key by key as bpftool does (map.c:map_dump).
 */
import { byteText } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { EntryBatch, MapContents, WalkEnd } from "../../model/contents.ts";
import type { MapInfo } from "../../model/records.ts";
import { BATCH_ATTR, BPF, ELEM_ATTR, makeAttr } from "../../sys/attr.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EINTR, EINVAL, ENOENT, ENOSPC, ENOTSUPP, EOPNOTSUPP } from "../../uapi/errno.ts";
import { isHashed, storedValueSize } from "../../uapi/map-traits.ts";
import { openObject } from "./objects.ts";

/** Bytes of the keys and values of a batch, unless one entry or one bucket of a hash has more. */
const BATCH_BYTES = 1 << 18;
const MAX_BATCH_BYTES = 1 << 28;
/** Keys that are remembered to see that the kernel began anew. */
const MAX_REMEMBERED = 1 << 20;
/** A map that never stops changing may send the walk around so often. */
const MAX_ROUNDS = 4;

/** No batches of this map: an older kernel, or a type without. */
const NO_BATCHES: ReadonlySet<number> = new Set([EINVAL, ENOTSUPP, EOPNOTSUPP]);

/** The descriptor is open only while the batches are iterated. */
export function readContents(sys: Syscalls, map: MapInfo, possibleCpus: number): MapContents {
  const end: WalkEnd = { vanished: 0, restarts: 0 };
  const valueSize = storedValueSize(map, possibleCpus);
  return { end, batches: { [Symbol.iterator]: () => walkMap({ sys, map, valueSize, end }) } };
}

interface Walk {
  readonly sys: Syscalls;
  readonly map: MapInfo;
  readonly valueSize: number;
  readonly end: WalkEnd;
}

function* walkMap(walk: Walk): Generator<EntryBatch> {
  const { sys, map } = walk;
  const fd = openObject(sys, "map", map.id);
  try {
    const rest = yield* inBatches(walk, fd);
    if (rest) yield* keyByKey(walk, fd, rest.after);
  } finally {
    sys.close(fd);
  }
}

/** Room for `capacity` entries. */
function makeRoom({ map, valueSize }: Walk, capacity: number) {
  return {
    capacity,
    keys: new Uint8Array(capacity * map.keySize),
    values: new Uint8Array(capacity * valueSize),
  };
}

function capacityOf({ map, valueSize }: Walk): number {
  const fitting = Math.floor(BATCH_BYTES / Math.max(1, map.keySize + valueSize));
  return Math.max(1, Math.min(fitting, map.maxEntries));
}

/** What is left to be read key by key, after which key; undefined where the walk is over. */
function* inBatches(walk: Walk, fd: number): Generator<EntryBatch, { after?: Uint8Array } | undefined> {
  const { sys, map, valueSize, end } = walk;
  if (map.keySize === 0) return {};
  let room = makeRoom(walk, capacityOf(walk));
  // Where the kernel goes on: a bucket's number (u32) for hashes, else the last key.
  let position: Uint8Array | undefined;
  let next: Uint8Array = new Uint8Array(Math.max(4, map.keySize));
  for (;;) {
    const attr = makeAttr(BATCH_ATTR, { mapFd: fd, count: room.capacity });
    const status = sys.bpf(BPF.MAP_LOOKUP_BATCH, attr, [
      ...(position ? [{ holder: attr, offset: BATCH_ATTR.inBatch.offset, target: position }] : []),
      { holder: attr, offset: BATCH_ATTR.outBatch.offset, target: next },
      { holder: attr, offset: BATCH_ATTR.keys.offset, target: room.keys },
      { holder: attr, offset: BATCH_ATTR.values.offset, target: room.values },
    ]);
    if (status === -ENOSPC) {
      // One bucket has more than fits.
      const capacity = room.capacity * 2;
      if (capacity * (map.keySize + valueSize) <= MAX_BATCH_BYTES) {
        room = makeRoom(walk, capacity);
        continue;
      }
    }
    if (!position && NO_BATCHES.has(-status)) return {};
    if (status < 0 && status !== -ENOENT && status !== -EINTR) {
      end.errno = -status;
      return undefined;
    }
    const count = Math.min(decodeStruct(BATCH_ATTR, attr).count, room.capacity);
    if (count > 0) yield { count, keys: room.keys, values: room.values, valueSize };
    if (status === -ENOENT) return undefined;
    // Kernels before 6.9 give up at empty slots of maps of maps, whose position is a key; they tell it only with entries.
    if (status === -EINTR) {
      const after = count > 0 ? room.keys.slice((count - 1) * map.keySize, count * map.keySize) : position;
      return after ? { after } : {};
    }
    [position, next] = [next, position ?? new Uint8Array(next.length)];
  }
}

function* keyByKey(walk: Walk, fd: number, after: Uint8Array | undefined): Generator<EntryBatch> {
  const { sys, map, valueSize, end } = walk;
  const { capacity, keys, values } = makeRoom(walk, capacityOf(walk));
  const seen = isHashed(map.type) ? new Set<string>() : undefined;
  let errors = new Map<number, number>();
  let previous = after?.slice(0, map.keySize);
  let count = 0;
  let again = false;
  // Storage has no max_entries, and as many entries as there are objects.
  const maxSteps = MAX_ROUNDS * (map.maxEntries || MAX_REMEMBERED);
  for (let steps = 0; ; steps++) {
    if (steps === maxSteps) {
      end.unfinished = true;
      break;
    }
    const key = keys.subarray(count * map.keySize, (count + 1) * map.keySize);
    const nextStatus = nextKey(sys, fd, previous, key);
    if (nextStatus < 0) {
      if (nextStatus !== -ENOENT) end.errno = -nextStatus;
      break;
    }
    previous = key.slice();
    if (seen) {
      const text = byteText(previous);
      const known = seen.has(text);
      if (known && !again) end.restarts++;
      again = known;
      if (known) continue;
      if (seen.size < MAX_REMEMBERED) seen.add(text);
    }
    const status = lookup(sys, fd, key, values.subarray(count * valueSize, (count + 1) * valueSize));
    if (status < 0) errors.set(count, -status);
    if (status === -ENOENT && seen) end.vanished++;
    if (++count < capacity) continue;
    yield { count, keys, values, valueSize, errors };
    errors = new Map();
    count = 0;
  }
  if (count > 0) yield { count, keys, values, valueSize, errors };
}

/** The value of `key`. Throws with the errno in the error's data. */
export function readElement(sys: Syscalls, fd: number, key: Uint8Array, valueSize: number): Uint8Array {
  const value = new Uint8Array(valueSize);
  const status = lookup(sys, fd, key, value);
  if (status < 0) throw syscallError("lookup failed", -status, { status: status & 0xff });
  return value;
}

export function readNextKey(
  sys: Syscalls,
  fd: number,
  key: Uint8Array | undefined,
  keySize: number,
): Uint8Array {
  const next = new Uint8Array(keySize);
  const status = nextKey(sys, fd, key, next);
  if (status < 0) throw syscallError("can't get next key", -status, { status: status & 0xff });
  return next;
}

/** 0 or -errno. */
function nextKey(sys: Syscalls, fd: number, key: Uint8Array | undefined, next: Uint8Array): number {
  const attr = makeAttr(ELEM_ATTR, { mapFd: fd });
  return sys.bpf(BPF.MAP_GET_NEXT_KEY, attr, [
    ...(key ? [{ holder: attr, offset: ELEM_ATTR.key.offset, target: key }] : []),
    { holder: attr, offset: ELEM_ATTR.value.offset, target: next },
  ]);
}

/** 0 or -errno. Maps without keys take no address of one. */
function lookup(sys: Syscalls, fd: number, key: Uint8Array, value: Uint8Array): number {
  const attr = makeAttr(ELEM_ATTR, { mapFd: fd });
  return sys.bpf(BPF.MAP_LOOKUP_ELEM, attr, [
    ...(key.length > 0 ? [{ holder: attr, offset: ELEM_ATTR.key.offset, target: key }] : []),
    { holder: attr, offset: ELEM_ATTR.value.offset, target: value },
  ]);
}
