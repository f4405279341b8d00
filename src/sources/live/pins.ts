/** Objects pinned in BPF file systems (bpftool common.c:build_pinned_obj_table). */
import { InspectError, syscallError } from "../../errors.ts";
import type { PinRecord } from "../../model/records.ts";
import { BPF, makeAttr, OBJ_GET_ATTR } from "../../sys/attr.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EACCES } from "../../uapi/errno.ts";
import { objectOf, readFdinfo } from "./fdinfo.ts";
import { readMounts } from "./mounts.ts";
import { closing } from "./objects.ts";

/** Every pinned program, map and link of every mounted bpffs. */
export function readPins(sys: Syscalls): PinRecord[] {
  const pins: PinRecord[] = [];
  for (const mount of bpffsMounts(sys)) {
    for (const path of files(sys, mount)) {
      const object = objectAt(sys, path);
      if (typeof object === "object" && object.kind !== "btf")
        pins.push({ kind: object.kind, id: object.id, path });
    }
  }
  return pins;
}

/** The object pinned at `path`; throws in bpftool's words. */
export function readPinned(sys: Syscalls, path: string): { kind: PinRecord["kind"]; id: number } {
  const object = objectAt(sys, path);
  if (object === undefined || (typeof object === "object" && object.kind === "btf")) {
    throw new InspectError("not-found", "incorrect object type: unknown");
  }
  if (typeof object === "object") return { kind: object.kind as PinRecord["kind"], id: object.id };
  const errno = -object;
  if (errno === EACCES && !bpffsMounts(sys).some((mount) => path === mount || path.startsWith(`${mount}/`))) {
    const message = `bpf obj get (${path}): directory not in bpf file system (bpffs)`;
    throw new InspectError("syscall", message, { data: { errno } });
  }
  throw syscallError(`bpf obj get (${path})`, errno);
}

/** The object, -errno where nothing can be opened, undefined where what is opened is of no known kind. */
function objectAt(sys: Syscalls, path: string): ReturnType<typeof objectOf> | number {
  const attr = makeAttr(OBJ_GET_ATTR, {});
  const target = Buffer.from(`${path}\0`, "latin1");
  const fd = sys.bpf(BPF.OBJ_GET, attr, [{ holder: attr, offset: OBJ_GET_ATTR.path.offset, target }]);
  if (fd < 0) return fd;
  return closing(sys, fd, () => objectOf(readFdinfo(sys, fd)));
}

function bpffsMounts(sys: Syscalls): string[] {
  return readMounts(sys)
    .filter(({ type }) => type.startsWith("bpf"))
    .map(({ path }) => path);
}

/** A file system may not be deeper than this: bpffs folders are made by hand and by loaders. */
const MAX_DEPTH = 64;

/** Regular files below a folder, folders in the order of the directory, links not followed. */
function* files(sys: Syscalls, folder: string, depth = 0): Generator<string> {
  if (depth > MAX_DEPTH) return;
  for (const { name, type } of sys.list(folder)) {
    const path = `${folder}/${name}`;
    if (type === "directory") yield* files(sys, path, depth + 1);
    else if (type === "file") yield path;
  }
}
