/** Programs on cgroups (BPF_PROG_QUERY), and how a source is asked for them. */
import type { InspectError } from "../errors.ts";

/** A program on a hook of a cgroup. */
export interface CgroupProgRecord {
  /** enum bpf_attach_type. */
  readonly attachType: number;
  readonly progId: number;
  /** BPF_F_ALLOW_* and what else it was attached with; 0 where effective programs were asked for. */
  readonly attachFlags: number;
}

export interface CgroupRecord {
  /** Byte text, as it was asked for or walked to. */
  readonly path: string;
  /** The kernel's id of the cgroup: the inode of its folder. */
  readonly id: bigint;
  /** By hook, in bpftool's order; the programs of a hook in the order in which they run. */
  readonly progs: readonly CgroupProgRecord[];
}

/** A cgroup of a walk that cannot be read, and why. */
export interface UnreadCgroup {
  readonly path: string;
  readonly error: InspectError;
}

/**
 * Cgroups of version 2. `effective` asks for all programs that run for the cgroup, those of the ones above among them, and
 * not only for those that were attached to itself.
 */
export interface CgroupSource {
  /** Where the hierarchy is mounted; undefined where it is not. */
  mount(): string | undefined;
  /** One cgroup by its path. Throws in bpftool's words. */
  read(path: string, effective: boolean): CgroupRecord;
  /**
   * The cgroup at `root` and those below, each before those below it. What has been removed meanwhile is left out. Throws
   * where the root cannot be read: then nothing can.
   */
  walk(root: string, effective: boolean): Iterable<CgroupRecord | UnreadCgroup>;
}

/** A folder's path as a walk shows it: without slashes at its end. */
export function folderPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}
