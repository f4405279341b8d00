/** Where objects come from: the seam between the registry and the live kernel, a snapshot, or a fake. */
import type { KernelSymbols, SymbolRequest } from "../kallsyms/symbols.ts";
import type { MapContents } from "./contents.ts";
import type {
  BtfRecord,
  HolderRecord,
  HostRecord,
  LinkRecord,
  MapInfo,
  MapRecord,
  PerfRecord,
  PinRecord,
  ProgCode,
  ProgImage,
  ProgRecord,
} from "./records.ts";

/**
 * Everything is synchronous and read when asked for. Walks go in ascending order of id and skip what vanishes
 * meanwhile. Failures are InspectErrors in bpftool's words; asking for an id that is not there is one.
 */
export interface ObjectSource {
  readonly kind: "live" | "snapshot";
  /** What `--from` was given, for messages. */
  readonly label: string;

  progs(): Iterable<ProgRecord>;
  prog(id: number): ProgRecord;
  maps(): Iterable<MapRecord>;
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
  /** Sorted by pid, then by descriptor. */
  holders(): readonly HolderRecord[];
  symbols(request: SymbolRequest): KernelSymbols;
  host(): HostRecord;
}
