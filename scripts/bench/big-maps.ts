/** Hash maps of a million entries in the running kernel, for the map cases; this process holds them. */
import fs from "node:fs";
import { HOST_LITTLE_ENDIAN } from "../../src/bytes/host.ts";
import { BATCH_ATTR, makeAttr } from "../../src/sys/attr.ts";
import { loadFfi } from "../../src/sys/ffi.ts";
import { u32, u64 } from "../../src/sys/struct.ts";
import { liveSource } from "../../src/sources/live/source.ts";

export const ENTRIES = 1_000_000;
const KEY_SIZE = 8;
const VALUE_SIZE = 16;
const HASH = 1;

const MAP_CREATE = 0;
const BTF_LOAD = 18;
const MAP_UPDATE_BATCH = 26;
/** map_name is 16 bytes at 28. */
const CREATE_ATTR = {
  type: u32(0),
  keySize: u32(4),
  valueSize: u32(8),
  maxEntries: u32(12),
  name: u64(28),
  btfFd: u32(48),
  btfKeyTypeId: u32(52),
  btfValueTypeId: u32(56),
  end: u64(64),
};
const BTF_ATTR = { btf: u64(0), logBuf: u64(8), size: u32(16), logSize: u32(20), logLevel: u32(24) };

const ffi = loadFfi();

function orThrow(action: string, result: number): number {
  if (result < 0) throw new Error(`${action}: errno ${-result}`);
  return result;
}

/** Ids of a map without and a map with BTF, equal in contents. */
export async function withBigMaps<T>(
  use: (ids: { readonly plain: number; readonly typed: number }) => Promise<T>,
): Promise<T> {
  const fds: number[] = [];
  try {
    const before = lastMapId();
    fds.push(createMap("bench_plain"));
    const plain = lastMapId(before);
    const btf = loadTypes();
    fds.push(btf, createMap("bench_typed", btf));
    const typed = lastMapId(plain);
    return await use({ plain, typed });
  } finally {
    for (const fd of fds) fs.closeSync(fd);
  }
}

/** Ids only grow, so the map that was just made has the last one. */
function lastMapId(after = -1): number {
  const id = [...liveSource().maps()].at(-1)?.id ?? 0;
  if (id <= after) throw new Error("the new map is not listed");
  return id;
}

function createMap(name: string, btfFd?: number): number {
  const attr = makeAttr(CREATE_ATTR, {
    type: HASH,
    keySize: KEY_SIZE,
    valueSize: VALUE_SIZE,
    maxEntries: ENTRIES,
    ...(btfFd !== undefined && { btfFd, btfKeyTypeId: 4, btfValueTypeId: 5 }),
  });
  Buffer.from(attr.buffer).write(name, CREATE_ATTR.name.offset, "latin1");
  const fd = orThrow("MAP_CREATE", ffi.bpf(MAP_CREATE, attr, []));
  fill(fd);
  return fd;
}

/** Keys count, values are as varied as counters and times are. */
function fill(fd: number): void {
  const keys = new BigUint64Array(ENTRIES);
  const values = new BigUint64Array(2 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    keys[i] = (BigInt(i % 64) << 32n) | BigInt(i);
    values[2 * i] = BigInt(i) * 7n;
    values[2 * i + 1] = 1_000_000_000_000n + BigInt(i) * 104_729n;
  }
  const attr = makeAttr(BATCH_ATTR, { count: ENTRIES, mapFd: fd });
  const status = ffi.bpf(MAP_UPDATE_BATCH, attr, [
    { holder: attr, offset: BATCH_ATTR.keys.offset, target: new Uint8Array(keys.buffer) },
    { holder: attr, offset: BATCH_ATTR.values.offset, target: new Uint8Array(values.buffer) },
  ]);
  orThrow("MAP_UPDATE_BATCH", status);
}

/** [1] u32, [2] u64, [3] and [4] struct key { cpu, pid }, [5] struct value { count, ts }. */
function loadTypes(): number {
  const strings = "\0u32\0u64\0key\0value\0pid\0cpu\0count\0ts\0";
  const at = (name: string) => strings.indexOf(`\0${name}\0`) + 1;
  const INT = 1 << 24;
  const STRUCT = (4 << 24) | 2;
  const member = (name: string, type: number, bits: number) => [at(name), type, bits];
  const types = Uint32Array.from(
    [
      [at("u32"), INT, 4, 32],
      [at("u64"), INT, 8, 64],
      [at("key"), 8 << 24, 4],
      [at("key"), STRUCT, KEY_SIZE, ...member("pid", 1, 0), ...member("cpu", 1, 32)],
      [at("value"), STRUCT, VALUE_SIZE, ...member("count", 2, 0), ...member("ts", 2, 64)],
    ].flat(),
  );
  const size = types.byteLength;
  const header = new Uint32Array(6);
  header.set([HOST_LITTLE_ENDIAN ? 0x0001_eb9f : 0xeb9f_0100, 24, 0, size, size, strings.length]);
  const blob = Buffer.concat([
    new Uint8Array(header.buffer),
    new Uint8Array(types.buffer),
    Buffer.from(strings, "latin1"),
  ]);
  const attr = makeAttr(BTF_ATTR, { size: blob.length });
  return orThrow(
    "BTF_LOAD",
    ffi.bpf(BTF_LOAD, attr, [{ holder: attr, offset: BTF_ATTR.btf.offset, target: blob }]),
  );
}
