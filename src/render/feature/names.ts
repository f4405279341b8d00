/** What features are called: plain text, JSON keys, macros (bpftool feature.c). */
import type { Answer, BpfFeatures, MiscFeature } from "../../model/feature-records.ts";
import { MISC_FEATURES } from "../../model/feature-records.ts";
import { HELPERS } from "../../uapi/helpers.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";

/** A feature that is there or not. */
export interface NamedFeature {
  readonly answer: Answer;
  /** `eBPF program_type xdp` */
  readonly title: string;
  /** In JSON: `have_xdp_prog_type`. */
  readonly key: string;
  /** Behind HAVE_ or NO_HAVE_: `XDP_PROG_TYPE`. */
  readonly macro: string;
}

export interface Section {
  readonly key: "program_types" | "map_types" | "misc";
  /** `Scanning eBPF program types...` */
  readonly title: string;
  /** In macros: a comment. */
  readonly comment: string;
  readonly features: readonly NamedFeature[];
}

export function progTypes({ progTypes }: BpfFeatures): Section {
  return {
    key: "program_types",
    title: "eBPF program types",
    comment: "eBPF program types",
    features: progTypes.map(({ type, answer }) =>
      typeFeature(progTypeName(type), "program_type", "prog_type", answer),
    ),
  };
}

export function mapTypes({ mapTypes }: BpfFeatures): Section {
  return {
    key: "map_types",
    title: "eBPF map types",
    comment: "eBPF map types",
    features: mapTypes.map(({ type, answer }) =>
      typeFeature(String(nameOrNumber(MAP_TYPES, type)), "map_type", "map_type", answer),
    ),
  };
}

export function misc({ misc }: BpfFeatures): Section {
  return {
    key: "misc",
    title: "miscellaneous eBPF features",
    comment: "eBPF misc features",
    features: MISC_FEATURES.map((feature) => ({
      answer: misc[feature],
      title: MISC_TITLES[feature],
      key: `have_${feature}`,
      macro: feature.toUpperCase(),
    })),
  };
}

function typeFeature(name: string, titleKind: string, kind: string, answer: Answer): NamedFeature {
  return {
    answer,
    title: `eBPF ${titleKind} ${name}`,
    key: `have_${name}_${kind}`,
    macro: `${name}_${kind}`.toUpperCase(),
  };
}

const MISC_TITLES: Readonly<Record<MiscFeature, string>> = {
  large_insn_limit: "Large program size limit",
  bounded_loops: "Bounded loop support",
  v2_isa_extension: "ISA extension v2",
  v3_isa_extension: "ISA extension v3",
  v4_isa_extension: "ISA extension v4",
};

export function progTypeName(type: number): string {
  return String(nameOrNumber(PROG_TYPES, type));
}

export function helperName(id: number): string {
  return String(nameOrNumber(HELPERS, id));
}
