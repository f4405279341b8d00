/** The contents of a map that are at hand as bytes: of a snapshot, of an object file. They answer as the kernel would. */
import { ByteReader } from "../bytes/reader.ts";
import { syscallError, unsupportedError } from "../errors.ts";
import { ENOENT } from "../uapi/errno.ts";
import { MAP_TYPE } from "../uapi/map-types.ts";
import { isHashed, isIndexed } from "../uapi/map-traits.ts";
import type { EntryBatch, MapContents, WalkEnd } from "./contents.ts";
import type { MapInfo } from "./records.ts";

export interface StoredContents extends EntryBatch {
  /** Byte order of the machine that the contents come from. */
  readonly littleEndian: boolean;
  /** The errno with which the kernel ended the walk. */
  readonly errno?: number;
  /** The map had more entries than are stored. */
  readonly cut?: boolean;
}

/** A map without keys has a value, but nothing to walk over. */
export function storedContents(stored: StoredContents): MapContents {
  const end: WalkEnd = {
    vanished: 0,
    restarts: 0,
    ...(stored.errno !== undefined && { errno: stored.errno }),
    ...(stored.cut && { cut: true }),
  };
  return { end, batches: stored.keys.length > 0 ? [stored] : [] };
}

/** The value of a key, as ObjectSource.lookup. */
export function storedLookup(map: MapInfo, stored: StoredContents, key: Uint8Array): Uint8Array {
  const at = map.type === MAP_TYPE.lpm_trie ? longestPrefix(map, stored, key) : indexOf(map, stored, key);
  if (at < 0)
    throw mayHaveBeenThere(map, stored, key)
      ? cutError(map, stored, "lookup failed")
      : errnoError("lookup failed", ENOENT);
  const errno = stored.errors?.get(at);
  if (errno !== undefined) throw errnoError("lookup failed", errno);
  return stored.values.subarray(at * stored.valueSize, (at + 1) * stored.valueSize);
}

/** The key behind `key`; the first, if there is no `key` or the map does not have it. */
export function storedNextKey(map: MapInfo, stored: StoredContents, key: Uint8Array | undefined): Uint8Array {
  if (isIndexed(map.type) && map.keySize === 4 && stored.errno === undefined)
    return nextIndex(map, stored, key);
  const at = key ? indexOf(map, stored, key) + 1 : 0;
  if (at < stored.count && map.keySize > 0) return keyAt(map, stored, at);
  if (stored.cut) throw cutError(map, stored, "can't get next key");
  throw errnoError("can't get next key", stored.errno ?? ENOENT);
}

/** Empty slots, which need not be stored, have keys as well. */
function nextIndex({ maxEntries }: MapInfo, { littleEndian }: StoredContents, key: Uint8Array | undefined) {
  const index = key ? new ByteReader(key, { littleEndian, what: "array index" }).u32(0) : maxEntries;
  if (index === maxEntries - 1) throw errnoError("can't get next key", ENOENT);
  const next = new Uint8Array(4);
  new DataView(next.buffer).setUint32(0, index >= maxEntries ? 0 : index + 1, littleEndian);
  return next;
}

function keyAt({ keySize }: MapInfo, { keys }: StoredContents, at: number): Uint8Array {
  return keys.subarray(at * keySize, (at + 1) * keySize);
}

/** -1 where the key is not there. A map without keys has its only value first. */
function indexOf(map: MapInfo, stored: StoredContents, key: Uint8Array): number {
  if (map.keySize === 0) return stored.count > 0 ? 0 : -1;
  for (let at = 0; at < stored.count; at++) if (Buffer.compare(keyAt(map, stored, at), key) === 0) return at;
  return -1;
}

/**
 * The entry of a trie that has the most leading bits in common with the key, all of its own (kernel lpm_trie.c:
 * trie_lookup_elem). Keys start with the number of bits as a u32.
 */
function longestPrefix(map: MapInfo, stored: StoredContents, key: Uint8Array): number {
  const wanted = prefixLength(key, stored);
  if (wanted > (map.keySize - 4) * 8) return -1;
  let best = -1;
  let bestLength = -1;
  for (let at = 0; at < stored.count; at++) {
    const candidate = keyAt(map, stored, at);
    const length = prefixLength(candidate, stored);
    if (length <= bestLength || length > wanted) continue;
    if (!sameBits(candidate.subarray(4), key.subarray(4), length)) continue;
    [best, bestLength] = [at, length];
  }
  return best;
}

function prefixLength(key: Uint8Array, { littleEndian }: StoredContents): number {
  return new ByteReader(key, { littleEndian, what: "LPM key" }).u32(0);
}

function sameBits(left: Uint8Array, right: Uint8Array, count: number): boolean {
  const whole = count >> 3;
  if (whole > left.length) return false;
  for (let i = 0; i < whole; i++) if (left[i] !== right[i]) return false;
  const mask = (0xff00 >> (count & 7)) & 0xff;
  return (((left[whole] ?? 0) ^ (right[whole] ?? 0)) & mask) === 0;
}

/** The key may be among the entries that were not stored. */
function mayHaveBeenThere(map: MapInfo, { cut, littleEndian }: StoredContents, key: Uint8Array): boolean {
  if (!cut) return false;
  if (isHashed(map.type) || key.length !== 4) return true;
  return new ByteReader(key, { littleEndian, what: "array index" }).u32(0) < map.maxEntries;
}

function cutError(map: MapInfo, { count }: StoredContents, action: string) {
  return unsupportedError(`${action}: only the first ${count} entries of map ${map.id} are known`);
}

function errnoError(action: string, errno: number) {
  return syscallError(action, errno, { status: -errno & 0xff });
}
