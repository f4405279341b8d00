/** All that a source knows, as plain data that can be compared. */
import { hexText } from "../../src/bytes/hex.ts";
import type { SymbolRequest } from "../../src/kallsyms/symbols.ts";
import type { MapRecord, ProgRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { InspectError } from "../../src/errors.ts";
import { entriesOf } from "./entries.ts";
import { valueOrInspectError } from "./outcome.ts";

/** Fields of the records; sources may keep more beside them. */
const PROG_FIELDS = [
  "id",
  "type",
  "tag",
  "name",
  "gplCompatible",
  "loadTime",
  "uid",
  "mapIds",
  "device",
  "orphaned",
  "xlatedLen",
  "jitedLen",
  "btfId",
  "nrFuncInfo",
  "runTimeNs",
  "runCnt",
  "recursionMisses",
  "verifiedInsns",
  "attachBtfObjId",
  "attachBtfId",
  "memlock",
] as const satisfies readonly (keyof ProgRecord)[];

const MAP_FIELDS = [
  "id",
  "type",
  "name",
  "flags",
  "keySize",
  "valueSize",
  "maxEntries",
  "device",
  "btfId",
  "btfKeyTypeId",
  "btfValueTypeId",
  "btfVmlinuxValueTypeId",
  "btfVmlinuxId",
  "mapExtra",
  "memlock",
  "frozen",
  "ownerProgType",
  "ownerJited",
] as const satisfies readonly (keyof MapRecord)[];

/** Fails to compile where a record has a field that is not compared. */
type Missing =
  | Exclude<keyof ProgRecord, (typeof PROG_FIELDS)[number] | "fullName" | "metadata" | "object">
  | Exclude<keyof MapRecord, (typeof MAP_FIELDS)[number]>;
const missing: [Missing] extends [never] ? true : Missing = true;
void missing;

function pick<T extends object>(record: T, fields: readonly (keyof T)[]): Record<string, unknown> {
  const entries = fields.filter((field) => field in record).map((field) => [field, plain(record[field])]);
  return Object.fromEntries(entries);
}

/** Bytes as hex, so that Buffer and Uint8Array are alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `hex:${hexText(value)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Old snapshots do not have the contents of all maps. */
function messageOr<T>(read: () => T): T | string {
  const value = valueOrInspectError(read);
  return value instanceof InspectError ? value.message : value;
}

export function contentsOf(source: ObjectSource, request: SymbolRequest): Record<string, unknown> {
  const registry = new Registry(source);
  const [progs, maps, btfs] = [[...source.progs()], [...source.maps()], [...source.btfs()]];
  const { callBase, names } = source.symbols(request);
  return {
    progs: progs.map((prog) => pick(prog, PROG_FIELDS)),
    names: progs.map((prog) => registry.progName(prog)),
    metadata: progs.map((prog) => plain(registry.metadata(prog))),
    code: progs.map((prog) => plain(source.code(prog))),
    images: progs.map((prog) => plain(source.image(prog))),
    maps: maps.map((map) => pick(map, MAP_FIELDS)),
    entries: maps.map((map) => plain(messageOr(() => entriesOf(source.contents(map), map)))),
    btfs: btfs.map(plain),
    blobs: btfs.filter(({ kernel }) => !kernel).map((btf) => plain(source.btfBytes(btf))),
    links: [...source.links()].map(plain),
    perf: [...source.perf()].map(plain),
    pins: source.pins().map(plain),
    pinned: source.pins().map(({ path }) => {
      const { kind, id } = source.pinned(path);
      return { kind, id };
    }),
    holders: source.holders().map(plain),
    callBase,
    symbols: [...names].sort(([a], [b]) => (a < b ? -1 : 1)),
    host: source.host(),
  };
}
