/** `map dump MAP` (bpftool map.c:do_dump). */
import { InspectError } from "../../errors.ts";
import { JsonWriter } from "../../json/writer.ts";
import type { WalkEnd } from "../../model/contents.ts";
import { type MapPlans, type MapTypes, mapTypes } from "../../model/map-plans.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { dumpJson, dumpPlain } from "../../render/map/dump.ts";
import { jsonEntryWriter, typedEntryWriter } from "../../render/map/entry.ts";
import { noKeysError } from "../../render/map/no-keys.ts";
import { mapHeaderJson, mapHeaderPlain } from "../../render/map/show.ts";
import { MAP_TYPE } from "../../uapi/map-types.ts";
import type { Context } from "../context.ts";
import { mapSelector } from "../selectors.ts";
import { helpError, usageError } from "../usage.ts";
import type { Words } from "../words.ts";
import { plansOf } from "./plans.ts";

/** A map with what its entries are printed by. */
export interface DumpedMap {
  readonly map: MapRecord;
  readonly types: MapTypes | undefined;
  readonly plans: MapPlans | undefined;
}

export async function mapDump(words: Words, context: Context): Promise<void> {
  if (words.left !== 2) throw helpError();
  const selector = mapSelector(words);
  const { own } = context.options;
  const limit = entryLimit(own.limit);
  const lends = LENDING.some((option) => own[option] !== undefined);
  const lent = lends ? await import("./lent-types.ts") : undefined;
  const registry = await context.registry();
  const maps = registry.findMaps(selector);
  const typesOf = lent?.lentTypes(registry, context) ?? ((map: MapRecord) => mapTypes(registry, map));
  const dumped = maps.map((map): DumpedMap => {
    const types = own.count === undefined ? readable(() => typesOf(map), context) : undefined;
    return { map, types, plans: plansOf(map, types, context) };
  });
  if (VIEWS.some((view) => own[view] !== undefined)) {
    const { mapView } = await import("./view.ts");
    return mapView(registry, dumped, limit, context);
  }
  const { json, out } = context;
  if (json) return dumpAll(registry, dumped, limit, json, context);
  const typed = dumped.every(({ map, plans }) => plans && (map.btfId !== 0 || lent));
  if (!typed) return plainAll(registry, dumped, limit, context);
  const document = new JsonWriter(out, { pretty: true });
  try {
    dumpAll(registry, dumped, limit, document, context);
  } finally {
    document.closeAll(); // an error is told on stderr, beside a document that is valid
    out.write("\n");
  }
}

const LENDING = ["btf", "type", "key-type"] as const;

/** Types that are lent must be there; a map whose own cannot be had is printed without. */
function readable(read: () => MapTypes | undefined, { options, err }: Context): MapTypes | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InspectError) || LENDING.some((option) => options.own[option] !== undefined))
      throw error;
    err.write(`Warning: ${error.message}; printing raw bytes\n`);
    return undefined;
  }
}

/** Forms that bpftool does not have. */
const VIEWS = ["table", "percpu", "hist", "human", "count"] as const;

function entryLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[0-9]{1,10}$/.test(text)) throw usageError(`--limit wants a number of entries, got: '${text}'`);
  return Number(text);
}

function plainAll({ source }: Registry, dumped: readonly DumpedMap[], limit: number, context: Context): void {
  const { out } = context;
  const { littleEndian } = source.host();
  for (const [i, { map }] of dumped.entries()) {
    if (dumped.length > 1) out.write(`${i > 0 ? "\n" : ""}${mapHeaderPlain(map)}`);
    warnUnreadable(map, context);
    const contents = source.contents(map);
    dumpPlain(out, map, contents, limit, littleEndian);
    finish(map, contents.end, context);
  }
}

/** As JSON: with raw bytes where that was asked for, and as bpftool prints typed maps in plain text where not. */
function dumpAll(
  { source }: Registry,
  dumped: readonly DumpedMap[],
  limit: number,
  json: JsonWriter,
  context: Context,
): void {
  const { littleEndian } = source.host();
  const several = dumped.length > 1;
  if (several) json.startArray();
  for (const { map, plans } of dumped) {
    if (several) mapHeaderJson(json.startObject(), map).key("elements");
    warnUnreadable(map, context);
    const contents = source.contents(map);
    const write =
      !context.json && plans
        ? typedEntryWriter(json, map, plans, { plain: true })
        : jsonEntryWriter(context.out, json, map, plans, littleEndian);
    dumpJson(json, map, contents, limit, write);
    finish(map, contents.end, context);
    json.endArray();
    if (several) json.endObject();
  }
  if (several) json.endArray();
}

/** What kept the dump from being all there is: told on stderr, or the error that the dump ends with. */
export function finish(
  map: MapRecord,
  { errno, vanished, restarts, unfinished, cut }: WalkEnd,
  { err }: Context,
): void {
  if (cut) err.write(`Warning: only the first entries of map ${map.id} are known\n`);
  if (vanished > 0 || restarts > 0) {
    err.write(
      `Warning: map ${map.id} changed while it was read: keys vanished: ${vanished}, walks begun anew: ${restarts}\n`,
    );
  }
  if (unfinished) err.write(`Warning: map ${map.id} did not stop changing: this is not all of it\n`);
  if (errno !== undefined) throw noKeysError(map, errno);
}

function warnUnreadable({ type, valueSize }: MapRecord, { json, err }: Context): void {
  if (type !== MAP_TYPE.reuseport_sockarray || valueSize === 8 || json) return;
  err.write("Warning: cannot read values from reuseport_sockarray map with value_size != 8\n");
}
