/** `feature probe macros`: a header for C (bpftool feature.c). */
import type { TextSink } from "../../bytes/sink.ts";
import type { BpfFeatures, FeatureRecord, SystemRecord } from "../../model/feature-records.ts";
import { KERNEL_OPTIONS, MACRO_OPTIONS } from "../../uapi/kernel-options.ts";
import { probedHelpers } from "../../uapi/probed-helpers.ts";
import { helperName, mapTypes, misc, progTypeName, progTypes, type Section } from "./names.ts";

/** Every name begins with `prefix`. */
export function featureMacros(out: TextSink, { system, bpf, full }: FeatureRecord, prefix: string): void {
  if (system) writeLines(out, "Misc kernel config items", optionLines(system, prefix));
  writeLines(out, "System call availability", [haveLine(prefix, "BPF_SYSCALL", bpf !== undefined)]);
  if (!bpf) return;
  writeSection(out, progTypes(bpf), prefix);
  writeSection(out, mapTypes(bpf), prefix);
  writeLines(out, "eBPF helper functions", [...helperMacro(prefix), ...helperLines(bpf, full, prefix)]);
  writeSection(out, misc(bpf), prefix);
}

function optionLines({ config }: SystemRecord, prefix: string): string[] {
  if (!("options" in config)) return [];
  const values = new Map(config.options.map(({ name, value }) => [name, value]));
  return KERNEL_OPTIONS.filter((name) => MACRO_OPTIONS.has(name)).map((name) => {
    const value = values.get(name);
    return value === undefined ? `/* ${prefix}${name} is not set */` : `#define ${prefix}${name} ${value}`;
  });
}

function writeSection(out: TextSink, { comment, features }: Section, prefix: string): void {
  writeLines(
    out,
    comment,
    features.map(({ macro, answer }) => haveLine(prefix, macro, answer === "available")),
  );
}

function helperMacro(prefix: string): string[] {
  const macro = `${prefix}HAVE_PROG_TYPE_HELPER`;
  return [
    "/*",
    ` * Use ${macro}(prog_type_name, helper_name)`,
    " * to determine if <helper_name> is available for <prog_type_name>,",
    " * e.g.",
    ` *\t#if ${macro}(xdp, bpf_redirect)`,
    " *\t\t// do stuff with this helper",
    " *\t#elif",
    " *\t\t// use a workaround",
    " *\t#endif",
    " */",
    `#define ${macro}(prog_type, helper)\t\\`,
    `\t${prefix}BPF__PROG_TYPE_ ## prog_type ## __HELPER_ ## helper`,
  ];
}

function helperLines({ helpers }: BpfFeatures, full: boolean, prefix: string): string[] {
  const ids = probedHelpers(full);
  return helpers.flatMap(({ progType, available }) => {
    const has = new Set(available);
    const start = `#define ${prefix}BPF__PROG_TYPE_${progTypeName(progType)}__HELPER_`;
    return ids.map((id) => `${start}${helperName(id)} ${has.has(id) ? 1 : 0}`);
  });
}

function haveLine(prefix: string, macro: string, available: boolean): string {
  return `#define ${prefix}${available ? "" : "NO_"}HAVE_${macro}`;
}

function writeLines(out: TextSink, comment: string, lines: readonly string[]): void {
  out.write([`/*** ${comment} ***/`, ...lines, "", ""].join("\n"));
}
