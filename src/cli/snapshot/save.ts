/** `snapshot save { FILE.zip | FOLDER } [force] [description TEXT]` */
import { fromByteText, toByteText } from "../../bytes/text.ts";
import { InspectError, unsupportedError } from "../../errors.ts";
import type { FeatureRecord } from "../../model/feature-records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { writeTarget } from "../../sources/snapshot/sinks.ts";
import { type SaveOptions, saveSnapshot } from "../../sources/snapshot/write.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

const MAX_ENTRIES = 65_536;
const MAX_BYTES = 16 << 20;

/** `--map-data all|none|LIMIT`: the limit is in entries of each map. */
function dataLimits(given: string | undefined): Pick<SaveOptions, "maxEntries" | "maxBytes"> {
  if (given === undefined) return { maxEntries: MAX_ENTRIES, maxBytes: MAX_BYTES };
  const unlimited = Number.POSITIVE_INFINITY;
  if (given === "all") return { maxEntries: unlimited, maxBytes: unlimited };
  if (given === "none") return { maxEntries: 0, maxBytes: 0 };
  if (!/^[0-9]{1,10}$/.test(given))
    throw usageError(`--map-data wants 'all', 'none' or a number of entries, got: '${given}'`);
  return { maxEntries: Number(given), maxBytes: unlimited };
}

export async function snapshotSave(words: Words, context: Context): Promise<void> {
  if (words.left === 0) throw usageError("'save' needs at least 1 arguments, 0 found");
  const target = words.take();
  const { force, description } = saveOptions(words);
  const { own } = context.options;
  const limits = dataLimits(own["map-data"]);
  const registry = await context.registry();
  const features = await featuresOf(registry.source, own.features !== undefined);
  const now = new Date();
  const { counts, leftOut } = writeTarget(fromByteText(target), { force, now }, (sink) =>
    saveSnapshot(registry, sink, {
      now,
      ...limits,
      kernelBtf: own["no-kernel-btf"] === undefined,
      ...(description !== undefined && { description }),
      ...(features && { features }),
    }),
  );
  const { json, out, err } = context;
  if (json) {
    json.startObject().stringField("snapshot", target);
    for (const [table, count] of Object.entries(counts)) json.numberField(table, count);
    json.stringArrayField("left_out", leftOut).endObject();
    return;
  }
  const saved = Object.entries(counts).map(([table, count]) => `${count} ${table}`);
  out.write(`saved ${target}: ${saved.join(", ")}\n`);
  for (const what of leftOut) err.write(`left out: ${toByteText(what)}\n`);
}

/** Probing loads programs, so it is done only when asked for. What another snapshot has goes along. */
async function featuresOf(source: ObjectSource, asked: boolean): Promise<FeatureRecord | undefined> {
  if (!asked && source.kind === "live") return undefined;
  if (asked && !source.features) throw unsupportedError(`features cannot be probed on '${source.label}'`);
  try {
    return await source.features?.({ full: false, unprivileged: false });
  } catch (error) {
    if (asked || !(error instanceof InspectError)) throw error;
    return undefined;
  }
}

interface SaveWords {
  force: boolean;
  description?: string;
}

function saveOptions(words: Words): SaveWords {
  const options: SaveWords = { force: false };
  while (words.left > 0) {
    const word = words.take();
    const keyword = matchKeyword(word, ["force", "description"]);
    if (keyword === undefined) throw usageError(`expected 'force' or 'description', got: '${word}'?`);
    if (keyword === "force") options.force = true;
    else if (words.left === 0) throw usageError("expected description text");
    else options.description = words.take();
  }
  return options;
}
