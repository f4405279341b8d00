/** Names of perf event types and configurations (include/uapi/linux/perf_event.h), in perf's words. */

/** By PERF_TYPE_*. */
export const PERF_EVENT_TYPES = [
  "hardware",
  "software",
  "tracepoint",
  "hw-cache",
  "raw",
  "breakpoint",
] as const;

/** By PERF_COUNT_HW_*. */
const HARDWARE = [
  "cpu-cycles",
  "instructions",
  "cache-references",
  "cache-misses",
  "branch-instructions",
  "branch-misses",
  "bus-cycles",
  "stalled-cycles-frontend",
  "stalled-cycles-backend",
  "ref-cycles",
];

/** By PERF_COUNT_SW_*. */
const SOFTWARE = [
  "cpu-clock",
  "task-clock",
  "page-faults",
  "context-switches",
  "cpu-migrations",
  "minor-faults",
  "major-faults",
  "alignment-faults",
  "emulation-faults",
  "dummy",
  "bpf-output",
  "cgroup-switches",
];

/** The three bytes of a cache event's configuration, lowest first. */
const CACHE: readonly (readonly string[])[] = [
  ["L1-dcache", "L1-icache", "LLC", "dTLB", "iTLB", "branch", "node"],
  ["load", "store", "prefetch"],
  ["refs", "misses"],
];

/** The name of an event's configuration; undefined where it is a plain number. */
export function perfConfigName(type: number, config: bigint): string | undefined {
  switch (PERF_EVENT_TYPES[type]) {
    case "hardware":
      return HARDWARE[Number(config)];
    case "software":
      return SOFTWARE[Number(config)];
    case "hw-cache":
      return CACHE.map((names, byte) => {
        const part = Number((config >> BigInt(byte * 8)) & 0xffn);
        return names[part] ?? part;
      }).join("-");
    default:
      return undefined;
  }
}
