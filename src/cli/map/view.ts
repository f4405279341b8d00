/** `map dump MAP` in forms that bpftool does not have: `--table`, `--percpu`, `--human`, `--hist`, `--count`. */
import type { JsonWriter } from "../../json/writer.ts";
import type { MapContents } from "../../model/contents.ts";
import { mapNames, progNames } from "../../model/map-names.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { mapHeaderJson, mapHeaderPlain } from "../../render/map/show.ts";
import { countEntries } from "../../render/map/view/count.ts";
import { countedMembers, histograms } from "../../render/map/view/distribution.ts";
import type { EntriesView } from "../../render/map/view/entries.ts";
import { entriesFlatJson, entriesTypedJson } from "../../render/map/view/entries-json.ts";
import { entriesTable } from "../../render/map/view/entries-table.ts";
import { histogramJson, histogramsPlain } from "../../render/map/view/histogram.ts";
import { mapNodes, type Names } from "../../render/map/view/map-nodes.ts";
import { isNumberSize } from "../../render/map/view/raw.ts";
import type { PerCpu } from "../../render/map/view/rows.ts";
import { isPerCpu } from "../../uapi/map-traits.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { typeText } from "../../uapi/name-table.ts";
import type { Context } from "../context.ts";
import type { Options } from "../options.ts";
import { usageError } from "../usage.ts";
import { type DumpedMap, finish } from "./dump.ts";

/** What prints the entries of a map. */
interface Printer {
  readonly map: MapRecord;
  plain(contents: MapContents): void;
  /** Writes the elements of an open array. */
  json(json: JsonWriter, contents: MapContents): void;
}

/** Maps that cannot be printed in the form asked for are found before anything is printed. */
export function mapView(
  registry: Registry,
  dumped: readonly DumpedMap[],
  limit: number,
  context: Context,
): void {
  const { own } = context.options;
  checkCombination(own);
  if (own.count !== undefined) return countAll(registry, dumped, limit, context);
  const printers =
    own.hist === undefined
      ? entryPrinters(registry, dumped, limit, context)
      : histogramPrinters(registry, dumped, limit, context);
  const { json } = context;
  if (json) printJson(registry, printers, own.hist === undefined ? "elements" : "histograms", json, context);
  else printPlain(registry, printers, context);
}

/** --count and --hist are forms by themselves; the others are about entries. */
function checkCombination(own: Options["own"]): void {
  const given = (["count", "hist", "table", "percpu", "human"] as const).filter(
    (name) => own[name] !== undefined,
  );
  const [first, second] = given;
  if (second !== undefined && (first === "count" || first === "hist"))
    throw usageError(`--${first} and --${second} do not go together`);
}

function printPlain({ source }: Registry, printers: readonly Printer[], context: Context): void {
  for (const [i, printer] of printers.entries()) {
    const { map } = printer;
    if (printers.length > 1) context.out.write(`${i > 0 ? "\n" : ""}${mapHeaderPlain(map)}`);
    const contents = source.contents(map);
    printer.plain(contents);
    finish(map, contents.end, context);
  }
}

/** One map is an array; of several each is an object that has the array under `key`. */
function printJson(
  { source }: Registry,
  printers: readonly Printer[],
  key: string,
  json: JsonWriter,
  context: Context,
): void {
  const several = printers.length > 1;
  if (several) json.startArray();
  for (const printer of printers) {
    const { map } = printer;
    if (several) mapHeaderJson(json.startObject(), map).key(key);
    json.startArray();
    const contents = source.contents(map);
    printer.json(json, contents);
    finish(map, contents.end, context);
    json.endArray();
    if (several) json.endObject();
  }
  if (several) json.endArray();
}

// ---- Entries: --table, --percpu, --human -------------------------------------------------

function entryPrinters(
  registry: Registry,
  dumped: readonly DumpedMap[],
  limit: number,
  { options, out }: Context,
): Printer[] {
  const { percpu, table, human } = options.own;
  const perCpu = percpu === undefined ? undefined : perCpuWord(percpu);
  const { littleEndian } = registry.source.host();
  const names = human === undefined ? undefined : namesOf(registry);
  const entriesJson = table === undefined && names === undefined ? entriesTypedJson : entriesFlatJson;
  return dumped.map((one) => {
    const { map } = one;
    if (perCpu) checkPerCpu(one, perCpu);
    const nodes = mapNodes(one, { littleEndian, names, numbers: perCpu !== undefined });
    const view: EntriesView = { map, nodes, perCpu: perCpu ?? "each", limit };
    return {
      map,
      plain: (contents) => entriesTable(out, view, contents),
      json: (json, contents) => entriesJson(json, view, contents),
    };
  });
}

function namesOf(registry: Registry): Names {
  return {
    prog: progNames(registry),
    map: mapNames(registry),
    addresses: (addresses) => registry.source.symbols({ addresses, offsets: [] }).names,
  };
}

const PER_CPU_WORDS = ["sum", "max", "each"] as const satisfies readonly PerCpu[];

function perCpuWord(word: string): PerCpu {
  const found = PER_CPU_WORDS.find((known) => known === word);
  if (!found) throw usageError(`--percpu wants sum, max or each, got: '${word}'`);
  return found;
}

function checkPerCpu({ map, plans }: DumpedMap, perCpu: PerCpu): void {
  if (!isPerCpu(map.type)) throw usageError(`${nameOf(map)} is not a per-CPU map`);
  if (perCpu === "each" || plans || isNumberSize(map.valueSize)) return;
  throw usageError(
    `${nameOf(map)}: values of ${map.valueSize} bytes without BTF are no numbers; --percpu each prints them`,
  );
}

/** `map 7 (hash)` */
function nameOf({ id, type }: MapRecord): string {
  return `map ${id} (${typeText(MAP_TYPES, type)})`;
}

// ---- Numbers: --hist, --count ------------------------------------------------------------

function histogramPrinters(
  registry: Registry,
  dumped: readonly DumpedMap[],
  limit: number,
  { out }: Context,
): Printer[] {
  const { littleEndian } = registry.source.host();
  return dumped.map((one) => {
    const { map } = one;
    const members = countedMembers(map, mapNodes(one, { littleEndian, numbers: true }));
    if (members.length === 0) throw usageError(`${nameOf(map)}: its values have no integers to count`);
    const count = (contents: MapContents) => histograms(map, members, contents, limit, littleEndian);
    return {
      map,
      plain(contents) {
        const counted = count(contents);
        if (contents.end.errno === undefined) histogramsPlain(out, counted);
      },
      json(json, contents) {
        const counted = count(contents);
        if (contents.end.errno === undefined) for (const each of counted) histogramJson(json, each);
      },
    };
  });
}

function countAll({ source }: Registry, dumped: readonly DumpedMap[], limit: number, context: Context): void {
  const { json, out } = context;
  const several = dumped.length > 1;
  if (several) json?.startArray();
  for (const { map } of dumped) {
    const contents = source.contents(map);
    const entries = countEntries(contents, limit);
    finish(map, contents.end, context);
    if (json) json.startObject().numberField("id", map.id).numberField("entries", entries).endObject();
    else out.write(several ? `${map.id}: ${entries}\n` : `${entries}\n`);
  }
  if (several) json?.endArray();
}
