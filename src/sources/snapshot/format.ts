/**
 * The layout of a snapshot: which files there are and what is in them. docs/snapshot-format.md describes it;
 * reader and writer both go by this file.
 *
 * JSON has the records of src/model/records.ts as they are, except that a u64 is a string of decimal digits and
 * bytes are a string of hex digits. Blobs are raw, so that other tools can open them.
 */
import * as v from "valibot";
import type { BtfValue } from "../../btf/value.ts";
import { parseHex } from "../../bytes/hex.ts";
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

export const FORMAT = "bpflens-snapshot";
export const VERSION = 1;

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

/** Keys and values of all saved entries, one after the other, in the same order. */
export function mapBlob(id: number, blob: "keys" | "values"): string {
  return `maps/${id}/${blob}.bin`;
}

/** A program's record with what is needed to read its blobs. */
export interface StoredProg extends ProgRecord {
  readonly funcInfoRecSize: number;
  readonly nrLineInfo: number;
  readonly lineInfoRecSize: number;
  readonly jitedKsyms: readonly bigint[];
  readonly jitedFuncLens: readonly number[];
  readonly jitedLineInfoRecSize: number;
}

/** A map's record with how much of its contents was saved. */
export interface StoredMap extends MapRecord {
  /** undefined: its contents were not saved. */
  readonly savedEntries?: number;
  /** Bytes of one saved value. */
  readonly savedValueSize?: number;
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

const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const i32 = v.pipe(v.number(), v.integer(), v.minValue(-0x8000_0000), v.maxValue(0x7fff_ffff));
const U64_MAX = 0xffff_ffff_ffff_ffffn;
const u64 = v.pipe(
  v.string(),
  v.regex(/^[0-9]{1,20}$/, "expected a string of decimal digits"),
  v.transform((text) => BigInt(text)),
  v.maxValue(U64_MAX, "is more than 64 bits"),
);
const MAX_TEXT = 4096;
/** One character for each byte. */
const text = v.pipe(
  v.string(),
  v.maxLength(MAX_TEXT),
  v.regex(/^[\x01-\xff]*$/, "expected characters U+0001 to U+00FF"),
);
const digits = v.pipe(v.string(), v.regex(/^[0-9]{1,20}$/, "expected a string of decimal digits"));
const tag = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, "expected 16 hex digits"),
  v.transform((hex) => parseHex(hex) as Uint8Array),
);
const MAX_LIST = 1 << 20;
const ids = v.pipe(v.array(u32), v.maxLength(MAX_LIST));
const objectKind = v.picklist(["prog", "map", "btf", "link"]);

type Schema<T> = v.GenericSchema<unknown, T>;

const device: Schema<DeviceRecord> = v.object({
  ifindex: u32,
  netnsDev: u64,
  netnsIno: u64,
  ifname: v.exactOptional(text),
});

/** 128 bits and a sign. */
const integer = v.pipe(
  v.string(),
  v.regex(/^-?[0-9]{1,39}$/, "expected a string of decimal digits"),
  v.transform((text) => BigInt(text)),
);

const btfValue: Schema<BtfValue> = v.lazy(() =>
  v.variant("kind", [
    v.object({ kind: v.literal("number"), value: integer }),
    v.object({ kind: v.literal("hex"), value: integer }),
    v.object({ kind: v.literal("pointer"), value: u64 }),
    v.object({ kind: v.literal("float"), value: v.number() }),
    v.object({ kind: v.literal("bool"), value: v.boolean() }),
    v.object({ kind: v.literal("char"), value: v.pipe(u32, v.maxValue(0xff)) }),
    v.object({ kind: v.literal("text"), value: text }),
    v.object({ kind: v.literal("list"), items: v.array(btfValue) }),
    v.object({ kind: v.literal("fields"), fields: v.array(v.object({ name: text, value: btfValue })) }),
    v.object({ kind: v.literal("none") }),
  ]),
);

const prog: Schema<StoredProg> = v.object({
  id: u32,
  type: u32,
  tag,
  name: text,
  fullName: v.exactOptional(text),
  gplCompatible: v.boolean(),
  loadTime: u64,
  uid: u32,
  mapIds: ids,
  device: v.exactOptional(device),
  orphaned: v.boolean(),
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
  memlock: v.exactOptional(digits),
  metadata: v.exactOptional(v.array(v.object({ key: text, value: btfValue })), []),
  funcInfoRecSize: u32,
  nrLineInfo: u32,
  lineInfoRecSize: u32,
  jitedKsyms: v.pipe(v.array(u64), v.maxLength(MAX_LIST)),
  jitedFuncLens: ids,
  jitedLineInfoRecSize: u32,
});

const map: Schema<StoredMap> = v.object({
  id: u32,
  type: u32,
  name: text,
  flags: u32,
  keySize: u32,
  valueSize: u32,
  maxEntries: u32,
  device: v.exactOptional(device),
  btfId: u32,
  btfKeyTypeId: u32,
  btfValueTypeId: u32,
  btfVmlinuxValueTypeId: u32,
  mapExtra: u64,
  memlock: v.exactOptional(digits),
  frozen: v.boolean(),
  ownerProgType: v.exactOptional(u32),
  ownerJited: v.exactOptional(v.boolean()),
  savedEntries: v.exactOptional(u32),
  savedValueSize: v.exactOptional(u32),
});

const btf: Schema<BtfRecord> = v.object({ id: u32, size: u32, name: text, kernel: v.boolean() });

const onDevice = { ifindex: u32, ifname: v.exactOptional(text) };

const detail: Schema<LinkDetail> = v.variant("kind", [
  v.object({ kind: v.literal("none") }),
  v.object({ kind: v.literal("raw_tracepoint"), tpName: text, cookie: u64 }),
  v.object({ kind: v.literal("tracing"), attachType: u32, targetObjId: u32, targetBtfId: u32, cookie: u64 }),
  v.object({ kind: v.literal("cgroup"), cgroupId: u64, attachType: u32 }),
  v.object({
    kind: v.literal("iter"),
    targetName: text,
    mapId: u32,
    cgroupId: u64,
    order: u32,
    tid: u32,
    pid: u32,
  }),
  v.object({ kind: v.literal("netns"), netnsIno: u32, attachType: u32 }),
  v.object({ kind: v.literal("xdp"), ...onDevice }),
  v.object({ kind: v.literal("struct_ops"), mapId: u32 }),
  v.object({ kind: v.literal("netfilter"), pf: u32, hook: u32, prio: i32, flags: u32 }),
  v.object({ kind: v.literal("tcx"), ...onDevice, attachType: u32 }),
  v.object({ kind: v.literal("netkit"), ...onDevice, attachType: u32 }),
  v.object({ kind: v.literal("sockmap"), mapId: u32, attachType: u32 }),
  v.object({
    kind: v.literal("uprobe_multi"),
    path: text,
    flags: u32,
    pid: u32,
    funcs: v.pipe(v.array(v.object({ offset: u64, refCtrOffset: u64, cookie: u64 })), v.maxLength(MAX_LIST)),
  }),
  v.object({
    kind: v.literal("perf_uprobe"),
    retprobe: v.boolean(),
    file: text,
    offset: u32,
    cookie: u64,
    refCtrOffset: u64,
  }),
  v.object({
    kind: v.literal("perf_kprobe"),
    retprobe: v.boolean(),
    func: text,
    addr: u64,
    offset: u32,
    missed: u64,
    cookie: u64,
  }),
  v.object({ kind: v.literal("perf_tracepoint"), tracepoint: text, cookie: u64 }),
  v.object({ kind: v.literal("perf_event"), type: u32, config: u64, cookie: u64 }),
]);

const link: Schema<LinkRecord> = v.object({ id: u32, type: u32, progId: u32, detail });
const perf: Schema<PerfRecord> = v.object({
  pid: u32,
  fd: u32,
  progId: u32,
  fdType: u32,
  name: text,
  offset: u64,
  addr: u64,
});
const pin: Schema<PinRecord> = v.object({ kind: v.picklist(["prog", "map", "link"]), id: u32, path: text });
const holder: Schema<HolderRecord> = v.object({ kind: objectKind, id: u32, pid: u32, comm: text });

const MAX_CPUS = 1 << 16;
const host: Schema<HostRecord> = v.object({
  bootTime: u64,
  release: text,
  machine: text,
  littleEndian: v.boolean(),
  possibleCpus: v.pipe(u32, v.minValue(1), v.maxValue(MAX_CPUS)),
});

export const manifestSchema: Schema<Manifest> = v.object({
  format: v.literal(FORMAT),
  version: v.pipe(u32, v.minValue(1)),
  taken: text,
  by: text,
  description: v.exactOptional(text),
  host,
  leftOut: v.array(text),
});

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

export const rowSchemas: { readonly [T in TableName]: Schema<Tables[T]> } = {
  progs: prog,
  maps: map,
  btfs: btf,
  links: link,
  perf,
  pins: pin,
  holders: holder,
};
