/** Commands of bpf(2) and the parts of `union bpf_attr` that they read (include/uapi/linux/bpf.h). */
import { encodeStruct, type Layout, type StructOf, u32, u64 } from "./struct.ts";

export const BPF = {
  MAP_CREATE: 0,
  MAP_LOOKUP_ELEM: 1,
  MAP_GET_NEXT_KEY: 4,
  PROG_LOAD: 5,
  OBJ_GET: 7,
  PROG_GET_NEXT_ID: 11,
  MAP_GET_NEXT_ID: 12,
  PROG_GET_FD_BY_ID: 13,
  MAP_GET_FD_BY_ID: 14,
  OBJ_GET_INFO_BY_FD: 15,
  PROG_QUERY: 16,
  BTF_LOAD: 18,
  BTF_GET_FD_BY_ID: 19,
  TASK_FD_QUERY: 20,
  BTF_GET_NEXT_ID: 23,
  MAP_LOOKUP_BATCH: 24,
  LINK_GET_FD_BY_ID: 30,
  LINK_GET_NEXT_ID: 31,
  ITER_CREATE: 33,
  PROG_STREAM_READ_BY_FD: 37,
} as const;

export const BPF_F_RDONLY = 8;

/** GET_NEXT_ID and GET_FD_BY_ID. */
export const ID_ATTR = { id: u32(0), nextId: u32(4), openFlags: u32(8) };
export const INFO_ATTR = { fd: u32(0), infoLen: u32(4), info: u64(8) };
export const OBJ_GET_ATTR = { path: u64(0), fd: u32(8), fileFlags: u32(12) };
export const ELEM_ATTR = { mapFd: u32(0), key: u64(8), value: u64(16), flags: u64(24) };
/** Batches of map elements; MAP_LOOKUP_BATCH: `count` is what fits, then what came. */
export const BATCH_ATTR = {
  inBatch: u64(0),
  outBatch: u64(8),
  keys: u64(16),
  values: u64(24),
  count: u32(32),
  mapFd: u32(36),
  elemFlags: u64(40),
  flags: u64(48),
};
export const TASK_FD_ATTR = {
  pid: u32(0),
  fd: u32(4),
  flags: u32(8),
  bufLen: u32(12),
  buf: u64(16),
  progId: u32(24),
  fdType: u32(28),
  probeOffset: u64(32),
  probeAddr: u64(40),
};

/** `target` is a descriptor or the index of a network device; `count` is what the arrays have room for, then what there is. */
export const QUERY_ATTR = {
  target: u32(0),
  attachType: u32(4),
  queryFlags: u32(8),
  attachFlags: u32(12),
  progIds: u64(16),
  count: u32(24),
  progAttachFlags: u64(32),
  linkIds: u64(40),
  linkAttachFlags: u64(48),
  revision: u64(56),
};

export const ITER_ATTR = { linkFd: u32(0), flags: u32(4) };
/** `bufferSize` bytes have room in `buffer`; `stream` is one of PROG_STREAM. */
export const STREAM_ATTR = { buffer: u64(0), bufferSize: u32(8), stream: u32(12), progFd: u32(16) };

/** One buffer for each layout: the calls are synchronous, and a small new array costs as much as the call. */
const ATTRS = new Map<Layout, Uint8Array>();

/**
 * An attr of the layout's size with `values` in it and zeros elsewhere; good until the next one of the same layout.
 */
export function makeAttr<const L extends Layout>(layout: L, values: Partial<StructOf<L>>): Uint8Array {
  const attr = ATTRS.get(layout)?.fill(0) ?? ownAttr(layout);
  ATTRS.set(layout, attr);
  return encodeStruct(layout, attr, values);
}

/** An attr of the layout's size that nobody else uses: for `repeatedBpf`. */
export function ownAttr(layout: Layout): Uint8Array {
  const size = Math.max(...Object.values(layout).map(({ offset, size }) => offset + size));
  return new Uint8Array(new ArrayBuffer(size));
}
