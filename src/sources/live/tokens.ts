/** BPF file systems that hand out tokens, by their mount options (bpftool token.c:show_token_info). */
import type { TokenRecord } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { type Mount, readMounts } from "./mounts.ts";

const DELEGATES = /^delegate_(cmds|maps|progs|attachs)/;

export function readTokens(sys: Syscalls): TokenRecord[] {
  return readMounts(sys)
    .filter(({ type, options }) => type.startsWith("bpf") && options.some((option) => DELEGATES.test(option)))
    .map((mount) => ({
      path: mount.path,
      cmds: delegated(mount, "cmds"),
      maps: delegated(mount, "maps"),
      progs: delegated(mount, "progs"),
      attachs: delegated(mount, "attachs"),
    }));
}

/** `delegate_cmds=map_create:prog_load` */
function delegated({ options }: Mount, what: string): string[] {
  const start = `delegate_${what}=`;
  const value = options.find((option) => option.startsWith(start))?.slice(start.length) ?? "";
  return value.split(":").filter((name) => name !== "");
}
