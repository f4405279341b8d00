/** How many entries a map has. */
import type { MapContents } from "../../../model/contents.ts";
import { ENOENT } from "../../../uapi/errno.ts";

/** At most `limit`. Empty slots of arrays are none, entries that cannot be read are. */
export function countEntries({ batches }: MapContents, limit: number): number {
  let entries = 0;
  if (limit <= 0) return 0;
  for (const { count, errors } of batches) {
    entries += count;
    for (const [at, errno] of errors ?? []) if (errno === ENOENT && at < count) entries--;
    if (entries >= limit) return limit;
  }
  return entries;
}
