/** `feature probe [kernel | dev NAME] [full] [unprivileged] [macros [prefix PREFIX]]` */
import { unsupportedError } from "../../errors.ts";
import type { FeatureRecord } from "../../model/feature-records.ts";
import { featuresJson } from "../../render/feature/json.ts";
import { featureMacros } from "../../render/feature/macros.ts";
import { refusedNotes, skippedNotes } from "../../render/feature/notes.ts";
import { featuresPlain } from "../../render/feature/plain.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";
import { type ProbeWords, readProbeWords } from "./probe-words.ts";

export async function featureProbe(words: Words, context: Context): Promise<void> {
  const asked = readProbeWords(words);
  const { source } = await context.registry();
  if (!source.features) throw unsupportedError(`features cannot be probed on '${source.label}'`);
  const record = await source.features(asked);
  const recorded = source.kind !== "live";
  if (context.json) featuresJson(context.json, record, { recorded });
  else writeText(record, asked, recorded, context);
}

function writeText(
  record: FeatureRecord,
  { prefix, unprivileged }: ProbeWords,
  recorded: boolean,
  { out, err }: Context,
): void {
  if (prefix === undefined) featuresPlain(out, record);
  else featureMacros(out, record, prefix);
  // Without privileges nearly all is refused, and that is what was asked for.
  const notes = [
    ...skippedNotes(record),
    ...(unprivileged ? [] : refusedNotes(record)),
    ...(recorded ? [`Hint: probed ${record.probed}, not now`] : []),
  ];
  if (notes.length > 0) out.flush();
  for (const note of notes) err.write(`${note}\n`);
}
