/**
 * One entry of a map, plain and in JSON (bpftool map.c:print_entry_plain, print_entry_json, do_dump_btf and their
 * neighbours). An entry is a place in a batch: a million of them are printed without an object for each.
 */
import { writeHexDump, writeJsonBytes } from "../../bytes/hex-sink.ts";
import type { ByteSink } from "../../bytes/sink.ts";
import { writeValue } from "../../btf/value-json.ts";
import { quotedKey } from "../../json/quote.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { EntryBatch } from "../../model/contents.ts";
import type { MapPlans } from "../../model/map-plans.ts";
import type { MapInfo } from "../../model/records.ts";
import { ENOENT, ENOSPC, strerror } from "../../uapi/errno.ts";
import { isMapOfMaps, isMapOfProgs, isPerCpu, perCpuStep } from "../../uapi/map-traits.ts";
import { MAP_TYPE } from "../../uapi/map-types.ts";

const KEY = quotedKey("key");
const VALUE = quotedKey("value");
const FORMATTED = quotedKey("formatted");

/** Longer keys and values stand on lines of their own. */
const LONG = 16;
/** Key and value together, if they are to share a line. */
const MAX_LINE = 24;

/** An empty slot of a map of maps or programs is not worth a word (bpftool map.c:print_entry_error). */
export function isEmptySlot(map: MapInfo, errno: number): boolean {
  return errno === ENOENT && (isMapOfMaps(map.type) || isMapOfProgs(map.type));
}

/** What stands between the parts of an entry: by their sizes. */
function layout(keySize: number, valueSize: number) {
  const long = keySize > LONG || valueSize > LONG;
  return {
    afterName: long ? "\n" : " ",
    betweenParts: keySize + valueSize <= MAX_LINE && !long ? "  " : "\n",
  };
}

/** Prints one entry after the other of a map without BTF. */
export function plainEntryWriter(
  out: ByteSink,
  map: MapInfo,
  littleEndian: boolean,
): (batch: EntryBatch, at: number) => void {
  if (isPerCpu(map.type)) return (batch, at) => perCpuPlain(out, map, batch, at);
  const { keySize, valueSize } = map;
  const { afterName, betweenParts } = layout(keySize, valueSize);
  const ofMaps = isMapOfMaps(map.type);
  const key = `key:${afterName}`;
  const value = valueSize === 0 ? "" : `${ofMaps ? "inner_map_id" : "value"}:${afterName}`;
  return (batch, at) => {
    if (keySize > 0) {
      out.write(key);
      writeHexDump(out, batch.keys, at * keySize, (at + 1) * keySize);
      out.write(betweenParts);
    }
    out.write(value);
    const start = at * batch.valueSize;
    if (ofMaps && valueSize > 0) out.write(`${idAt(batch, at, littleEndian)} `);
    else writeHexDump(out, batch.values, start, start + valueSize);
    out.write("\n");
  };
}

/** The id of the map or program that is the value of an entry. */
export function idAt({ values, valueSize }: EntryBatch, at: number, littleEndian: boolean): number {
  if (valueSize < 4) return 0;
  return new DataView(values.buffer, values.byteOffset + at * valueSize, 4).getUint32(0, littleEndian);
}

function perCpuPlain(out: ByteSink, { keySize, valueSize }: MapInfo, batch: EntryBatch, at: number): void {
  if (keySize > 0) {
    out.write("key:\n");
    writeHexDump(out, batch.keys, at * keySize, (at + 1) * keySize);
    out.write("\n");
  }
  if (valueSize === 0) return;
  const separator = valueSize > LONG ? "\n" : " ";
  forEachCpu(valueSize, batch, at, (cpu, start) => {
    out.write(`value (CPU ${String(cpu).padStart(2, "0")}):${separator}`);
    writeHexDump(out, batch.values, start, start + valueSize);
    out.write("\n");
  });
}

/** `start` is the offset of the CPU's value in the batch's values. */
export function forEachCpu(
  valueSize: number,
  batch: EntryBatch,
  at: number,
  visit: (cpu: number, start: number) => void,
): void {
  const step = perCpuStep(valueSize);
  const from = at * batch.valueSize;
  for (let cpu = 0; step > 0 && (cpu + 1) * step <= batch.valueSize; cpu++) visit(cpu, from + cpu * step);
}

/** An entry whose value could not be read. */
export function plainError(out: ByteSink, map: MapInfo, batch: EntryBatch, at: number, errno: number): void {
  const { keySize } = map;
  const text = entryErrorText(map, errno);
  const { afterName, betweenParts } = layout(keySize, text.length);
  out.write(`key:${afterName}`);
  writeHexDump(out, batch.keys, at * keySize, (at + 1) * keySize);
  out.write(`${betweenParts}value:${afterName}${text}\n`);
}

/** What stands in the place of a value that could not be read. */
export function entryErrorText({ type }: Pick<MapInfo, "type">, errno: number): string {
  if (errno === ENOENT) return "<no entry>";
  if (errno === ENOSPC && type === MAP_TYPE.reuseport_sockarray) return "<cannot read>";
  return strerror(errno);
}

/** Writes an entry, or why it could not be read, as a value of the document under way. `out` is where `json` writes. */
export type JsonEntryWriter = (batch: EntryBatch, at: number, errno?: number) => void;

/** `{"key":["0x01"],"value":["0x02"],"formatted":{...}}` */
export function jsonEntryWriter(
  out: ByteSink,
  json: JsonWriter,
  map: MapInfo,
  plans: MapPlans | undefined,
  littleEndian: boolean,
): JsonEntryWriter {
  const { keySize, valueSize } = map;
  const bytes = (source: Uint8Array, from: number, to: number) => {
    json.startArray();
    if (to > from) {
      json.element();
      writeJsonBytes(out, source, from, to);
    }
    json.endArray();
  };
  const formatted = plans && typedEntryWriter(json, map, plans, { plain: false });
  return (batch, at, errno) => {
    json.startObject().rawKey(KEY);
    bytes(batch.keys, at * keySize, (at + 1) * keySize);
    if (errno !== undefined) errorJson(json, errno);
    else if (isPerCpu(map.type)) {
      json.key("values").startArray();
      forEachCpu(valueSize, batch, at, (cpu, start) => {
        json.startObject().numberField("cpu", cpu).key("value");
        bytes(batch.values, start, start + valueSize);
        json.endObject();
      });
      json.endArray();
    } else {
      const start = at * batch.valueSize;
      json.rawKey(VALUE);
      bytes(batch.values, start, start + valueSize);
      if (isMapOfMaps(map.type)) json.numberField("inner_map_id", idAt(batch, at, littleEndian));
    }
    if (formatted && errno === undefined) {
      json.rawKey(FORMATTED);
      formatted(batch, at);
    }
    json.endObject();
  };
}

function errorJson(json: JsonWriter, errno: number): void {
  json.key("value").startObject().stringField("error", strerror(errno)).endObject();
}

/** `{"key":{"pid":1},"value":{"count":2}}`: keys and values by their types. */
export function typedEntryWriter(
  json: JsonWriter,
  map: MapInfo,
  plans: MapPlans,
  options: { readonly plain: boolean },
): JsonEntryWriter {
  const { keySize, valueSize } = map;
  return (batch, at, errno) => {
    json.startObject();
    if (plans.key) {
      writeValue(json.rawKey(KEY), plans.key, batch.keys, at * keySize, options, (at + 1) * keySize);
    }
    if (errno !== undefined) errorJson(json, errno);
    else if (isPerCpu(map.type)) {
      json.key("values").startArray();
      forEachCpu(valueSize, batch, at, (cpu, start) => {
        json.startObject().numberField("cpu", cpu).rawKey(VALUE);
        writeValue(json, plans.value, batch.values, start, options, start + valueSize);
        json.endObject();
      });
      json.endArray();
    } else {
      const start = at * batch.valueSize;
      writeValue(json.rawKey(VALUE), plans.value, batch.values, start, options, start + valueSize);
    }
    json.endObject();
  };
}
