/**
 * What a snapshot has beside the tables of objects: JSON documents, each with its own shape. A snapshot that was taken
 * before there was one of them does not have it.
 */
import { InspectError } from "../../errors.ts";
import { array, object, type Shape } from "../../json/shape.ts";
import type { NetRecord } from "../../model/net-records.ts";
import type { MapProgRecord, TokenRecord } from "../../model/records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { cgroupsShape, type SavedCgroups, savedCgroups } from "./cgroups.ts";
import { netsShape, savedNets } from "./net.ts";
import { byteText, u32 } from "./scalars.ts";

export interface Documents {
  readonly tokens: readonly TokenRecord[];
  readonly nets: readonly NetRecord[];
  readonly cgroups: SavedCgroups;
  readonly mapProgs: readonly SavedMapProg[];
}

/** A program on a map of sockets. */
type SavedMapProg = MapProgRecord & { readonly mapId: number };

export type DocumentName = keyof Documents;

const FILES: Readonly<Record<DocumentName, string>> = {
  tokens: "tokens.json",
  nets: "nets.json",
  cgroups: "cgroups.json",
  mapProgs: "map-progs.json",
};

export function documentFile(name: DocumentName): string {
  return FILES[name];
}

/** Of a snapshot that does not have a document; `data.missing` is its file. */
export function missingDocument(label: string, name: DocumentName): InspectError {
  const missing = documentFile(name);
  const message = `Cannot read snapshot '${label}': there is no ${missing}: an older bpflens has taken it`;
  return new InspectError("snapshot", message, { data: { missing } });
}

/** What `read` gives; undefined where the snapshot that it reads from does not have the document. */
export function ifSaved<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InspectError && error.data.missing !== undefined) return undefined;
    throw error;
  }
}

const MAX_LIST = 1 << 16;
const names = array(byteText, MAX_LIST);

const token: Shape<TokenRecord> = object({
  path: byteText,
  cmds: names,
  maps: names,
  progs: names,
  attachs: names,
});

const mapProg: Shape<SavedMapProg> = object({ mapId: u32, attachType: u32, progId: u32 });

function savedMapProgs(source: ObjectSource): SavedMapProg[] | undefined {
  if (!source.mapProgs) return undefined;
  return [...source.mapInfos()].flatMap(
    (map) => source.mapProgs?.(map).map((prog) => ({ mapId: map.id, ...prog })) ?? [],
  );
}

interface Document<T> {
  readonly shape: Shape<T>;
  /** What is saved of another source; undefined where it has nothing of the kind. */
  read(source: ObjectSource): T | undefined;
}

export const DOCUMENTS: { readonly [Name in DocumentName]: Document<Documents[Name]> } = {
  cgroups: { shape: cgroupsShape, read: savedCgroups },
  mapProgs: { shape: array(mapProg, MAX_LIST), read: savedMapProgs },
  nets: { shape: netsShape, read: savedNets },
  tokens: { shape: array(token, MAX_LIST), read: (source) => [...source.tokens()] },
};
