/** What a kernel can do, as far as probes can tell (bpftool feature.c, libbpf libbpf_probes.c). */

export interface FeatureRequest {
  /** A network device that takes programs and maps over: what it can do, not the kernel. */
  readonly device?: string;
  /** Ask for the helpers, too, whose probe writes to the kernel's log. */
  readonly full: boolean;
  /** Give up the privileges of this process first. */
  readonly unprivileged: boolean;
}

/** `refused`: the kernel did not let this process try (EPERM), so nobody knows. */
export type Answer = "available" | "missing" | "refused";

export interface TypeAnswer {
  /** enum bpf_prog_type or bpf_map_type. */
  readonly type: number;
  readonly answer: Answer;
}

/** Helpers by number, ascending. Those in neither list are missing, or could not be determined. */
export interface HelperAnswers {
  readonly progType: number;
  readonly available: readonly number[];
  readonly refused: readonly number[];
}

/** Features that are no type and no helper, in bpftool's order. */
export const MISC_FEATURES = [
  "large_insn_limit",
  "bounded_loops",
  "v2_isa_extension",
  "v3_isa_extension",
  "v4_isa_extension",
] as const;

export type MiscFeature = (typeof MISC_FEATURES)[number];

/** Files of /proc/sys; -1 where one cannot be read. */
export interface SysctlRecord {
  readonly unprivilegedBpfDisabled: bigint;
  readonly jitEnable: bigint;
  readonly jitHarden: bigint;
  readonly jitKallsyms: bigint;
  readonly jitLimit: bigint;
}

/** Options of the kernel's build that are set, out of KERNEL_OPTIONS; or why there are none. */
export type KernelConfig =
  | { readonly options: readonly KernelOption[] }
  /** In bpftool's words: `can't open file: No such file or directory`. */
  | { readonly skipped: string };

export interface KernelOption {
  readonly name: string;
  readonly value: string;
}

export interface SystemRecord {
  /** undefined where there is no /proc. */
  readonly sysctls?: SysctlRecord;
  readonly config: KernelConfig;
}

export interface FeatureRecord {
  /** When the probes ran: ISO 8601, UTC. */
  readonly probed: string;
  /** As asked for. */
  readonly full: boolean;
  /** undefined where a device was asked for. */
  readonly system?: SystemRecord;
  /** undefined where there is no bpf(2). */
  readonly bpf?: BpfFeatures;
}

export interface BpfFeatures {
  readonly progTypes: readonly TypeAnswer[];
  readonly mapTypes: readonly TypeAnswer[];
  /** In the order of progTypes. */
  readonly helpers: readonly HelperAnswers[];
  readonly misc: Readonly<Record<MiscFeature, Answer>>;
}
