/**
 * The layout of a snapshot: which files there are and what is in them. docs/snapshot-format.md describes it;
 * reader and writer both go by this file.
 *
 * JSON has the records of src/model/records.ts as they are, except that a u64 is a string of decimal digits and
 * bytes are a string of hex digits. Blobs are raw, so that other tools can open them.
 */
import type { BtfValue } from "../../btf/value.ts";
import { parseHex } from "../../bytes/hex.ts";
import {
  array,
  bigInteger,
  boolean,
  finite,
  integer,
  map,
  object,
  oneOf,
  type Shape,
  text,
  variant,
} from "../../json/shape.ts";
import type {
  BtfRecord,
  DeviceRecord,
  HolderRecord,
  HostRecord,
  LinkDetail,
  LinkRecord,
  MapRecord,
  PerfRecord,
  PinRecord,
  ProgRecord,
} from "../../model/records.ts";
import { byteText, u32, u64 } from "./scalars.ts";

export const FORMAT = "bpflens-snapshot";
/** 2: the errors of map contents, and why they end; the BTF of the kernel. */
export const VERSION = 2;

/** The tables of records. */
export const TABLES = {
  progs: "progs.json",
  maps: "maps.json",
  btfs: "btfs.json",
  links: "links.json",
  perf: "perf.json",
  pins: "pins.json",
  holders: "holders.json",
} as const;

export type TableName = keyof typeof TABLES;

export const MANIFEST = "snapshot.json";
/** Only the symbols that the programs need, in the form of /proc/kallsyms. */
export const SYMBOLS = "kallsyms.txt";

export type ProgBlob = "xlated" | "func_info" | "line_info" | "jited" | "jited_line_info";

export function progBlob(id: number, blob: ProgBlob): string {
  return `progs/${id}/${blob}.bin`;
}

export function btfBlob(id: number): string {
  return `btf/${id}.btf`;
}

/**
 * Keys and values of all saved entries, one after the other, in the same order; the errno of each as a little-endian u16,
 * 0 where its value could be read, if any could not.
 */
export function mapBlob(id: number, blob: "keys" | "values" | "errors"): string {
  return `maps/${id}/${blob}.bin`;
}

/** A program's record with what is needed to read its blobs. */
export interface StoredProg extends ProgRecord {
  readonly funcInfoRecSize: number;
  readonly nrLineInfo: number;
  readonly lineInfoRecSize: number;
  readonly jitedKsyms: readonly bigint[];
  readonly jitedFuncLens: readonly number[];
  readonly nrJitedLineInfo: number;
  readonly jitedLineInfoRecSize: number;
}

/** A map's record with how much of its contents was saved. */
export interface StoredMap extends MapRecord {
  /** undefined: its contents were not saved. */
  readonly savedEntries?: number;
  /** Bytes of one saved value. */
  readonly savedValueSize?: number;
  /** The errno with which the kernel ended the walk over the keys, if it was not at their end. */
  readonly savedErrno?: number;
  /** There were more entries. */
  readonly savedCut?: boolean;
}

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly taken: string;
  readonly by: string;
  readonly description?: string;
  readonly host: HostRecord;
  /** What could not be saved, or was not, in words. */
  readonly leftOut: readonly string[];
}

const i32 = integer(-0x8000_0000, 0x7fff_ffff);
/** Up to 128 bits, signed or not. */
const wide = bigInteger(-(2n ** 127n), 2n ** 128n - 1n);
const digits = text(/^(0|[1-9][0-9]*)$/, 20, "a string of digits");
const tag = map(text(/^[0-9a-f]{16}$/, 16, "16 hex digits"), (hex) => parseHex(hex) as Uint8Array);
const MAX_LIST = 1 << 20;
const ids = array(u32, MAX_LIST);

const device: Shape<DeviceRecord> = object(
  { ifindex: u32, netnsDev: u64, netnsIno: u64 },
  { ifname: byteText },
);

/** Types of values nest, so the shape refers to itself. */
const value: Shape<BtfValue> = (json, place) => anyValue(json, place);
const anyValue = variant<BtfValue>("kind", {
  number: object({ kind: oneOf("number"), value: wide }),
  hex: object({ kind: oneOf("hex"), value: wide }),
  pointer: object({ kind: oneOf("pointer"), value: u64 }),
  float: object({ kind: oneOf("float"), value: finite }),
  bool: object({ kind: oneOf("bool"), value: boolean }),
  char: object({ kind: oneOf("char"), value: integer(0, 0xff) }),
  text: object({
    kind: oneOf("text"),
    value: text(/^[\x01-\xff]*$/, MAX_LIST, "characters U+0001 to U+00FF"),
  }),
  list: object({ kind: oneOf("list"), items: array(value, MAX_LIST) }),
  fields: object({
    kind: oneOf("fields"),
    fields: array(object({ name: byteText, value }), MAX_LIST),
  }),
  none: object({ kind: oneOf("none") }),
});

const prog: Shape<StoredProg> = object(
  {
    id: u32,
    type: u32,
    tag,
    name: byteText,
    gplCompatible: boolean,
    loadTime: u64,
    uid: u32,
    mapIds: ids,
    orphaned: boolean,
    xlatedLen: u32,
    jitedLen: u32,
    btfId: u32,
    nrFuncInfo: u32,
    runTimeNs: u64,
    runCnt: u64,
    recursionMisses: u64,
    verifiedInsns: u32,
    attachBtfObjId: u32,
    attachBtfId: u32,
    metadata: array(object({ key: byteText, value }), MAX_LIST),
    funcInfoRecSize: u32,
    nrLineInfo: u32,
    lineInfoRecSize: u32,
    jitedKsyms: array(u64, MAX_LIST),
    jitedFuncLens: ids,
    nrJitedLineInfo: u32,
    jitedLineInfoRecSize: u32,
  },
  { fullName: byteText, device, memlock: digits },
);

const mapRow: Shape<StoredMap> = object(
  {
    id: u32,
    type: u32,
    name: byteText,
    flags: u32,
    keySize: u32,
    valueSize: u32,
    maxEntries: u32,
    btfId: u32,
    btfKeyTypeId: u32,
    btfValueTypeId: u32,
    btfVmlinuxValueTypeId: u32,
    mapExtra: u64,
    frozen: boolean,
  },
  {
    device,
    btfVmlinuxId: u32,
    memlock: digits,
    ownerProgType: u32,
    ownerJited: boolean,
    savedEntries: u32,
    savedValueSize: u32,
    savedErrno: integer(1, 0xffff),
    savedCut: boolean,
  },
);

const btf: Shape<BtfRecord> = object({ id: u32, size: u32, name: byteText, kernel: boolean });

const onDevice = { ifname: byteText };

const detail = variant<LinkDetail>("kind", {
  none: object({ kind: oneOf("none") }),
  raw_tracepoint: object({ kind: oneOf("raw_tracepoint"), tpName: byteText, cookie: u64 }),
  tracing: object({
    kind: oneOf("tracing"),
    attachType: u32,
    targetObjId: u32,
    targetBtfId: u32,
    cookie: u64,
  }),
  cgroup: object({ kind: oneOf("cgroup"), cgroupId: u64, attachType: u32 }),
  iter: object({
    kind: oneOf("iter"),
    targetName: byteText,
    mapId: u32,
    cgroupId: u64,
    order: u32,
    tid: u32,
    pid: u32,
  }),
  netns: object({ kind: oneOf("netns"), netnsIno: u32, attachType: u32 }),
  xdp: object({ kind: oneOf("xdp"), ifindex: u32 }, onDevice),
  struct_ops: object({ kind: oneOf("struct_ops"), mapId: u32 }),
  netfilter: object({ kind: oneOf("netfilter"), pf: u32, hook: u32, prio: i32, flags: u32 }),
  tcx: object({ kind: oneOf("tcx"), ifindex: u32, attachType: u32 }, onDevice),
  netkit: object({ kind: oneOf("netkit"), ifindex: u32, attachType: u32 }, onDevice),
  sockmap: object({ kind: oneOf("sockmap"), mapId: u32, attachType: u32 }),
  kprobe_multi: object({
    kind: oneOf("kprobe_multi"),
    flags: u32,
    missed: u64,
    funcs: array(
      object(
        { addr: u64, cookie: u64 },
        { func: byteText, aliases: array(byteText, MAX_LIST), module: byteText },
      ),
      MAX_LIST,
    ),
  }),
  uprobe_multi: object({
    kind: oneOf("uprobe_multi"),
    path: byteText,
    flags: u32,
    pid: u32,
    funcs: array(object({ offset: u64, refCtrOffset: u64, cookie: u64 }), MAX_LIST),
  }),
  perf_uprobe: object({
    kind: oneOf("perf_uprobe"),
    retprobe: boolean,
    file: byteText,
    offset: u32,
    cookie: u64,
    refCtrOffset: u64,
  }),
  perf_kprobe: object({
    kind: oneOf("perf_kprobe"),
    retprobe: boolean,
    func: byteText,
    addr: u64,
    offset: u32,
    missed: u64,
    cookie: u64,
  }),
  perf_tracepoint: object({ kind: oneOf("perf_tracepoint"), tracepoint: byteText, cookie: u64 }),
  perf_event: object({ kind: oneOf("perf_event"), type: u32, config: u64, cookie: u64 }),
});

const link: Shape<LinkRecord> = object({ id: u32, type: u32, progId: u32, detail });

const perf: Shape<PerfRecord> = object({
  pid: u32,
  fd: u32,
  progId: u32,
  fdType: u32,
  name: byteText,
  offset: u64,
  addr: u64,
});

const pin: Shape<PinRecord> = object({ kind: oneOf("prog", "map", "link"), id: u32, path: byteText });

const holder: Shape<HolderRecord> = object({
  kind: oneOf("prog", "map", "btf", "link"),
  id: u32,
  pid: u32,
  comm: byteText,
});

const MAX_CPUS = 1 << 16;

const host: Shape<HostRecord> = object({
  bootTime: u64,
  release: byteText,
  machine: byteText,
  littleEndian: boolean,
  possibleCpus: integer(1, MAX_CPUS),
});

/** Whatever the version, these keys tell what it is. */
export const versionShape = object({ format: oneOf(FORMAT), version: integer(1, 0xffff_ffff) });

export const manifestShape: Shape<Manifest> = object(
  {
    format: oneOf(FORMAT),
    version: integer(1, VERSION),
    taken: byteText,
    by: byteText,
    host,
    leftOut: array(byteText, MAX_LIST),
  },
  { description: byteText },
);

/** What a table holds. */
export interface Tables {
  readonly progs: StoredProg;
  readonly maps: StoredMap;
  readonly btfs: BtfRecord;
  readonly links: LinkRecord;
  readonly perf: PerfRecord;
  readonly pins: PinRecord;
  readonly holders: HolderRecord;
}

export const rowShapes: { readonly [T in TableName]: Shape<Tables[T]> } = {
  progs: prog,
  maps: mapRow,
  btfs: btf,
  links: link,
  perf,
  pins: pin,
  holders: holder,
};
