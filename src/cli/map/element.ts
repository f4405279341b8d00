/** `map lookup MAP [key DATA]`, `map peek MAP`, `map getnext MAP [key DATA]` (bpftool map.c:do_lookup, do_getnext). */
import { hexByte0x, hexDump } from "../../bytes/hex.ts";
import { InspectError, errnoOf } from "../../errors.ts";
import { JsonWriter } from "../../json/writer.ts";
import type { EntryBatch } from "../../model/contents.ts";
import { mapTypes } from "../../model/map-plans.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { jsonEntryWriter, plainEntryWriter, typedEntryWriter } from "../../render/map/entry.ts";
import { ENOENT } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { mapSelector } from "../selectors.ts";
import { helpError, usageError } from "../usage.ts";
import type { Words } from "../words.ts";
import { keyData } from "./data.ts";
import { plansOf } from "./plans.ts";

/** What a shell sees of -ENOENT. */
const NOT_THERE = -ENOENT & 0xff;

export async function mapLookup(words: Words, context: Context): Promise<void> {
  const { registry, map } = await oneMap(words, context);
  const key = keyData(words, map.keySize);
  if (!key && map.keySize > 0) throw usageError("did not find key");
  const { json, out } = context;
  const entry = element(registry, map, key ?? new Uint8Array());
  if (!entry) {
    if (json) json.null();
    else out.write(`key:\n${hexDump(key ?? new Uint8Array())}\n\nNot found\n`);
    throw silentFailure();
  }
  const { littleEndian } = registry.source.host();
  const plans = plansOf(map, mapTypes(registry, map), context);
  if (json) return jsonEntryWriter(out, json, map, plans, littleEndian)(entry, 0);
  if (!plans) return plainEntryWriter(out, map, littleEndian)(entry, 0);
  typedEntryWriter(new JsonWriter(out, { pretty: true }), map, plans, { plain: true })(entry, 0);
  out.write("\n");
}

export async function mapGetnext(words: Words, context: Context): Promise<void> {
  const { registry, map } = await oneMap(words, context);
  const key = keyData(words, map.keySize);
  const next = registry.source.nextKey(map, key);
  const { json, out } = context;
  if (!json) {
    out.write(key ? `key:\n${hexDump(key)}\n` : "key: None\n");
    return out.write(`next key:\n${hexDump(next)}\n`);
  }
  json.startObject();
  if (key) json.stringArrayField("key", Array.from(key, hexByte0x));
  else json.key("key").null();
  json.stringArrayField("next_key", Array.from(next, hexByte0x)).endObject();
}

async function oneMap(words: Words, context: Context): Promise<{ registry: Registry; map: MapRecord }> {
  if (words.left < 2) throw helpError();
  const selector = mapSelector(words);
  const registry = await context.registry();
  const [map, ...others] = registry.findMaps(selector);
  if (!map || others.length > 0) throw usageError("several maps match this handle");
  return { registry, map };
}

/** One entry as a batch; undefined where the map does not have the key. */
function element({ source }: Registry, map: MapRecord, key: Uint8Array): EntryBatch | undefined {
  try {
    const values = source.lookup(map, key);
    return { count: 1, keys: key, values, valueSize: values.length };
  } catch (error) {
    if (errnoOf(error) === ENOENT) return undefined;
    throw error;
  }
}

/** What there was to say has been said on stdout, as bpftool does. */
function silentFailure(): InspectError {
  return new InspectError("not-found", "", { status: NOT_THERE, data: { silent: true } });
}
