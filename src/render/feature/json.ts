/**
 * `feature probe` as JSON (bpftool feature.c), and what bpftool does not tell:
 *
 * - `refused`: features that the kernel did not let us try, in the shape of the document: a list of keys for each section, under
 *   `helpers` a list of helpers for each key. bpftool's own keys say that they are not available. Absent where nothing was refused.
 * - `probed`: when a recorded probe ran.
 */
import type { JsonWriter } from "../../json/writer.ts";
import type { BpfFeatures, FeatureRecord, SystemRecord } from "../../model/feature-records.ts";
import { KERNEL_OPTIONS } from "../../uapi/kernel-options.ts";
import { helperName, mapTypes, misc, progTypeName, progTypes, type Section } from "./names.ts";
import { SYSCTL_FORMS } from "./system-text.ts";

export function featuresJson(
  json: JsonWriter,
  { system, bpf, probed }: FeatureRecord,
  { recorded = false }: { recorded?: boolean } = {},
): void {
  json.startObject();
  if (system) writeSystem(json, system);
  json
    .key("syscall_config")
    .startObject()
    .boolField("have_bpf_syscall", bpf !== undefined)
    .endObject();
  if (bpf) writeBpf(json, bpf);
  if (recorded) json.stringField("probed", probed);
  json.endObject();
}

function writeSystem(json: JsonWriter, { sysctls, config }: SystemRecord): void {
  json.key("system_config").startObject();
  if (sysctls) for (const { name, key } of SYSCTL_FORMS) json.numberField(key, sysctls[name]);
  if ("options" in config) {
    const values = new Map(config.options.map(({ name, value }) => [name, value]));
    for (const name of KERNEL_OPTIONS) {
      const value = values.get(name);
      if (value === undefined) json.key(name).null();
      else json.stringField(name, value);
    }
  }
  json.endObject();
}

function writeBpf(json: JsonWriter, bpf: BpfFeatures): void {
  const sections = [progTypes(bpf), mapTypes(bpf), misc(bpf)] as const;
  writeSection(json, sections[0]);
  writeSection(json, sections[1]);
  json.key("helpers").startObject();
  for (const { progType, available } of bpf.helpers)
    json.stringArrayField(helpersKey(progType), available.map(helperName));
  json.endObject();
  writeSection(json, sections[2]);
  writeRefused(json, sections, bpf);
}

function writeSection(json: JsonWriter, { key, features }: Section): void {
  json.key(key).startObject();
  for (const feature of features) json.boolField(feature.key, feature.answer === "available");
  json.endObject();
}

function writeRefused(json: JsonWriter, sections: readonly Section[], bpf: BpfFeatures): void {
  const refused = sections
    .map(({ key, features }) => ({ key, features: features.filter(({ answer }) => answer === "refused") }))
    .filter(({ features }) => features.length > 0);
  const helpers = bpf.helpers.filter((answers) => answers.refused.length > 0);
  if (refused.length === 0 && helpers.length === 0) return;
  json.key("refused").startObject();
  for (const { key, features } of refused)
    json.stringArrayField(
      key,
      features.map((feature) => feature.key),
    );
  if (helpers.length > 0) {
    json.key("helpers").startObject();
    for (const answers of helpers)
      json.stringArrayField(helpersKey(answers.progType), answers.refused.map(helperName));
    json.endObject();
  }
  json.endObject();
}

function helpersKey(progType: number): string {
  return `${progTypeName(progType)}_available_helpers`;
}
