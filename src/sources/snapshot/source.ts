/**
 * A snapshot as a source of objects. Untrusted: every record is validated, every blob must have the size that its
 * record tells. Lazy: a table is read when it is asked for, a blob when its object is.
 */
import { ByteReader } from "../../bytes/reader.ts";
import { toByteText } from "../../bytes/text.ts";
import { InspectError, snapshotError, syscallError } from "../../errors.ts";
import { resolveSymbols } from "../../kallsyms/kallsyms.ts";
import { NO_SYMBOLS, type SymbolRequest } from "../../kallsyms/symbols.ts";
import { lookupError } from "../../model/lookup-errors.ts";
import type {
  BtfRecord,
  CodeKind,
  MapInfo,
  ObjectKind,
  ProgCode,
  ProgImage,
  ProgRecord,
} from "../../model/records.ts";
import type { MapContents } from "../../model/contents.ts";
import type { FeatureRecord, FeatureRequest } from "../../model/feature-records.ts";
import type { NetRequest } from "../../model/net-records.ts";
import { netfilterOf, requested } from "../../model/net-views.ts";
import type { ObjectSource } from "../../model/source.ts";
import {
  type StoredContents,
  storedContents,
  storedLookup,
  storedNextKey,
} from "../../model/stored-contents.ts";
import { ENOENT } from "../../uapi/errno.ts";
import { array, check, type Shape } from "../../json/shape.ts";
import { snapshotCgroups } from "./cgroups.ts";
import { type DocumentName, type Documents, DOCUMENTS, documentFile, missingDocument } from "./documents.ts";
import type { SnapshotFiles } from "./files.ts";
import {
  btfBlob,
  MANIFEST,
  type Manifest,
  mapBlob,
  manifestShape,
  progBlob,
  rowShapes,
  SYMBOLS,
  type StoredMap,
  type StoredProg,
  TABLES,
  type TableName,
  type Tables,
  VERSION,
  versionShape,
} from "./format.ts";

export interface SnapshotSource extends ObjectSource {
  readonly manifest: Manifest;
  /** How many records a table has. */
  count(table: TableName): number;
}

/** Reads the manifest; throws a snapshot error where this is no snapshot, or a newer one. */
export function snapshotSource(files: SnapshotFiles, label: string): SnapshotSource {
  return new Snapshot(files, label);
}

/** No kernel has that many objects of a kind. */
const MAX_ROWS = 1 << 22;

class Snapshot implements SnapshotSource {
  readonly kind = "snapshot";
  readonly label: string;
  readonly manifest: Manifest;
  readonly #files: SnapshotFiles;
  readonly #tables = new Map<TableName, readonly unknown[]>();
  readonly #documents = new Map<DocumentName, Documents[DocumentName]>();
  readonly #byId = new Map<TableName, ReadonlyMap<number, unknown>>();

  constructor(files: SnapshotFiles, label: string) {
    this.label = label;
    this.#files = files;
    const json = this.#json(MANIFEST);
    const { version } = this.#check(versionShape, json, MANIFEST);
    if (version > VERSION) {
      const reads = `this bpflens reads up to version ${VERSION}`;
      throw snapshotError(label, `${MANIFEST}: version ${version} is newer: ${reads}`);
    }
    this.manifest = this.#check(manifestShape, json, MANIFEST);
  }

  progs = () => this.#table("progs");
  progInfos = this.progs;
  maps = () => this.#table("maps");
  mapInfos = this.maps;
  btfs = () => this.#table("btfs");
  links = () => this.#table("links");
  perf = () => this.#table("perf");
  pins = () => this.#table("pins");
  holders = (kind?: ObjectKind) =>
    this.#table("holders").filter((holder) => kind === undefined || holder.kind === kind);
  host = () => this.manifest.host;

  prog(id: number): StoredProg {
    return this.#find("progs", id) ?? fail(lookupError("prog", id));
  }

  map(id: number): StoredMap {
    return this.#find("maps", id) ?? fail(lookupError("map", id));
  }

  mapInfo(id: number): StoredMap {
    return this.map(id);
  }

  btf(id: number): BtfRecord {
    return this.#find("btfs", id) ?? fail(lookupError("btf", id));
  }

  link(id: number) {
    return this.#find("links", id) ?? fail(lookupError("link", id));
  }

  count(table: TableName): number {
    return this.#table(table).length;
  }

  code({ id }: ProgRecord): ProgCode {
    const prog = this.prog(id);
    const { funcInfoRecSize, lineInfoRecSize, jitedKsyms, jitedFuncLens } = prog;
    return {
      xlated: this.#blob(progBlob(id, "xlated"), prog.xlatedLen) ?? new Uint8Array(),
      funcInfo: this.#blob(progBlob(id, "func_info"), prog.nrFuncInfo * funcInfoRecSize) ?? new Uint8Array(),
      funcInfoRecSize,
      lineInfo: this.#blob(progBlob(id, "line_info"), prog.nrLineInfo * lineInfoRecSize) ?? new Uint8Array(),
      lineInfoRecSize,
      jitedKsyms,
      jitedFuncLens,
    };
  }

  image({ id }: ProgRecord): ProgImage | undefined {
    const { jitedLen, jitedLineInfoRecSize, nrJitedLineInfo } = this.prog(id);
    const jited = this.#blob(progBlob(id, "jited"), jitedLen);
    if (!jited) return undefined;
    const lines = this.#blob(progBlob(id, "jited_line_info"), nrJitedLineInfo * jitedLineInfoRecSize);
    return { jited, jitedLineInfo: lines ?? new Uint8Array(), jitedLineInfoRecSize };
  }

  whyHidden({ id }: ProgRecord, kind: CodeKind): string {
    return `the snapshot does not have the ${kind} instructions of program ${id}: they were not captured`;
  }

  btfBytes({ id, size }: BtfRecord): Uint8Array {
    const bytes = this.#blob(btfBlob(id), size);
    if (!bytes) throw snapshotError(this.label, `${btfBlob(id)} was not saved`);
    return bytes;
  }

  contents({ id }: MapInfo): MapContents {
    return storedContents(this.#contents(this.map(id)));
  }

  lookup(map: MapInfo, key: Uint8Array): Uint8Array {
    return storedLookup(map, this.#contents(this.map(map.id)), key);
  }

  nextKey(map: MapInfo, key: Uint8Array | undefined): Uint8Array {
    return storedNextKey(map, this.#contents(this.map(map.id)), key);
  }

  #contents(map: StoredMap): StoredContents {
    const { id, keySize, savedEntries: count, savedValueSize: valueSize = 0, savedErrno, savedCut } = map;
    if (keySize === 0 && (count ?? 0) > 1)
      throw snapshotError(this.label, `map ${id} has no keys, but ${count} entries`);
    if (count === undefined) throw snapshotError(this.label, `the contents of map ${id} were not saved`);
    if (count > 0 && valueSize < map.valueSize)
      throw snapshotError(
        this.label,
        `map ${id} has values of ${map.valueSize} bytes, ${valueSize} were saved`,
      );
    const blob = (name: Parameters<typeof mapBlob>[1], size: number) =>
      this.#blob(mapBlob(id, name), count * size);
    return {
      count,
      keys: blob("keys", keySize) ?? this.#noBlob(mapBlob(id, "keys"), count * keySize),
      values: blob("values", valueSize) ?? this.#noBlob(mapBlob(id, "values"), count * valueSize),
      valueSize,
      errors: decodeErrors(blob("errors", 2)),
      littleEndian: this.manifest.host.littleEndian,
      ...(savedErrno !== undefined && { errno: savedErrno }),
      ...(savedCut && { cut: true }),
    };
  }

  /** A blob without bytes need not be there. */
  #noBlob(name: string, size: number): Uint8Array {
    if (size > 0) throw snapshotError(this.label, `there is no ${name}`);
    return new Uint8Array();
  }

  network(request: NetRequest) {
    const nets = this.#document("nets")
      .filter(({ netns }) => request.everyNetns || netns.own)
      .map((net) => requested(net, request));
    return { nets, netfilter: netfilterOf(this.links()), problems: [] };
  }

  mapProgs({ id }: MapInfo) {
    return this.#document("mapProgs").filter(({ mapId }) => mapId === id);
  }

  cgroups() {
    return snapshotCgroups(this.#document("cgroups"));
  }

  tokens() {
    return this.#document("tokens");
  }

  async features(request: FeatureRequest): Promise<FeatureRecord> {
    const { FEATURES, featuresShape, recordedFeatures } = await import("./features.ts");
    const saved = this.#files.size(FEATURES) !== undefined;
    const record = saved ? this.#check(featuresShape, this.#json(FEATURES), FEATURES) : undefined;
    return recordedFeatures(record, request);
  }

  pinned(path: string) {
    return (
      this.pins().find((pin) => pin.path === path) ?? fail(syscallError(`bpf obj get (${path})`, ENOENT))
    );
  }

  symbols(request: SymbolRequest) {
    if (this.#files.size(SYMBOLS) === undefined) return NO_SYMBOLS;
    const pieces = [this.#files.read(SYMBOLS)];
    return resolveSymbols(request, () => pieces.pop());
  }

  #find<T extends TableName>(table: T, id: number): Tables[T] | undefined {
    let index = this.#byId.get(table);
    if (!index) {
      const rows = this.#table(table) as readonly { readonly id: number }[];
      index = new Map(rows.map((row) => [row.id, row]));
      this.#byId.set(table, index);
    }
    return index.get(id) as Tables[T] | undefined;
  }

  #table<T extends TableName>(table: T): readonly Tables[T][] {
    let rows = this.#tables.get(table) as readonly Tables[T][] | undefined;
    if (!rows) {
      const file = TABLES[table];
      const shape = rowShapes[table] as Shape<Tables[T]>;
      rows = this.#check(array(shape, MAX_ROWS), this.#json(file), file);
      this.#checkOrder(rows, file);
      this.#tables.set(table, rows);
    }
    return rows;
  }

  #document<Name extends DocumentName>(name: Name): Documents[Name] {
    const known = this.#documents.get(name) as Documents[Name] | undefined;
    if (known) return known;
    const file = documentFile(name);
    if (this.#files.size(file) === undefined) throw missingDocument(this.label, name);
    const document = this.#check(DOCUMENTS[name].shape, this.#json(file), file);
    this.#documents.set(name, document);
    return document;
  }

  /** Walks go by ascending ids, and no two objects of a kind share one. */
  #checkOrder(rows: readonly unknown[], file: string): void {
    let previous = -1;
    for (const [i, row] of rows.entries()) {
      const { id, kind } = row as { readonly id?: number; readonly kind?: unknown };
      if (id === undefined || kind !== undefined) return; // not a table of objects
      if (id <= previous)
        throw snapshotError(this.label, `${file}: [${i}].id: expected more than ${previous}`);
      previous = id;
    }
  }

  #json(file: string): unknown {
    if (this.#files.size(file) === undefined) throw snapshotError(this.label, `there is no ${file}`);
    const text = Buffer.from(this.#files.read(file)).toString("utf8");
    try {
      return JSON.parse(text);
    } catch (error) {
      throw snapshotError(
        this.label,
        `${file}: ${toByteText(String(error instanceof Error ? error.message : error))}`,
        error,
      );
    }
  }

  #check<T>(shape: Shape<T>, value: unknown, file: string): T {
    try {
      return check(shape, value);
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      throw snapshotError(this.label, `${file}: ${error.message}`, error);
    }
  }

  /** undefined where the file was not saved; an error where it does not have `size` bytes. */
  #blob(name: string, size: number): Uint8Array | undefined {
    const found = this.#files.size(name);
    if (found === undefined) return undefined;
    if (found !== size) {
      throw snapshotError(this.label, `${name} has ${found} bytes, its record tells ${size}`);
    }
    return this.#files.read(name);
  }
}

function decodeErrors(bytes: Uint8Array = new Uint8Array()): ReadonlyMap<number, number> {
  const reader = new ByteReader(bytes, { what: "errors" });
  const errors = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += 2) {
    const errno = reader.u16(at);
    if (errno !== 0) errors.set(at / 2, errno);
  }
  return errors;
}

function fail(error: InspectError): never {
  throw error;
}
