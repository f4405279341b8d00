/** `feature probe` as text (bpftool feature.c). */
import type { TextSink } from "../../bytes/sink.ts";
import type { BpfFeatures, FeatureRecord, SystemRecord } from "../../model/feature-records.ts";
import { KERNEL_OPTIONS } from "../../uapi/kernel-options.ts";
import { helperName, mapTypes, misc, progTypeName, progTypes, type Section } from "./names.ts";
import { SYSCTL_FORMS, sysctlText } from "./system-text.ts";

export function featuresPlain(out: TextSink, { system, bpf }: FeatureRecord): void {
  if (system) writeSystem(out, system);
  writeLines(out, "system call availability", [stateLine("bpf() syscall", bpf !== undefined)]);
  if (!bpf) return;
  writeSection(out, progTypes(bpf));
  writeSection(out, mapTypes(bpf));
  writeLines(out, "eBPF helper functions", helperLines(bpf));
  writeSection(out, misc(bpf));
}

function writeSystem(out: TextSink, { sysctls, config }: SystemRecord): void {
  const settings = sysctls ? SYSCTL_FORMS.map((form) => sysctlText(form, sysctls)) : [];
  writeLines(out, "system configuration", [
    ...settings,
    ...("options" in config ? optionLines(config.options) : []),
  ]);
}

function optionLines(options: readonly { readonly name: string; readonly value: string }[]): string[] {
  const values = new Map(options.map(({ name, value }) => [name, value]));
  return KERNEL_OPTIONS.map((name) => {
    const value = values.get(name);
    return value === undefined ? `${name} is not set` : `${name} is set to ${value}`;
  });
}

function writeSection(out: TextSink, { title, features }: Section): void {
  writeLines(
    out,
    title,
    features.map((feature) => stateLine(feature.title, feature.answer === "available")),
  );
}

function helperLines({ progTypes, helpers }: BpfFeatures): string[] {
  const answers = new Map(progTypes.map(({ type, answer }) => [type, answer]));
  return helpers.flatMap(({ progType, available }) => [
    `eBPF helpers supported for program type ${progTypeName(progType)}:`,
    ...available.map((id) => `\t- ${helperName(id)}`),
    ...(available.length > 0 ? [] : [`\t${whyNone(answers.get(progType) === "available")}`]),
  ]);
}

function whyNone(hasType: boolean): string {
  return hasType ? "Could not determine which helpers are available" : "Program type not supported";
}

function stateLine(title: string, available: boolean): string {
  return `${title} is ${available ? "" : "NOT "}available`;
}

function writeLines(out: TextSink, what: string, lines: readonly string[]): void {
  out.write([`Scanning ${what}...`, ...lines, "", ""].join("\n"));
}
