/** Lines and keys of a map (bpftool map.c:show_map_close_plain, show_map_close_json). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { MapRecord } from "../../model/records.ts";
import type { MapView } from "../../model/views.ts";
import { MAP_TYPE, MAP_TYPES } from "../../uapi/map-types.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";
import { deviceJson, devicePlain, holdersJson, holdersPlain, pinsJson, pinsPlain } from "../shared.ts";

/** `9: hash  name stats  flags 0x0`, with its newline. */
export function mapHeaderPlain(map: MapRecord): string {
  const name = map.name && `name ${map.name}  `;
  const flags = `flags 0x${map.flags.toString(16)}`;
  return `${map.id}: ${typeText(MAP_TYPES, map.type)}  ${name}${flags}${devicePlain(map.device)}\n`;
}

export function mapPlain(out: TextSink, { map, pins, holders }: MapView): void {
  const traits = [map.btfId !== 0 ? `btf_id ${map.btfId}` : "", map.frozen ? "frozen" : ""].filter(Boolean);
  const lines = [
    mapHeaderPlain(map),
    `\tkey ${map.keySize}B  value ${map.valueSize}B  max_entries ${map.maxEntries}`,
    map.memlock !== undefined ? `  memlock ${map.memlock}B` : "",
    ownerPlain(map),
    pinsPlain(pins),
    traits.length > 0 ? `\n\t${traits.join("  ")}` : "",
    holdersPlain(holders),
    "\n",
  ];
  out.write(lines.join(""));
}

/** Other maps have an owner too, since programs of one device run from them; bpftool is silent about it. */
function hasOwner({ type, ownerProgType, ownerJited }: MapRecord): boolean {
  return type === MAP_TYPE.prog_array && (ownerProgType !== undefined || ownerJited !== undefined);
}

function ownerPlain(map: MapRecord): string {
  if (!hasOwner(map)) return "";
  const { ownerProgType, ownerJited } = map;
  const type = ownerProgType === undefined ? "" : `owner_prog_type ${typeText(PROG_TYPES, ownerProgType)}  `;
  const jited = ownerJited === undefined ? "" : `owner${ownerJited ? "" : " not"} jited`;
  return `\n\t${type}${jited}`;
}

function ownerJson(json: JsonWriter, map: MapRecord): void {
  if (!hasOwner(map)) return;
  if (map.ownerProgType !== undefined)
    json.nameField("owner_prog_type", nameOrNumber(PROG_TYPES, map.ownerProgType));
  if (map.ownerJited !== undefined) json.boolField("owner_jited", map.ownerJited);
}

/** The first keys of a map's object. */
export function mapHeaderJson(json: JsonWriter, map: MapRecord): JsonWriter {
  json.numberField("id", map.id);
  json.nameField("type", nameOrNumber(MAP_TYPES, map.type));
  if (map.name) json.stringField("name", map.name);
  return json.numberField("flags", map.flags);
}

export function mapJson(json: JsonWriter, { map, pins, holders }: MapView): void {
  json.startObject();
  mapHeaderJson(json, map);
  deviceJson(json, map.device);
  json.numberField("bytes_key", map.keySize);
  json.numberField("bytes_value", map.valueSize);
  json.numberField("max_entries", map.maxEntries);
  if (map.memlock !== undefined) json.key("bytes_memlock").raw(map.memlock);
  ownerJson(json, map);
  json.numberField("frozen", map.frozen ? 1 : 0);
  if (map.btfId !== 0) json.numberField("btf_id", map.btfId);
  pinsJson(json, pins);
  holdersJson(json, holders);
  json.endObject();
}
