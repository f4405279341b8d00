/** What is mounted where, from /proc/mounts (proc(5); getmntent(3)). */
import type { Syscalls } from "../../sys/syscalls.ts";

export interface Mount {
  /** Byte text. */
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** In the order of the file; none where it cannot be read. */
export function readMounts(sys: Syscalls): Mount[] {
  return (sys.readText("/proc/mounts") ?? "").split("\n").flatMap((line) => {
    const [, path, type, options] = line.split(" ");
    if (path === undefined || type === undefined) return [];
    return [{ path: unescaped(path), type, options: unescaped(options ?? "").split(",") }];
  });
}

/** Blanks and backslashes stand as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
