/**
 * What /proc/PID/fdinfo/FD says of BPF objects (kernel show_fdinfo functions of kernel/bpf/syscall.c, btf.c): lines of
 * `key:\tvalue`.
 */
import type { ObjectKind } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

/** The whole text of a descriptor of our own; "" where it cannot be read. */
export function readFdinfo(sys: Syscalls, fd: number): string {
  return sys.readFdinfo(fd) ?? "";
}

/** A key as it stands in the text, but for the first line, which is `pos`. */
export type FdinfoLabel = `\n${string}:`;

/** The value of a line; undefined where there is none. */
export function fdinfoField(fdinfo: string, label: FdinfoLabel): string | undefined {
  const at = fdinfo.indexOf(label);
  if (at < 0) return undefined;
  const start = at + label.length;
  const end = fdinfo.indexOf("\n", start);
  return fdinfo.slice(start, end < 0 ? undefined : end).trim();
}

/** The lines with ids. A link names its program too: it comes first. */
const ID_LABELS: Readonly<Record<ObjectKind, FdinfoLabel>> = {
  link: "\nlink_id:",
  map: "\nmap_id:",
  btf: "\nbtf_id:",
  prog: "\nprog_id:",
};
const KINDS = Object.keys(ID_LABELS) as ObjectKind[];

/** The object of a kind that the descriptor stands for; undefined where it is none. */
export function idOf(fdinfo: string, kind: ObjectKind): number | undefined {
  const id = fdinfoField(fdinfo, ID_LABELS[kind]);
  return id === undefined ? undefined : Number(id);
}

/** Which object the descriptor stands for; undefined where it is none. */
export function objectOf(fdinfo: string): { kind: ObjectKind; id: number } | undefined {
  for (const kind of KINDS) {
    const id = idOf(fdinfo, kind);
    if (id !== undefined) return { kind, id };
  }
  return undefined;
}
