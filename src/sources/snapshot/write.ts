/** Saves all that the commands show, from any source. */
import { hexText } from "../../bytes/hex.ts";
import { symbolRequest } from "../../code/calls.ts";
import { errnoOf, InspectError } from "../../errors.ts";
import { InsnArray } from "../../insn/insn.ts";
import type { KernelSymbols } from "../../kallsyms/symbols.ts";
import type { FeatureRecord } from "../../model/feature-records.ts";
import type { MapRecord, ProgRecord } from "../../model/records.ts";
import { mayBeCut, type Registry } from "../../model/registry.ts";
import type { ObjectSource } from "../../model/source.ts";
import type { StoredContents } from "../../model/stored-contents.ts";
import { leadsToProgs, storedValueSize } from "../../uapi/map-traits.ts";
import { type DocumentName, DOCUMENTS, documentFile, ifSaved } from "./documents.ts";
import { FEATURES, featuresJson } from "./features.ts";
import { VERSION as BPFLENS_VERSION } from "../../version.ts";
import {
  btfBlob,
  FORMAT,
  MANIFEST,
  type Manifest,
  mapBlob,
  progBlob,
  SYMBOLS,
  type StoredMap,
  type StoredProg,
  TABLES,
  type TableName,
  VERSION,
} from "./format.ts";

/** Takes the files one by one. */
export interface SnapshotSink {
  put(name: string, bytes: Uint8Array): void;
}

export interface SaveOptions {
  /** When the snapshot is taken. */
  readonly now: Date;
  readonly description?: string;
  /** Entries and bytes of each map beyond which its data is cut; 0 entries: no data at all. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Save the BTF of the kernel and its modules, too: several megabytes. */
  readonly kernelBtf: boolean;
  /** What the kernel can do: probed before, since saving itself only looks. */
  readonly features?: FeatureRecord;
}

/** Counts of what was saved, by table, and what was not. */
export interface SaveReport {
  readonly counts: Readonly<Record<TableName, number>>;
  readonly leftOut: readonly string[];
}

export function saveSnapshot(registry: Registry, sink: SnapshotSink, options: SaveOptions): SaveReport {
  const { source } = registry;
  const leftOut: string[] = [];
  const attempt = <T>(what: string, save: () => T): T | undefined => {
    try {
      return save();
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      leftOut.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  // Holders first: what comes after opens descriptors of its own.
  const holders = [...source.holders()];
  const perf = attempt("perf", () => [...source.perf()]) ?? [];
  const wanted = new SymbolWish();
  const progs = [...source.progs()].map((prog) => saveProg(registry, sink, prog, wanted, attempt));
  const maps = [...source.maps()].map((map) => saveMap(registry, sink, map, options, leftOut, attempt));
  const btfs = [...source.btfs()];
  for (const btf of btfs) {
    if (btf.kernel && !options.kernelBtf)
      leftOut.push(`btf ${btf.id} (${btf.name}): the BTF of the kernel was not asked for`);
    else attempt(`btf ${btf.id}`, () => sink.put(btfBlob(btf.id), source.btfBytes(btf)));
  }
  const tables: Record<TableName, readonly unknown[]> = {
    progs,
    maps,
    btfs,
    links: [...source.links()],
    perf,
    pins: [...source.pins()],
    holders,
  };
  for (const [table, file] of Object.entries(TABLES))
    sink.put(file, utf8(tableJson(tables[table as TableName])));
  for (const name of Object.keys(DOCUMENTS) as DocumentName[]) {
    const document = attempt(name, () => ifSaved(() => DOCUMENTS[name].read(source)));
    if (document !== undefined)
      sink.put(documentFile(name), utf8(`${JSON.stringify(document, toJson, 2)}\n`));
  }
  if (options.features) sink.put(FEATURES, utf8(featuresJson(options.features)));
  if (wanted.size > 0) sink.put(SYMBOLS, utf8(kallsymsText(source.symbols(wanted))));
  const manifest: Manifest = {
    format: FORMAT,
    version: VERSION,
    taken: options.now.toISOString(),
    by: `bpflens ${BPFLENS_VERSION}`,
    ...(options.description !== undefined && { description: options.description }),
    host: source.host(),
    leftOut,
  };
  sink.put(MANIFEST, utf8(`${JSON.stringify(manifest, toJson, 2)}\n`));
  const counts = Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.length]));
  return { counts: counts as Record<TableName, number>, leftOut };
}

type Attempt = <T>(what: string, save: () => T) => T | undefined;

function saveProg(
  registry: Registry,
  sink: SnapshotSink,
  prog: ProgRecord,
  wanted: SymbolWish,
  attempt: Attempt,
): StoredProg {
  const { source } = registry;
  const code = attempt(`prog ${prog.id} code`, () => source.code(prog));
  const image = attempt(`prog ${prog.id} image`, () => source.image(prog));
  const put = (blob: Parameters<typeof progBlob>[1], bytes: Uint8Array | undefined) => {
    if (bytes && bytes.length > 0) sink.put(progBlob(prog.id, blob), bytes);
  };
  put("xlated", code?.xlated);
  put("func_info", code?.funcInfo);
  put("line_info", code?.lineInfo);
  put("jited", image?.jited);
  put("jited_line_info", image?.jitedLineInfo);
  const name = registry.progName(prog);
  if (code) wanted.add(new InsnArray(code.xlated, source.host().littleEndian), code.jitedKsyms);
  return {
    ...prog,
    ...(mayBeCut(prog) && { fullName: name }),
    metadata: registry.metadata(prog),
    funcInfoRecSize: code?.funcInfoRecSize ?? 0,
    nrLineInfo: countOf(code?.lineInfo, code?.lineInfoRecSize),
    lineInfoRecSize: code?.lineInfoRecSize ?? 0,
    jitedKsyms: code?.jitedKsyms ?? [],
    jitedFuncLens: code?.jitedFuncLens ?? [],
    nrJitedLineInfo: countOf(image?.jitedLineInfo, image?.jitedLineInfoRecSize),
    jitedLineInfoRecSize: image?.jitedLineInfoRecSize ?? 0,
  };
}

function countOf(records: Uint8Array = new Uint8Array(), recordSize = 0): number {
  return recordSize === 0 ? 0 : records.length / recordSize;
}

/** Of maps that lead to programs: without them, there are no tail calls and no targets of jumps. */
const ALWAYS_SAVED = { maxEntries: 1 << 16, maxBytes: 1 << 24 };

function saveMap(
  registry: Registry,
  sink: SnapshotSink,
  source: MapRecord,
  options: SaveOptions,
  leftOut: string[],
  attempt: Attempt,
): StoredMap {
  const map = withoutContents(source);
  const what = `map ${map.id} contents`;
  const { maxEntries, maxBytes } = leadsToProgs(map.type) ? ALWAYS_SAVED : options;
  if (maxEntries === 0) return map;
  const entrySize = map.keySize + storedValueSize(map, registry.source.host().possibleCpus);
  const limit = Math.min(maxEntries, Math.ceil(maxBytes / Math.max(1, entrySize)));
  const saved = attempt(what, () => readContents(registry.source, map, limit));
  if (!saved) return map;
  const { count, valueSize, errno, cut, errors } = saved;
  if (cut) leftOut.push(`${what}: cut after ${count} entries`);
  const put = (blob: Parameters<typeof mapBlob>[1], bytes: Uint8Array) => {
    if (bytes.length > 0) sink.put(mapBlob(map.id, blob), bytes);
  };
  put("keys", saved.keys);
  put("values", saved.values);
  if (errors && errors.size > 0) put("errors", encodeErrors(count, errors));
  return {
    ...map,
    savedEntries: count,
    savedValueSize: valueSize,
    ...(errno !== undefined && { savedErrno: errno }),
    ...(cut && { savedCut: true }),
  };
}

/** A record of another snapshot tells what was saved there. */
function withoutContents(map: StoredMap): MapRecord {
  const { savedEntries, savedValueSize, savedErrno, savedCut, ...record } = map;
  return record;
}

/** The first `limit` entries; the next value in turn of a map without keys. */
function readContents(
  source: ObjectSource,
  map: MapRecord,
  limit: number,
): Omit<StoredContents, "littleEndian"> {
  const { batches, end } = source.contents(map);
  const keys: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  const errors = new Map<number, number>();
  let valueSize = map.valueSize;
  let count = 0;
  let cut = end.cut ?? false;
  for (const batch of batches) {
    const taken = Math.min(batch.count, limit - count);
    valueSize = batch.valueSize;
    keys.push(batch.keys.slice(0, taken * map.keySize));
    values.push(batch.values.slice(0, taken * valueSize));
    for (const [at, errno] of batch.errors ?? []) if (at < taken) errors.set(count + at, errno);
    count += taken;
    cut ||= taken < batch.count;
    if (cut) break;
  }
  if (map.keySize === 0) {
    const value = peek(source, map);
    if (value) [values[0], valueSize, count] = [value, value.length, 1];
  }
  const { errno } = end;
  return {
    count,
    keys: Buffer.concat(keys),
    values: Buffer.concat(values),
    valueSize,
    errors,
    cut,
    ...(errno !== undefined && { errno }),
  };
}

function peek(source: ObjectSource, map: MapRecord): Uint8Array | undefined {
  try {
    return source.lookup(map, new Uint8Array());
  } catch (error) {
    if (errnoOf(error) !== undefined) return undefined; // it is empty, or gives nothing away
    throw error;
  }
}

function encodeErrors(count: number, errors: ReadonlyMap<number, number>): Uint8Array {
  const bytes = Buffer.alloc(count * 2);
  for (const [at, errno] of errors) bytes.writeUInt16LE(errno, at * 2);
  return bytes;
}

/** The symbols that the listings of all programs will ask for. */
class SymbolWish {
  readonly #addresses = new Set<bigint>();
  readonly #offsets = new Set<number>();

  get addresses(): bigint[] {
    return [...this.#addresses];
  }

  get offsets(): number[] {
    return [...this.#offsets];
  }

  get size(): number {
    return this.#addresses.size + this.#offsets.size;
  }

  add(insns: InsnArray, jitedKsyms: readonly bigint[]): void {
    for (const address of jitedKsyms) this.#addresses.add(address);
    for (const offset of symbolRequest(insns, jitedKsyms).offsets) this.#offsets.add(offset);
  }
}

/** Lines of /proc/kallsyms, by address. The type letter is not kept; all of them are functions. */
function kallsymsText({ callBase, names }: KernelSymbols): string {
  const all = new Map(names);
  if (callBase !== 0n) all.set(callBase, "__bpf_call_base");
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, name]) => `${address.toString(16).padStart(16, "0")} t ${name}\n`)
    .join("");
}

/** One record on a line: readable in a diff. */
function tableJson(rows: readonly unknown[]): string {
  if (rows.length === 0) return "[]\n";
  return `[\n${rows.map((row) => JSON.stringify(row, toJson)).join(",\n")}\n]\n`;
}

/** A JSON replacer. Looks at the holder's own value: a Buffer has turned into something else by the time it is passed. */
function toJson(this: unknown, key: string, value: unknown): unknown {
  const own = (this as Record<string, unknown>)[key];
  if (typeof own === "bigint") return own.toString();
  return own instanceof Uint8Array ? hexText(own) : value;
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
