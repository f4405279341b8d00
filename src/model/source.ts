/** Where objects come from: the seam between the registry and the live kernel, a snapshot, or a fake. */
import type { KernelPlaces, PlaceRequest } from "../kallsyms/places.ts";
import type { KernelSymbols, SymbolRequest } from "../kallsyms/symbols.ts";
import type { CgroupSource } from "./cgroup-records.ts";
import type { MapContents } from "./contents.ts";
import type { FeatureRecord, FeatureRequest } from "./feature-records.ts";
import type { NetRequest, NetworkRecord } from "./net-records.ts";
import type {
  BtfRecord,
  CodeKind,
  HolderRecord,
  HostRecord,
  LinkRecord,
  MapInfo,
  MapProgRecord,
  MapRecord,
  ObjectKind,
  PerfRecord,
  PinRecord,
  ProgCode,
  ProgImage,
  ProgRecord,
  TokenRecord,
} from "./records.ts";

/**
 * Everything is synchronous and read when asked for. Walks go in ascending order of id and skip what vanishes
 * meanwhile. Failures are InspectErrors in bpftool's words; asking for an id that is not there is one.
 */
export interface ObjectSource {
  readonly kind: "live" | "snapshot" | "object";
  /** What `--from` was given, for messages. */
  readonly label: string;

  progs(): Iterable<ProgRecord>;
  /** Cheaper: what fdinfo tells, memlock, is left out. */
  progInfos(): Iterable<ProgRecord>;
  prog(id: number): ProgRecord;
  maps(): Iterable<MapRecord>;
  /** Cheaper: no fdinfo is read. */
  mapInfos(): Iterable<MapInfo>;
  map(id: number): MapRecord;
  /** Cheaper than map(): no fdinfo is read. */
  mapInfo(id: number): MapInfo;
  btfs(): Iterable<BtfRecord>;
  btf(id: number): BtfRecord;
  links(): Iterable<LinkRecord>;
  link(id: number): LinkRecord;
  perf(): Iterable<PerfRecord>;

  /** Empty where the kernel hides the instructions. */
  code(prog: ProgRecord): ProgCode;
  /** undefined where the source does not have the image. */
  image(prog: ProgRecord): ProgImage | undefined;
  /** Why `code` or `image` has nothing of a program, as far as the source can tell. */
  whyHidden?(prog: ProgRecord, kind: CodeKind): string | undefined;
  btfBytes(btf: BtfRecord): Uint8Array;
  /** The entries of a map. Reading starts with the first batch, which may throw. */
  contents(map: MapInfo): MapContents;
  /** The value of a key; of a map without keys the next in turn. The data of the error has the errno. */
  lookup(map: MapInfo, key: Uint8Array): Uint8Array;
  /** The key behind `key`, or the first; the error's errno is ENOENT behind the last. */
  nextKey(map: MapInfo, key: Uint8Array | undefined): Uint8Array;

  /** Pinned objects in the order in which the BPF file systems were walked. */
  pins(): readonly PinRecord[];
  /** The object pinned at `path`. */
  pinned(path: string): { readonly kind: PinRecord["kind"]; readonly id: number };
  /** Those of all objects, or of one kind; sorted by pid, then by descriptor. */
  holders(kind?: ObjectKind): readonly HolderRecord[];
  /** BPF file systems that hand out tokens. */
  tokens(): readonly TokenRecord[];
  /** What is attached to network devices, namespaces and netfilter; the own namespace first. */
  network?(request: NetRequest): NetworkRecord;
  /** The programs on a map of sockets; none on others. */
  mapProgs?(map: MapInfo): readonly MapProgRecord[];
  /** Cgroups with the programs on them. */
  cgroups?(): CgroupSource;
  symbols(request: SymbolRequest): KernelSymbols;
  /** Where symbols are and what is where; only of a kernel whose whole symbol table is at hand. */
  kernelPlaces?(request: PlaceRequest): KernelPlaces;
  /** What programs print, line by line (byte text), as it comes; only of a running kernel. */
  traceLines?(stop: AbortSignal): AsyncIterable<string>;
  /**
   * What is in a stream of a program (PROG_STREAM), in pieces that are good until the next is asked for. The kernel hands
   * out each byte once; only of a running kernel.
   */
  progStream?(prog: ProgRecord, stream: number): Iterable<Uint8Array>;
  /** What the iterator of a link prints, in such pieces; only of a running kernel. */
  iterate?(link: LinkRecord): Iterable<Uint8Array>;
  /** What of the source could not be used, as far as it was read: sentences, byte text. */
  warnings?(): readonly string[];
  host(): HostRecord;
  /** What the kernel can do, where the source can tell. The only answer that takes more code than all others together: it is loaded then. */
  features?(request: FeatureRequest): Promise<FeatureRecord>;
}
