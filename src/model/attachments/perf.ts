/** Programs on perf events that processes have descriptors of, as attachments, where no link tells of them. */
import { PERF_FD_TYPES } from "../../uapi/perf-fd-types.ts";
import { grouped } from "../grouped.ts";
import type { PerfRecord } from "../records.ts";
import { type Attachment, type Hook, hookKey } from "./hooks.ts";

/**
 * `linked` are the attachments of links: a link on a perf event shows in both places. Several descriptors of one event are
 * one attachment.
 */
export function perfAttachments(records: Iterable<PerfRecord>, linked: readonly Attachment[]): Attachment[] {
  const known = new Set(linked.map(keyOf));
  const attached = Array.from(records).flatMap((record) => {
    const { progId, pid, fd } = record;
    const hook = perfHook(record);
    return hook ? [{ progId, hook, pid, fd }] : [];
  });
  return Array.from(grouped(attached, keyOf)).flatMap(([key, same]) => {
    const perfFds = same.map(({ pid, fd }) => ({ pid, fd }));
    return known.has(key) ? [] : same.slice(0, 1).map(({ progId, hook }) => ({ progId, hook, perfFds }));
  });
}

function keyOf({ progId, hook }: Pick<Attachment, "progId" | "hook">): string {
  return `${progId} ${hookKey(hook)}`;
}

/** undefined for kinds that are not known here. */
function perfHook({ fdType, name, offset, addr }: PerfRecord): Hook | undefined {
  const type = PERF_FD_TYPES[fdType];
  switch (type) {
    case "raw_tracepoint":
    case "tracepoint":
      return { kind: type, name };
    case "kprobe":
    case "kretprobe":
      return { kind: "kprobe", retprobe: type === "kretprobe", func: name, addr, offset };
    case "uprobe":
    case "uretprobe":
      return { kind: "uprobe", retprobe: type === "uretprobe", path: name, offset };
    default:
      return undefined;
  }
}
