/**
 * What is in a map, as the kernel gives it: key by key, and in batches (Linux 6.18: kernel/bpf/syscall.c
 * generic_map_lookup_batch, kernel/bpf/hashtab.c __htab_map_lookup_and_delete_batch). Its entries may change meanwhile.
 */
import { byteText } from "../../src/bytes/text.ts";
import type { MapInfo } from "../../src/model/records.ts";
import { EINTR, EINVAL, ENOENT, ENOSPC } from "../../src/uapi/errno.ts";
import type { Entry } from "./entries.ts";
import { MAP_TYPE, type MapTypeName } from "../../src/uapi/map-types.ts";

export interface FakeMapOptions {
  /** Map types that are read in batches; none unless told, as before Linux 5.6. */
  readonly batches?: ReadonlySet<number>;
  /** What maps without batches answer. */
  readonly noBatches?: number;
  /** Entries in each bucket of a hash; empty buckets stand in between. */
  readonly bucketSize?: number;
  /** Kernels before 6.9: a batch ends with EINTR at an entry that is gone. */
  readonly stopsAtEmptySlots?: boolean;
}

function types(...names: readonly MapTypeName[]): ReadonlySet<number> {
  return new Set(names.map((name) => MAP_TYPE[name]));
}

/** A batch goes on from a bucket's number. */
const IN_BUCKETS = types("hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "hash_of_maps");

/** The types that have batches in Linux 6.18. */
export const BATCH_TYPES: ReadonlySet<number> = new Set([
  ...IN_BUCKETS,
  ...types("array", "percpu_array", "lpm_trie", "array_of_maps"),
]);

/** What a batch is asked with, and filled in. */
export interface BatchRequest {
  readonly position: Uint8Array | undefined;
  readonly next: Uint8Array;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  /** Entries that fit. */
  readonly count: number;
}

export interface BatchAnswer {
  readonly status: number;
  /** Entries that came; undefined where the kernel leaves the caller's number alone. */
  readonly count?: number;
}

export class FakeMap {
  /** In the order of the walk; may be changed. */
  readonly entries: Entry[];
  readonly #map: MapInfo;
  readonly #options: FakeMapOptions;
  /** What the walk ends with. */
  readonly #endErrno: number;
  readonly #buckets: ReadonlyMap<string, number>;
  readonly #bucketCount: number;

  constructor(map: MapInfo, entries: readonly Entry[], endErrno: number, options: FakeMapOptions) {
    const { bucketSize = 1 } = options;
    this.entries = [...entries];
    this.#map = map;
    this.#options = options;
    this.#endErrno = endErrno;
    this.#buckets = new Map(
      entries.map(({ key }, i) => [byteText(key), 2 * Math.floor(i / bucketSize)] as const),
    );
    this.#bucketCount = 2 * Math.ceil(entries.length / bucketSize) + 1;
  }

  /** 0 or -errno, as all that follow. A key that is not there is as good as none. */
  nextKey(previous: Uint8Array | undefined, next: Uint8Array): number {
    if (this.#map.keySize === 0) return -(this.#endErrno === ENOENT ? EINVAL : this.#endErrno);
    const entry = this.#after(previous);
    if (!entry) return -this.#endErrno;
    if (next.length < entry.key.length) throw new Error("a key that is longer than its buffer");
    next.set(entry.key);
    return 0;
  }

  /** A map without keys gives the next value in turn. */
  lookup(key: Uint8Array | undefined, value: Uint8Array | undefined): number {
    const entry = this.#map.keySize === 0 ? this.entries[0] : key && this.#find(key);
    if (!entry) return -ENOENT;
    if (entry.errno !== undefined) return -entry.errno;
    if (entry.value.length !== (value?.length ?? 0)) throw new Error("a value buffer of the wrong size");
    value?.set(entry.value);
    return 0;
  }

  batch(request: BatchRequest): BatchAnswer {
    const { batches, noBatches = EINVAL } = this.#options;
    if (!batches?.has(this.#map.type)) return { status: -noBatches };
    if (request.count === 0) return { status: 0 };
    return IN_BUCKETS.has(this.#map.type) ? this.#bucketBatch(request) : this.#keyBatch(request);
  }

  #find(key: Uint8Array): Entry | undefined {
    return this.entries.find((entry) => sameBytes(entry.key, key));
  }

  #after(previous: Uint8Array | undefined): Entry | undefined {
    return this.entries[previous ? this.entries.findIndex(({ key }) => sameBytes(key, previous)) + 1 : 0];
  }

  /** generic_map_lookup_batch: the position is the last key; it is told only where there was any entry. */
  #keyBatch({ position, next, keys, values, count }: BatchRequest): BatchAnswer {
    let previous: Uint8Array | undefined = position?.slice(0, this.#map.keySize);
    let done = 0;
    let status = 0;
    while (done < count) {
      const entry = this.#after(previous);
      if (!entry) {
        status = -ENOENT;
        break;
      }
      if (entry.errno !== undefined && entry.errno !== ENOENT) return { status: -entry.errno, count: 0 };
      if (entry.errno === ENOENT && this.#options.stopsAtEmptySlots) {
        status = -EINTR;
        break;
      }
      previous = entry.key;
      if (entry.errno === undefined) put(entry, done++, keys, values);
    }
    if (done > 0 && previous) next.set(previous);
    return { status, count: done };
  }

  /** __htab_map_lookup_and_delete_batch: whole buckets, and the number of the next one. */
  #bucketBatch({ position, next, keys, values, count }: BatchRequest): BatchAnswer {
    let bucket = position ? viewOf(position).getUint32(0, true) : 0;
    if (bucket >= this.#bucketCount) return { status: -ENOENT, count: 0 };
    let done = 0;
    let status = 0;
    for (;;) {
      const inside = this.entries.filter(({ key }) => (this.#buckets.get(byteText(key)) ?? 0) === bucket);
      if (inside.length > count - done) {
        if (done === 0) status = -ENOSPC;
        break;
      }
      for (const entry of inside) put(entry, done++, keys, values);
      if (++bucket < this.#bucketCount) continue;
      status = -ENOENT;
      break;
    }
    viewOf(next).setUint32(0, bucket, true);
    return { status, count: done };
  }
}

function put({ key, value }: Entry, at: number, keys: Uint8Array, values: Uint8Array): void {
  if (keys.length < (at + 1) * key.length || values.length < (at + 1) * value.length)
    throw new Error("a batch that is larger than its buffers");
  keys.set(key, at * key.length);
  values.set(value, at * value.length);
}

function viewOf(bytes: Uint8Array): DataView {
  if (bytes.length < 4) throw new Error("a position of less than 4 bytes");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
