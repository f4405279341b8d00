/** `perf show`: further words are ignored, as bpftool does. */
import { perfJson, perfPlain } from "../../render/perf/show.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";

export async function perfShow(_words: Words, context: Context): Promise<void> {
  const registry = await context.registry();
  const records = [...registry.source.perf()];
  const { json, out } = context;
  if (!json) {
    for (const perf of records) perfPlain(out, perf);
    return;
  }
  json.startArray();
  for (const perf of records) perfJson(json, perf);
  json.endArray();
}
