/** Programs on perf events that processes have descriptors of, as attachments, where no link tells of them. */
import { PERF_FD_TYPES } from "../../uapi/perf-fd-types.ts";
import type { PerfRecord } from "../records.ts";
import { type Attachment, type Hook, hookKey, type PerfFd } from "./hooks.ts";

/**
 * `linked` are the attachments of links: a link on a perf event shows in both places. Several descriptors of one event are
 * one attachment.
 */
export function perfAttachments(records: Iterable<PerfRecord>, linked: readonly Attachment[]): Attachment[] {
  const key = (progId: number, hook: Hook) => `${progId} ${hookKey(hook)}`;
  const known = new Set(linked.map(({ progId, hook }) => key(progId, hook)));
  const found = new Map<
    string,
    { readonly progId: number; readonly hook: Hook; readonly perfFds: PerfFd[] }
  >();
  for (const record of records) {
    const { progId, pid, fd } = record;
    const hook = perfHook(record);
    if (!hook || known.has(key(progId, hook))) continue;
    const same = found.get(key(progId, hook));
    if (same) same.perfFds.push({ pid, fd });
    else found.set(key(progId, hook), { progId, hook, perfFds: [{ pid, fd }] });
  }
  return [...found.values()];
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
