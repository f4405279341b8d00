/** What /proc/PID/fdinfo/FD says of BPF objects (kernel show_fdinfo functions of kernel/bpf/syscall.c, btf.c). */
import type { ObjectKind } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

export type Fdinfo = ReadonlyMap<string, string>;

/** Its `key:\tvalue` lines. */
export function readFdinfo(sys: Syscalls, fd: number, pid: number | "self" = "self"): Fdinfo {
  const fields = new Map<string, string>();
  for (const [, key, value] of (sys.readFdinfo(pid, fd) ?? "").matchAll(/^([^:\n]+):[ \t]*(.*)$/gm)) {
    fields.set(key as string, (value as string).trimEnd());
  }
  return fields;
}

/** A link's fdinfo names its program too, so links come first. */
const ID_KEYS: readonly (readonly [key: string, kind: ObjectKind])[] = [
  ["link_id", "link"],
  ["map_id", "map"],
  ["btf_id", "btf"],
  ["prog_id", "prog"],
];

/** Which object the descriptor stands for; undefined where it is none. */
export function objectOf(fdinfo: Fdinfo): { kind: ObjectKind; id: number } | undefined {
  for (const [key, kind] of ID_KEYS) {
    const id = Number(fdinfo.get(key) ?? Number.NaN);
    if (Number.isInteger(id)) return { kind, id };
  }
  return undefined;
}
