/** Which helpers are probed for (bpftool feature.c:probe_helpers_for_progtype). */
import { HELPERS } from "./helpers.ts";

/** The verifier writes to the kernel's log when it meets one of these. */
const NOISY: ReadonlySet<string> = new Set(["bpf_trace_printk", "bpf_trace_vprintk", "bpf_probe_write_user"]);

/** Numbers, ascending. */
export function probedHelpers(full: boolean): number[] {
  return HELPERS.flatMap((name, id) => (id > 0 && (full || !NOISY.has(name)) ? [id] : []));
}
