/** Cgroups in a snapshot: those of the mounted hierarchy, each with its own and with all effective programs. */
import { InspectError, syscallError } from "../../errors.ts";
import { array, bigInteger, object, type Shape, text } from "../../json/shape.ts";
import {
  type CgroupProgRecord,
  type CgroupRecord,
  type CgroupSource,
  folderPath,
} from "../../model/cgroup-records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { ENOENT } from "../../uapi/errno.ts";
import { byteText, u32 } from "./scalars.ts";

export interface SavedCgroups {
  /** Where the hierarchy was mounted; absent where it was not. */
  readonly mount?: string;
  /** In the order of the walk: each before those below it. */
  readonly cgroups: readonly SavedCgroup[];
  readonly unread: readonly UnreadText[];
}

interface SavedCgroup {
  readonly path: string;
  readonly id: bigint;
  readonly attached: readonly CgroupProgRecord[];
  readonly effective: readonly CgroupProgRecord[];
}

/** A cgroup that could not be read, and why. */
interface UnreadText {
  readonly path: string;
  readonly message: string;
}

const MAX_TEXT = 4096;
const MESSAGE = 3 * MAX_TEXT;
const message = text(/^[\x01-\xff]*$/, MESSAGE, `at most ${MESSAGE} characters U+0001 to U+00FF`);
const MAX_LIST = 1 << 20;
const progs = array(object({ attachType: u32, progId: u32, attachFlags: u32 }), MAX_LIST);

export const cgroupsShape: Shape<SavedCgroups> = object(
  {
    cgroups: array(
      object({
        path: byteText,
        id: bigInteger(0n, 0xffff_ffff_ffff_ffffn),
        attached: progs,
        effective: progs,
      }),
      MAX_LIST,
    ),
    unread: array(object({ path: byteText, message }), MAX_LIST),
  },
  { mount: byteText },
);

/** What is saved of a source; undefined where it has no cgroups. Throws where none of them can be read. */
export function savedCgroups(source: ObjectSource): SavedCgroups | undefined {
  const cgroups = source.cgroups?.();
  if (!cgroups) return undefined;
  const mount = cgroups.mount();
  if (mount === undefined) return { cgroups: [], unread: [] };
  const effective = new Map<string, readonly CgroupProgRecord[]>();
  for (const cgroup of cgroups.walk(mount, true))
    if ("progs" in cgroup) effective.set(cgroup.path, cgroup.progs);
  const saved: SavedCgroup[] = [];
  const unread: UnreadText[] = [];
  for (const cgroup of cgroups.walk(mount, false)) {
    const { path } = cgroup;
    if ("error" in cgroup) unread.push({ path, message: cgroup.error.message });
    else saved.push({ path, id: cgroup.id, attached: cgroup.progs, effective: effective.get(path) ?? [] });
  }
  return { mount, cgroups: saved, unread };
}

export function snapshotCgroups({ mount, cgroups, unread }: SavedCgroups): CgroupSource {
  const record = ({ path, id, attached, effective }: SavedCgroup, ofAll: boolean): CgroupRecord => {
    return { path, id, progs: ofAll ? effective : attached };
  };
  const errorOf = (path: string) => {
    const found = unread.find((cgroup) => cgroup.path === path);
    return found && new InspectError("syscall", found.message);
  };
  return {
    mount: () => mount,
    read(given, effective) {
      const path = folderPath(given);
      const found = cgroups.find((cgroup) => cgroup.path === path);
      if (found) return record(found, effective);
      throw errorOf(path) ?? new InspectError("syscall", `can't open cgroup ${given}`);
    },
    *walk(given, effective) {
      const root = folderPath(given);
      if (!cgroups.some(({ path }) => path === root))
        throw errorOf(root) ?? syscallError(`can't iterate over ${given}`, ENOENT);
      const start = root === "/" ? root : `${root}/`;
      const isIn = ({ path }: { readonly path: string }) => path === root || path.startsWith(start);
      for (const cgroup of cgroups.filter(isIn)) yield record(cgroup, effective);
      for (const { path, message } of unread.filter(isIn))
        yield { path, error: new InspectError("syscall", message) };
    },
  };
}
