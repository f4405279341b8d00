/** Programs on cgroups, as attachments: those that hang on a cgroup itself, in the order in which they run. */
import type { CgroupSource } from "../cgroup-records.ts";
import type { Attachment } from "./hooks.ts";
import { type LinkPool, linkFields } from "./link-pool.ts";

/** What cannot be read is told to `warn`. */
export function cgroupAttachments(
  cgroups: CgroupSource,
  pool: LinkPool,
  warn: (problem: string) => void,
): Attachment[] {
  const root = cgroups.mount();
  if (root === undefined) return [];
  const found: Attachment[] = [];
  for (const cgroup of cgroups.walk(root, false)) {
    if ("error" in cgroup) {
      warn(cgroup.error.message);
      continue;
    }
    const { id: cgroupId, path } = cgroup;
    for (const { attachType, progId } of cgroup.progs) {
      const link = pool.take(
        "cgroup",
        progId,
        (detail) => detail.cgroupId === cgroupId && detail.attachType === attachType,
      );
      found.push({ progId, hook: { kind: "cgroup", cgroupId, path, attachType }, ...linkFields(link) });
    }
  }
  return found;
}
