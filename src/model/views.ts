/** Records with all that a listing shows beside them, gathered before anything is printed. */
import type {
  BtfRecord,
  HolderRecord,
  LinkRecord,
  MapRecord,
  MetadataRecord,
  PinRecord,
  ProgRecord,
} from "./records.ts";
import { GrowingTable } from "./growing-table.ts";
import type { Registry } from "./registry.ts";

export interface ViewOptions {
  /** Show pinned paths. */
  readonly pins: boolean;
}

/** Pins and holders of one object. */
export interface Attached {
  /** undefined: not to be shown; the source knows no pin of such an object at all. */
  readonly pins: readonly string[] | undefined;
  readonly holders: readonly HolderRecord[];
}

export interface ProgView extends Attached {
  readonly prog: ProgRecord;
  readonly name: string;
  /** Seconds since the epoch; undefined where the kernel does not tell. */
  readonly loadedAt: bigint | undefined;
  readonly metadata: readonly MetadataRecord[];
}

export interface MapView extends Attached {
  readonly map: MapRecord;
}

export interface LinkView extends Attached {
  readonly link: LinkRecord;
  /** Type of its program, for tracing links; undefined where the program cannot be read. */
  readonly progType: number | undefined;
}

/** A link that is an iterator. */
export interface IterView extends LinkView {
  /** undefined where its program cannot be read. */
  readonly progName: string | undefined;
}

export interface BtfView {
  readonly btf: BtfRecord;
  /** In the order in which bpftool prints them. */
  readonly progIds: readonly number[];
  readonly mapIds: readonly number[];
  readonly holders: readonly HolderRecord[];
}

const NS_PER_SECOND = 1_000_000_000n;

export function progView(registry: Registry, prog: ProgRecord, options: ViewOptions): ProgView {
  const { bootTime } = prog.loadTime === 0n ? { bootTime: 0n } : registry.source.host();
  return {
    prog,
    name: registry.progName(prog),
    loadedAt: prog.loadTime === 0n ? undefined : (bootTime + prog.loadTime) / NS_PER_SECOND,
    metadata: registry.metadata(prog),
    ...attached(registry, "prog", prog.id, options),
  };
}

export function mapView(registry: Registry, map: MapRecord, options: ViewOptions): MapView {
  return { map, ...attached(registry, "map", map.id, options) };
}

export function linkView(registry: Registry, link: LinkRecord, options: ViewOptions): LinkView {
  const progType = link.detail.kind === "tracing" ? registry.progIfThere(link.progId)?.type : undefined;
  return { link, progType, ...attached(registry, "link", link.id, options) };
}

export function iterView(registry: Registry, link: LinkRecord, options: ViewOptions): IterView {
  const prog = registry.progIfThere(link.progId);
  return { ...linkView(registry, link, options), progName: prog && registry.progName(prog) };
}

function attached(registry: Registry, kind: PinRecord["kind"], id: number, options: ViewOptions): Attached {
  return {
    pins: options.pins && registry.pins(kind).size > 0 ? registry.pins(kind).of(id) : undefined,
    holders: registry.holdersOf(kind, id),
  };
}

/** All BTF objects, or one, with their users. */
export function btfViews(registry: Registry, btfs: readonly BtfRecord[]): BtfView[] {
  const progIds = new GrowingTable<number>();
  for (const { id, btfId } of registry.progInfos()) if (btfId !== 0) progIds.add(btfId, id);
  const mapIds = new GrowingTable<number>();
  for (const { id, btfId } of registry.mapInfos()) if (btfId !== 0) mapIds.add(btfId, id);
  return btfs.map((btf) => ({
    btf,
    progIds: progIds.of(btf.id),
    mapIds: mapIds.of(btf.id),
    holders: registry.holdersOf("btf", btf.id),
  }));
}
