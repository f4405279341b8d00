/** The contents of a stored map, as the commands print them. */
import { JsonWriter } from "../../../src/json/writer.ts";
import type { EntryBatch } from "../../../src/model/contents.ts";
import { mapTypes, planMap } from "../../../src/model/map-plans.ts";
import type { MapRecord } from "../../../src/model/records.ts";
import { Registry } from "../../../src/model/registry.ts";
import { dumpJson, dumpPlain } from "../../../src/render/map/dump.ts";
import { jsonEntryWriter, plainEntryWriter, typedEntryWriter } from "../../../src/render/map/entry.ts";
import type { SnapshotFiles } from "../../../src/sources/snapshot/files.ts";
import { snapshotSource } from "../../../src/sources/snapshot/source.ts";
import type { Input } from "../input.ts";
import type { Probe } from "../probe.ts";

const MAX_LOOKUPS = 4;
/** Larger values are read only: the zeros of .bss are not in the input, and as many as the file says are printed. */
const MAX_VALUE = 1 << 20;

function inMemory({ files }: Input): SnapshotFiles {
  return {
    size: (name) => files.get(name)?.length,
    read: (name) => files.get(name) ?? new Uint8Array(),
  };
}

export function readSnapshot(probe: Probe, input: Input): void {
  const source = probe.attempt("snapshotSource()", () => snapshotSource(inMemory(input), "fuzz"));
  if (!source) return;
  const registry = new Registry(source);
  const maps = probe.attempt("maps()", () => [...registry.maps()]) ?? [];
  for (const map of maps) readMap(probe, registry, map);
}

export function readMap(probe: Probe, registry: Registry, map: MapRecord): void {
  const { source } = registry;
  const { littleEndian } = source.host();
  const all = Number.POSITIVE_INFINITY;
  const plans = probe.attempt("planMap()", () => {
    const types = mapTypes(registry, map);
    const planned = types && planMap(map, types);
    return typeof planned === "string" ? undefined : planned;
  });
  readKeys(probe, registry, map);
  if (!isPrinted(map)) {
    probe.attempt("contents()", () => [...source.contents(map).batches].length);
    return;
  }
  probe.text("map dump, plain", (sink) => dumpPlain(sink, map, source.contents(map), all, littleEndian));
  probe.json("map dump, JSON", (sink) => {
    const json = new JsonWriter(sink);
    dumpJson(json, map, source.contents(map), all, jsonEntryWriter(sink, json, map, plans, littleEndian));
    json.endArray();
  });
  if (plans) {
    const typed = (sink: ConstructorParameters<typeof JsonWriter>[0]) => {
      const json = new JsonWriter(sink, { pretty: true });
      dumpJson(json, map, source.contents(map), all, typedEntryWriter(json, map, plans, { plain: true }));
      json.endArray();
    };
    probe.json("map dump, typed", typed, { plain: true });
  }
}

function isPrinted({ valueSize }: MapRecord): boolean {
  return valueSize <= MAX_VALUE;
}

/** Keys that are there, and some that are not. */
function readKeys(probe: Probe, { source }: Registry, map: MapRecord): void {
  const size = Math.min(map.keySize, 1 << 16);
  const strange = [0, size, size + 1, 3].map((length) => probe.case.random.bytes(length));
  let key: Uint8Array | undefined;
  for (let i = 0; i < MAX_LOOKUPS; i++) {
    const from = key;
    const next = probe.attempt("nextKey()", () => source.nextKey(map, from));
    if (!next) break;
    const values = probe.attempt("lookup()", () => source.lookup(map, next));
    if (values) printEntry(probe, map, { count: 1, keys: next, values, valueSize: values.length });
    key = next;
  }
  for (const other of strange) {
    const values = probe.attempt("lookup()", () => source.lookup(map, other));
    if (values) printEntry(probe, map, { count: 1, keys: other, values, valueSize: values.length });
    probe.attempt("nextKey()", () => source.nextKey(map, other));
  }
}

/** As `map lookup` and `map peek` do. */
function printEntry(probe: Probe, map: MapRecord, entry: EntryBatch): void {
  if (!isPrinted(map)) return;
  probe.text("map lookup, plain", (sink) => plainEntryWriter(sink, map, true)(entry, 0));
  probe.json("map lookup, JSON", (sink) =>
    jsonEntryWriter(sink, new JsonWriter(sink), map, undefined, true)(entry, 0),
  );
}
