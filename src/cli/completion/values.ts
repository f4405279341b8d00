/** What may stand for a value of the grammar: objects that are there, names, files. */
import { readdirSync } from "node:fs";
import { hexText } from "../../bytes/hex.ts";
import { fromByteText, toByteText } from "../../bytes/text.ts";
import type { MapInfo, PinRecord, ProgRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { isStructOps } from "../../model/struct-ops.ts";
import { LINK_TYPES } from "../../uapi/link-types.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { COMMANDS, isAbsent } from "../commands.ts";
import type { Value } from "./grammar.ts";

/** Byte text. */
export interface Candidate {
  readonly word: string;
  /** What it is, for shells that show it. */
  readonly about?: string;
}

/** Files and folders are for the shell to complete. */
export type Found = Iterable<Candidate> | "files" | "folders";

/** `typed` is what there is of the value. */
export type Finder = (registry: Registry, typed: string) => Found;

const OBJECTS = COMMANDS.filter((entry) => !isAbsent(entry)).map(({ word }) => ({ word }));

/** By scope or keyword before, and name; by name alone. */
const VALUES: Readonly<Record<string, Finder | Found>> = {
  "PROG ID": progs(({ id }) => String(id)),
  "PROG TAG": progs(({ tag }) => hexText(tag)),
  "PROG NAME": (registry) => registry.progInfos().map((prog) => named(registry.progName(prog), prog.id)),
  "PROG PATH": pins("prog"),
  "MAP ID": (registry) => registry.mapInfos().map(mapId),
  "MAP NAME": (registry) => registry.mapInfos().map(({ name, id }) => named(name, id)),
  "MAP PATH": pins("map"),
  "LINK ID": (registry) =>
    registry.links().map(({ id, type }) => ({ word: String(id), about: LINK_TYPES[type] ?? "" })),
  "LINK PATH": pins("link"),
  "STRUCT_OPS_MAP ID": (registry) => structOps(registry).map(mapId),
  "STRUCT_OPS_MAP NAME": (registry) => structOps(registry).map(({ name, id }) => named(name, id)),
  "BTF_SRC ID": btfs,
  BTF_ID: btfs,
  "dev NAME": devices,
  PATH: cgroups,
  ROOT: cgroups,
  OBJECT: OBJECTS,
  FILE: "files",
  "FILE.zip": "files",
  "FILE.o": "files",
  FOLDER: "folders",
};

/** Nothing for values that only people know. */
export function valuesOf({ name, scope, after }: Value): Finder | Found {
  return VALUES[`${scope} ${name}`] ?? VALUES[`${after} ${name}`] ?? VALUES[name] ?? [];
}

function progs(wordOf: (prog: ProgRecord) => string): Finder {
  return (registry) =>
    registry.progInfos().map((prog) => ({ word: wordOf(prog), about: registry.progName(prog) }));
}

function named(word: string, id: number): Candidate {
  return { word, about: `id ${id}` };
}

function mapId({ id, type, name }: MapInfo): Candidate {
  return { word: String(id), about: [MAP_TYPES[type] ?? "", name].filter(Boolean).join(" ") };
}

function structOps(registry: Registry): MapInfo[] {
  return registry.mapInfos().filter(isStructOps);
}

function pins(kind: PinRecord["kind"]): Finder {
  return ({ source }) =>
    source
      .pins()
      .filter((pin) => pin.kind === kind)
      .map(({ path, id }) => ({ word: path, about: `${kind} ${id}` }));
}

function btfs({ source }: Registry): Candidate[] {
  return [...source.btfs()].map(({ id, name }) => ({ word: String(id), about: name }));
}

function devices({ source }: Registry): Candidate[] {
  if (source.kind === "live") return foldersIn("/sys/class/net").map((word) => ({ word }));
  const nets = source.network?.({ everyNetns: false }).nets ?? [];
  return nets.flatMap((net) => net.devices.map(({ ifname }) => ({ word: ifname })));
}

/** The hierarchy may be large: of the running machine one level at a time is shown. */
function cgroups({ source }: Registry, typed: string): Candidate[] {
  const found = source.cgroups?.();
  const mount = found?.mount();
  if (!found || mount === undefined) return [];
  if (source.kind !== "live") return [...found.walk(mount, false)].map(({ path }) => ({ word: path }));
  if (!typed.startsWith(`${mount}/`)) return [{ word: `${mount}/` }];
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  return foldersIn(folder).map((name) => ({ word: `${folder}${name}/` }));
}

/** Folders, and links, which may be to folders; names are byte text. */
function foldersIn(path: string): string[] {
  try {
    return readdirSync(fromByteText(path), { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map(({ name }) => toByteText(name));
  } catch {
    return [];
  }
}
