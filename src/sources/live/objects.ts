/** Objects by id: how each kind is walked, opened and asked about itself. */
import { syscallError } from "../../errors.ts";
import { lookupError } from "../../model/lookup-errors.ts";
import type { ObjectKind } from "../../model/records.ts";
import { BPF, BPF_F_RDONLY, ID_ATTR, INFO_ATTR, makeAttr, ownAttr } from "../../sys/attr.ts";
import { encodeStruct, fieldReader, u32Setter } from "../../sys/struct.ts";
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
  const { noun, shortNoun } = COMMANDS[kind];
  const idAfter = idWalker(sys, kind);
  const open = opener(sys, kind);
  for (let id = 0, inRow = false; ; ) {
    // Ids mostly come one after the other: the kernel need not be asked for the next where that can be opened.
    const guess: number = inRow ? open(id + 1) : -ENOENT;
    const next: number = guess < 0 ? idAfter(id) : id + 1;
    if (next === -ENOENT) return;
    if (next < 0) {
      const hint = next === -EINVAL ? " -- kernel too old?" : "";
      throw syscallError(`can't get next ${noun}`, -next, { hint });
    }
    inRow = next === id + 1;
    id = next;
    const fd = guess < 0 ? open(id) : guess;
    if (fd === -ENOENT) continue;
    if (fd < 0) throw syscallError(`can't get ${shortNoun} by id (${id})`, -fd);
    yield closing(sys, fd, () => read(fd, id));
  }
}

/** The id of the next object after an id, or -errno. */
function idWalker(sys: Syscalls, kind: ObjectKind): (id: number) => number {
  const attr = ownAttr(ID_ATTR);
  const ask = sys.repeatedBpf(COMMANDS[kind].nextId, attr);
  const setId = u32Setter(ID_ATTR.id, attr);
  const answer = fieldReader(attr);
  return (id) => {
    setId(id);
    return ask() < 0 ? -sys.errno() : answer(ID_ATTR.nextId);
  };
}

/** `read` of one object; the lookup error of its kind where it cannot be opened. */
export function withObject<T>(sys: Syscalls, kind: ObjectKind, id: number, read: (fd: number) => T): T {
  const fd = openObject(sys, kind, id);
  return closing(sys, fd, () => read(fd));
}

/** A descriptor that the caller closes; the lookup error of its kind where there is none. */
export function openObject(sys: Syscalls, kind: ObjectKind, id: number): number {
  const fd = opener(sys, kind)(id);
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

/** A descriptor of the object with an id, or -errno. */
type Opener = (id: number) => number;

/** Those that were made: hundreds of objects are opened, each with the same buffers. */
const openers = new WeakMap<Syscalls, Map<ObjectKind, Opener>>();

function opener(sys: Syscalls, kind: ObjectKind): Opener {
  const made = openers.get(sys) ?? new Map<ObjectKind, Opener>();
  openers.set(sys, made);
  const open = made.get(kind) ?? makeOpener(sys, kind);
  made.set(kind, open);
  return open;
}

function makeOpener(sys: Syscalls, kind: ObjectKind): Opener {
  const { fdById, openFlags } = COMMANDS[kind];
  const attr = encodeStruct(ID_ATTR, ownAttr(ID_ATTR), { openFlags });
  const open = sys.repeatedBpf(fdById, attr);
  const setId = u32Setter(ID_ATTR.id, attr);
  return (id) => {
    setId(id);
    const fd = open();
    return fd < 0 ? -sys.errno() : fd;
  };
}

/**
 * BPF_OBJ_GET_INFO_BY_FD of one object after the other into the same buffers: `info` goes to the kernel as it is now, each
 * time. Returns 0 or -errno.
 */
export function infoCall(
  sys: Syscalls,
  info: Uint8Array,
  pointers: readonly Pointer[] = [],
): (fd: number) => number {
  const attr = ownAttr(INFO_ATTR);
  const ask = sys.repeatedBpf(BPF.OBJ_GET_INFO_BY_FD, attr, [
    { holder: attr, offset: INFO_ATTR.info.offset, target: info },
    ...pointers,
  ]);
  const asSent = info.slice();
  const setFd = u32Setter(INFO_ATTR.fd, attr);
  const setLength = u32Setter(INFO_ATTR.infoLen, attr);
  return (fd) => {
    info.set(asSent);
    setFd(fd);
    setLength(info.length);
    return ask() < 0 ? -sys.errno() : 0;
  };
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
