/** A line of shell that somebody runs on bpftool's output, and the texts that it prints. */

/** `made` is of machine.ts; `net` and `cgroups` are the machines that bpftool 7.8.0 printed elsewhere. */
export type Place = "demo" | "made" | "net" | "cgroups" | "struct_ops";

export interface ConsumerLine {
  readonly who: string;
  readonly place: Place;
  /** What it needs besides bash, sed, awk and grep. */
  readonly tool?: "jq" | "clang";
  readonly line: string;
  /** What it prints. */
  readonly wanted: string;
  /** Of the last command; 0 unless told. */
  readonly status?: number;
  /** What bpftool itself prints there on stderr. */
  readonly stderr?: string;
}

export function lines(values: readonly unknown[]): string {
  return values.map((value) => `${value}\n`).join("");
}

/** As jq prints values with -c. */
export function compact(values: readonly unknown[]): string {
  return lines(values.map((value) => JSON.stringify(value)));
}
