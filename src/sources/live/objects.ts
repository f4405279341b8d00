/** Objects by id: how each kind is walked, opened and asked about itself. */
import { syscallError } from "../../errors.ts";
import { lookupError } from "../../model/lookup-errors.ts";
import type { ObjectKind } from "../../model/records.ts";
import { BPF, BPF_F_RDONLY, ID_ATTR, INFO_ATTR, makeAttr } from "../../sys/attr.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Pointer, Syscalls } from "../../sys/syscalls.ts";
import { EINVAL, ENOENT } from "../../uapi/errno.ts";

interface KindCommands {
  readonly nextId: number;
  readonly fdById: number;
  /** BPF_F_* of the open call. */
  readonly openFlags: number;
  /** In bpftool's words: `can't get next program`. */
  readonly noun: string;
  readonly shortNoun: string;
}

const COMMANDS: Readonly<Record<ObjectKind, KindCommands>> = {
  prog: {
    nextId: BPF.PROG_GET_NEXT_ID,
    fdById: BPF.PROG_GET_FD_BY_ID,
    openFlags: 0,
    noun: "program",
    shortNoun: "prog",
  },
  map: {
    nextId: BPF.MAP_GET_NEXT_ID,
    fdById: BPF.MAP_GET_FD_BY_ID,
    openFlags: BPF_F_RDONLY,
    noun: "map",
    shortNoun: "map",
  },
  btf: {
    nextId: BPF.BTF_GET_NEXT_ID,
    fdById: BPF.BTF_GET_FD_BY_ID,
    openFlags: 0,
    noun: "BTF object",
    shortNoun: "BTF object",
  },
  link: {
    nextId: BPF.LINK_GET_NEXT_ID,
    fdById: BPF.LINK_GET_FD_BY_ID,
    openFlags: 0,
    noun: "link",
    shortNoun: "link",
  },
};

/** `read` of every object of a kind, ids ascending. What vanishes between its id and its descriptor is left out. */
export function* walk<T>(sys: Syscalls, kind: ObjectKind, read: (fd: number, id: number) => T): Generator<T> {
  const { nextId, noun, shortNoun } = COMMANDS[kind];
  for (let id = 0; ; ) {
    const attr = makeAttr(ID_ATTR, { id });
    const result = sys.bpf(nextId, attr);
    if (result === -ENOENT) return;
    if (result < 0) {
      const hint = result === -EINVAL ? " -- kernel too old?" : "";
      throw syscallError(`can't get next ${noun}`, -result, { hint });
    }
    id = decodeStruct(ID_ATTR, attr).nextId;
    const fd = open(sys, kind, id);
    if (fd === -ENOENT) continue;
    if (fd < 0) throw syscallError(`can't get ${shortNoun} by id (${id})`, -fd);
    yield closing(sys, fd, () => read(fd, id));
  }
}

/** `read` of one object; the lookup error of its kind where it cannot be opened. */
export function withObject<T>(sys: Syscalls, kind: ObjectKind, id: number, read: (fd: number) => T): T {
  const fd = openObject(sys, kind, id);
  return closing(sys, fd, () => read(fd));
}

/** A descriptor that the caller closes; the lookup error of its kind where there is none. */
export function openObject(sys: Syscalls, kind: ObjectKind, id: number): number {
  const fd = open(sys, kind, id);
  if (fd < 0) throw lookupError(kind, id, -fd);
  return fd;
}

/** Runs `use` and closes the descriptor, whatever happens. */
export function closing<T>(sys: Syscalls, fd: number, use: () => T): T {
  try {
    return use();
  } finally {
    sys.close(fd);
  }
}

/** A descriptor, or -errno. */
function open(sys: Syscalls, kind: ObjectKind, id: number): number {
  const { fdById, openFlags } = COMMANDS[kind];
  return sys.bpf(fdById, makeAttr(ID_ATTR, { id, openFlags }));
}

/** BPF_OBJ_GET_INFO_BY_FD into `info`; returns 0 or -errno. */
export function objectInfo(
  sys: Syscalls,
  fd: number,
  info: Uint8Array,
  pointers: readonly Pointer[] = [],
): number {
  const attr = makeAttr(INFO_ATTR, { fd, infoLen: info.length });
  return sys.bpf(BPF.OBJ_GET_INFO_BY_FD, attr, [
    { holder: attr, offset: INFO_ATTR.info.offset, target: info },
    ...pointers,
  ]);
}
