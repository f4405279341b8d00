/** What goes to people beside the output: what was passed over, and what is not known. */
import type { BpfFeatures, FeatureRecord } from "../../model/feature-records.ts";
import { mapTypes, misc, progTypes } from "./names.ts";

const MAX_TITLES = 8;

/** bpftool's messages. */
export function skippedNotes({ system }: FeatureRecord): string[] {
  if (!system) return [];
  const { sysctls, config } = system;
  return [
    ...(sysctls ? [] : ["/* procfs not mounted, skipping related probes */"]),
    ...("skipped" in config ? [`skipping kernel config, ${config.skipped}`] : []),
  ];
}

/** Features that count as missing, since the kernel did not let this process try. */
export function refusedNotes({ bpf }: FeatureRecord): string[] {
  const titles = bpf ? refusedTitles(bpf) : [];
  if (titles.length === 0) return [];
  const which = titles.length > MAX_TITLES ? "-j lists them under 'refused'" : titles.join(", ");
  return [
    `Hint: the kernel did not let us try ${titles.length} of these, so they may be available: ${which}`,
  ];
}

function refusedTitles(bpf: BpfFeatures): string[] {
  return [progTypes(bpf), mapTypes(bpf), misc(bpf)]
    .flatMap(({ features }) => features)
    .filter(({ answer }) => answer === "refused")
    .map(({ title }) => title);
}
