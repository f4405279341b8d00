/** How what keeps a program loaded is told: in a few words, and as a JSON object (docs/attachments.md). */
import type { JsonWriter } from "../../json/writer.ts";
import type { Keeper, Process } from "../../model/attachments/keepers.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";
import { holdersJson } from "../shared.ts";
import { hookJson, hookText } from "./hooks.ts";

type KeeperOf<Kind extends Keeper["kind"]> = Extract<Keeper, { kind: Kind }>;

interface KeeperForm<Kind extends Keeper["kind"]> {
  text(keeper: KeeperOf<Kind>): string;
  json(json: JsonWriter, keeper: KeeperOf<Kind>): void;
}

function processText({ pid, comm }: Process): string {
  return `${comm}(${pid})`;
}

const FORMS: { readonly [Kind in Keeper["kind"]]: KeeperForm<Kind> } = {
  process: {
    text: processText,
    json: (json, { pid, comm }) => void json.numberField("pid", pid).stringField("comm", comm),
  },
  pin: {
    text: ({ path }) => path,
    json: (json, { path }) => void json.stringField("path", path),
  },
  link: {
    text({ linkId, processes, pins }) {
      const by = [...processes.map(processText), ...pins].join(", ");
      return `link ${linkId}${by && `: ${by}`}`;
    },
    json(json, { linkId, processes, pins }) {
      json.numberField("link_id", linkId);
      holdersJson(json, processes);
      if (pins.length > 0) json.stringArrayField("pinned", pins);
    },
  },
  perf: {
    text: ({ pid, fd }) => `perf event: pid ${pid} fd ${fd}`,
    json: (json, { pid, fd }) => void json.numberField("pid", pid).numberField("fd", fd),
  },
  map: {
    text: ({ mapId, mapName }) => `map ${mapId}${mapName && ` ${mapName}`}`,
    json(json, { mapId, mapName, mapType }) {
      json.numberField("map_id", mapId);
      if (mapName !== "") json.stringField("map_name", mapName);
      json.nameField("map_type", nameOrNumber(MAP_TYPES, mapType));
    },
  },
  hook: {
    text: ({ hook }) => `its hook, ${hookText(hook)}`,
    json(json, { hook }) {
      json.key("hook");
      hookJson(json, hook);
    },
  },
};

/** The table has a form for each kind, which the type system cannot follow through a union. */
function formOf<Kind extends Keeper["kind"]>({ kind }: Keeper): KeeperForm<Kind> {
  return FORMS[kind] as unknown as KeeperForm<Kind>;
}

/** Byte text. */
export function keeperText(keeper: Keeper): string {
  return formOf(keeper).text(keeper as KeeperOf<Keeper["kind"]>);
}

export function keeperJson(json: JsonWriter, keeper: Keeper): void {
  json.startObject().stringField("kind", keeper.kind);
  formOf(keeper).json(json, keeper as KeeperOf<Keeper["kind"]>);
  json.endObject();
}
