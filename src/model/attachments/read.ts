/** Gathers all that is attached from everywhere that a source tells of it. */
import { InspectError } from "../../errors.ts";
import type { NetworkRecord } from "../net-records.ts";
import type { LinkRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import { cgroupAttachments } from "./cgroups.ts";
import type { Attachment } from "./hooks.ts";
import { LinkPool } from "./link-pool.ts";
import { linkAttachments } from "./links.ts";
import { mapAttachments } from "./maps.ts";
import { networkAttachments } from "./network.ts";
import { perfAttachments } from "./perf.ts";
import { structOpsAttachments } from "./struct-ops.ts";

export interface EverythingAttached {
  /** Those of one hook in the order in which its programs run. */
  readonly attachments: readonly Attachment[];
  readonly network: Pick<NetworkRecord, "nets">;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

/** What cannot be read does not hide the rest. */
export function readAttachments(registry: Registry): EverythingAttached {
  const { source } = registry;
  const problems: string[] = [];
  const warn = (problem: string) => void problems.push(problem);
  const attempt = <T>(otherwise: T, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      warn(error.message);
      return otherwise;
    }
  };
  const links = attempt<readonly LinkRecord[]>([], () => registry.links());
  const pool = new LinkPool(links);
  const network = attempt<Pick<NetworkRecord, "nets">>(
    { nets: [] },
    () => source.network?.({ everyNetns: true }) ?? { nets: [] },
  );
  for (const { netns, problems: unread } of network.nets)
    for (const problem of unread) warn(`netns ${netns.names[0] ?? netns.ino}: ${problem}`);
  const placed = [
    ...networkAttachments(network, pool),
    ...attempt([], () => (source.cgroups ? cgroupAttachments(source.cgroups(), pool, warn) : [])),
    ...attempt([], () => mapAttachments(registry, pool, warn)),
    ...attempt([], () => structOpsAttachments(registry, links, warn)),
  ];
  const linked = linkAttachments(registry, pool.rest(), network.nets);
  const perf = attempt([], () => perfAttachments(source.perf(), linked));
  return { attachments: [...placed, ...linked, ...perf], network, problems };
}
