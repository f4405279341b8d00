/**
 * The parts of struct bpf_link_info that depend on the link's type, as tables: which buffers the second
 * OBJ_GET_INFO call needs, and what the fields mean (include/uapi/linux/bpf.h of Linux 6.18).
 */
import { ByteReader } from "../bytes/reader.ts";
import { cString } from "../bytes/text.ts";
import type { LinkDetail } from "../model/records.ts";
import { LINK_TYPE } from "../uapi/link-types.ts";
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";

/** A buffer to be filled by the kernel: where its pointer and its length (or count) stand. */
export interface LinkBuffer {
  readonly pointer: number;
  readonly length: number;
  readonly target: Uint8Array;
  /** What to write as length: bytes for text, elements for arrays. */
  readonly count: number;
}

export interface LinkLayout {
  /** By what the first call said. */
  buffers?(info: ByteReader): LinkBuffer[];
  detail(info: ByteReader, buffers: readonly LinkBuffer[]): LinkDetail;
}

/** bpftool's size for every name and path. */
const TEXT_SIZE = 4096;
/** u64 elements of one array; a link with more is cut. */
const MAX_ELEMENTS = 1 << 20;

/** No link has more than one text: they all share the room for it, until the next link is asked for. */
const TEXT = new Uint8Array(TEXT_SIZE);

function text(pointer: number, length: number): LinkBuffer {
  TEXT[0] = 0;
  return { pointer, length, target: TEXT, count: TEXT_SIZE };
}

function u64Array(pointer: number, length: number, count: number): LinkBuffer {
  const elements = Math.min(count, MAX_ELEMENTS);
  return { pointer, length, target: new Uint8Array(elements * 8), count: elements };
}

function textOf(buffer: LinkBuffer | undefined): string {
  return buffer ? cString(buffer.target) : "";
}

function u64sOf(buffer: LinkBuffer | undefined): bigint[] {
  if (!buffer) return [];
  const reader = new ByteReader(buffer.target, { littleEndian: HOST_LITTLE_ENDIAN, what: "link info" });
  return Array.from({ length: buffer.target.length / 8 }, (_, i) => reader.u64(i * 8));
}

/** enum bpf_perf_event_type. */
const PERF = { UPROBE: 1, URETPROBE: 2, KPROBE: 3, KRETPROBE: 4, TRACEPOINT: 5, EVENT: 6 } as const;

const PERF_LAYOUTS: Readonly<Record<number, LinkLayout>> = {
  [PERF.UPROBE]: uprobe(false),
  [PERF.URETPROBE]: uprobe(true),
  [PERF.KPROBE]: kprobe(false),
  [PERF.KRETPROBE]: kprobe(true),
  [PERF.TRACEPOINT]: {
    buffers: () => [text(24, 32)],
    detail: (info, [name]) => ({ kind: "perf_tracepoint", tracepoint: textOf(name), cookie: info.u64(40) }),
  },
  [PERF.EVENT]: {
    detail: (info) => ({
      kind: "perf_event",
      config: info.u64(24),
      type: info.u32(32),
      cookie: info.u64(40),
    }),
  },
};

function uprobe(retprobe: boolean): LinkLayout {
  return {
    buffers: () => [text(24, 32)],
    detail: (info, [file]) => ({
      kind: "perf_uprobe",
      retprobe,
      file: textOf(file),
      offset: info.u32(36),
      cookie: info.u64(40),
      refCtrOffset: info.u64(48),
    }),
  };
}

function kprobe(retprobe: boolean): LinkLayout {
  return {
    buffers: () => [text(24, 32)],
    detail: (info, [func]) => ({
      kind: "perf_kprobe",
      retprobe,
      func: textOf(func),
      offset: info.u32(36),
      addr: info.u64(40),
      missed: info.u64(48),
      cookie: info.u64(56),
    }),
  };
}

const NONE: LinkLayout = { detail: () => ({ kind: "none" }) };

const LAYOUTS: Readonly<Record<number, LinkLayout>> = {
  [LINK_TYPE.raw_tracepoint]: {
    buffers: () => [text(16, 24)],
    detail: (info, [name]) => ({ kind: "raw_tracepoint", tpName: textOf(name), cookie: info.u64(32) }),
  },
  [LINK_TYPE.tracing]: {
    detail: (info) => ({
      kind: "tracing",
      attachType: info.u32(16),
      targetObjId: info.u32(20),
      targetBtfId: info.u32(24),
      cookie: info.u64(32),
    }),
  },
  [LINK_TYPE.cgroup]: {
    detail: (info) => ({ kind: "cgroup", cgroupId: info.u64(16), attachType: info.u32(24) }),
  },
  [LINK_TYPE.iter]: {
    buffers: () => [text(16, 24)],
    detail: (info, [name]) => ({
      kind: "iter",
      targetName: textOf(name),
      mapId: info.u32(28),
      cgroupId: info.u64(32),
      order: info.u32(40),
      tid: info.u32(32),
      pid: info.u32(36),
    }),
  },
  [LINK_TYPE.netns]: {
    detail: (info) => ({ kind: "netns", netnsIno: info.u32(16), attachType: info.u32(20) }),
  },
  [LINK_TYPE.xdp]: { detail: (info) => ({ kind: "xdp", ifindex: info.u32(16) }) },
  [LINK_TYPE.struct_ops]: { detail: (info) => ({ kind: "struct_ops", mapId: info.u32(16) }) },
  [LINK_TYPE.netfilter]: {
    detail: (info) => ({
      kind: "netfilter",
      pf: info.u32(16),
      hook: info.u32(20),
      prio: info.i32(24),
      flags: info.u32(28),
    }),
  },
  [LINK_TYPE.tcx]: { detail: (info) => ({ kind: "tcx", ifindex: info.u32(16), attachType: info.u32(20) }) },
  [LINK_TYPE.netkit]: {
    detail: (info) => ({ kind: "netkit", ifindex: info.u32(16), attachType: info.u32(20) }),
  },
  [LINK_TYPE.sockmap]: {
    detail: (info) => ({ kind: "sockmap", mapId: info.u32(16), attachType: info.u32(20) }),
  },
  [LINK_TYPE.kprobe_multi]: {
    buffers(info) {
      const count = info.u32(24);
      return [u64Array(16, 24, count), u64Array(40, 24, count)];
    },
    detail(info, [addrs, cookies]) {
      const cookieValues = u64sOf(cookies);
      const funcs = u64sOf(addrs).map((addr, i) => ({ addr, cookie: cookieValues[i] ?? 0n }));
      return { kind: "kprobe_multi", flags: info.u32(28), missed: info.u64(32), funcs };
    },
  },
  [LINK_TYPE.uprobe_multi]: {
    buffers(info) {
      const count = info.u32(52);
      return [text(16, 48), u64Array(24, 52, count), u64Array(32, 52, count), u64Array(40, 52, count)];
    },
    detail(info, [path, offsets, refCtrs, cookies]) {
      const [refCtrOffsets, cookieValues] = [u64sOf(refCtrs), u64sOf(cookies)];
      const funcs = u64sOf(offsets).map((offset, i) => ({
        offset,
        refCtrOffset: refCtrOffsets[i] ?? 0n,
        cookie: cookieValues[i] ?? 0n,
      }));
      return { kind: "uprobe_multi", path: textOf(path), flags: info.u32(56), pid: info.u32(60), funcs };
    },
  },
};

/** How to read the rest of a link of this type; `info` is what the first call gave. */
export function linkLayout(type: number, info: ByteReader): LinkLayout {
  if (type === LINK_TYPE.perf_event) return PERF_LAYOUTS[info.u32(16)] ?? NONE;
  return LAYOUTS[type] ?? NONE;
}
