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

/** The value of a line other than the first, which is `pos`; undefined where there is none. */
export function fdinfoField(fdinfo: string, key: string): string | undefined {
  const label = `\n${key}:`;
  const at = fdinfo.indexOf(label);
  if (at < 0) return undefined;
  const start = at + label.length;
  const end = fdinfo.indexOf("\n", start);
  return fdinfo.slice(start, end < 0 ? undefined : end).trim();
}

/** The first line with an id. A link names its program too, but itself before. */
const ID_LINE = /^(link|map|btf|prog)_id:\s*(\d+)$/m;

/** Which object the descriptor stands for; undefined where it is none. */
export function objectOf(fdinfo: string): { kind: ObjectKind; id: number } | undefined {
  const [, kind, id] = ID_LINE.exec(fdinfo) ?? [];
  return kind === undefined ? undefined : { kind: kind as ObjectKind, id: Number(id) };
}
