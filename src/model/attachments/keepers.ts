/** What keeps a program loaded, as far as it can be seen. */
import { MAP_TYPE } from "../../uapi/map-types.ts";
import type { HolderRecord, ProgRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import type { Attachment, Hook, PerfFd } from "./hooks.ts";

export type Keeper =
  /** It has a descriptor of the program. */
  | ({ readonly kind: "process" } & Process)
  | { readonly kind: "pin"; readonly path: string }
  /** A link on it, or one that a program has on a function of it, with what keeps the link itself. */
  | {
      readonly kind: "link";
      readonly linkId: number;
      readonly processes: readonly Process[];
      readonly pins: readonly string[];
    }
  /** It has a descriptor of a perf event with the program on it. */
  | ({ readonly kind: "perf" } & PerfFd)
  /** An entry of a map. */
  | { readonly kind: "map"; readonly mapId: number; readonly mapName: string; readonly mapType: number }
  /** What it is attached to, by itself. */
  | { readonly kind: "hook"; readonly hook: Hook };

export type Process = Pick<HolderRecord, "pid" | "comm">;

/** `attachments` are those of the program, `targetOf` the links that other programs have on its functions. */
export function keepersOf(
  registry: Registry,
  { id }: ProgRecord,
  attachments: readonly Attachment[],
  targetOf: readonly number[],
): Keeper[] {
  const linkIds = new Set([
    ...attachments.flatMap(({ linkId, hook }) => (linkId === undefined || isOfMap(hook) ? [] : [linkId])),
    ...targetOf,
  ]);
  return [
    ...processes(registry.holdersOf("prog", id)).map((process) => ({ kind: "process" as const, ...process })),
    ...registry
      .pins("prog")
      .of(id)
      .map((path) => ({ kind: "pin" as const, path })),
    ...[...linkIds].map((linkId) => ({
      kind: "link" as const,
      linkId,
      processes: processes(registry.holdersOf("link", linkId)),
      pins: registry.pins("link").of(linkId),
    })),
    ...distinct(attachments.flatMap(keepersWithoutLink)),
  ];
}

/**
 * Nobody is in charge of it: no process, pin or link, and no map that tail calls or the kernel go through. What it is attached to may
 * keep it nevertheless, as a device does with a program that was put there by netlink.
 */
export function isOrphan(keepers: readonly Keeper[]): boolean {
  return keepers.every(({ kind }) => kind === "hook");
}

/** Programs in maps are held by the map, even where that has a link. */
function isOfMap({ kind }: Hook): boolean {
  return kind === "map" || kind === "struct_ops";
}

function keepersWithoutLink({ hook, linkId, perfFds }: Attachment): Keeper[] {
  if (hook.kind === "map" || hook.kind === "struct_ops") {
    const { mapId, mapName } = hook;
    return [
      { kind: "map", mapId, mapName, mapType: hook.kind === "map" ? hook.mapType : MAP_TYPE.struct_ops },
    ];
  }
  if (linkId !== undefined) return [];
  return perfFds ? perfFds.map((perfFd) => ({ kind: "perf", ...perfFd })) : [{ kind: "hook", hook }];
}

/** One of each process, which may have several descriptors. */
function processes(holders: readonly HolderRecord[]): Process[] {
  return [...new Map(holders.map(({ pid, comm }) => [pid, { pid, comm }])).values()];
}

function distinct(keepers: readonly Keeper[]): Keeper[] {
  const key = (keeper: Keeper) =>
    keeper.kind === "map"
      ? `map ${keeper.mapId}`
      : keeper.kind === "perf"
        ? `${keeper.pid} ${keeper.fd}`
        : {};
  return [...new Map(keepers.map((keeper) => [key(keeper), keeper])).values()];
}
