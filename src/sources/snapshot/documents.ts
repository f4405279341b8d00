/**
 * What a snapshot has beside the tables of objects: JSON documents, each with its own shape. A snapshot that was taken
 * before there was one of them does not have it.
 */
import { InspectError } from "../../errors.ts";
import { array, object, type Shape } from "../../json/shape.ts";
import type { NetRecord } from "../../model/net-records.ts";
import type { TokenRecord } from "../../model/records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { cgroupsShape, type SavedCgroups, savedCgroups } from "./cgroups.ts";
import { netsShape, savedNets } from "./net.ts";
import { byteText } from "./scalars.ts";

export interface Documents {
  readonly tokens: readonly TokenRecord[];
  readonly nets: readonly NetRecord[];
  readonly cgroups: SavedCgroups;
}

export type DocumentName = keyof Documents;

export function documentFile(name: DocumentName): string {
  return `${name}.json`;
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

interface Document<T> {
  readonly shape: Shape<T>;
  /** What is saved of another source; undefined where it has nothing of the kind. */
  read(source: ObjectSource): T | undefined;
}

export const DOCUMENTS: { readonly [Name in DocumentName]: Document<Documents[Name]> } = {
  cgroups: { shape: cgroupsShape, read: savedCgroups },
  nets: { shape: netsShape, read: savedNets },
  tokens: { shape: array(token, MAX_LIST), read: (source) => [...source.tokens()] },
};
