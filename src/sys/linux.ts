/**
 * The real system. bpf(2) and the small files of /proc go through the FFI layer: a listing reads hundreds of them, and
 * node:fs takes five times as long for each.
 */
import { constants, statSync } from "node:fs";
import { machine, release } from "node:os";
import { toByteText } from "../bytes/text.ts";
import { decodeDirents } from "./dirents.ts";
import { type Ffi, loadFfi } from "./ffi.ts";
import type { DirectoryEntry, Syscalls } from "./syscalls.ts";

const CLOCK_REALTIME = 0;
const CLOCK_BOOTTIME = 7;
const { O_RDONLY, O_DIRECTORY } = constants;
const O_CLOEXEC = 0o2000000;
const PIECE = 1 << 18;
const SMALL = 1 << 16;

export function linuxSyscalls(): Syscalls {
  const ffi = loadFfi();
  const small = Buffer.allocUnsafeSlow(SMALL);

  /** undefined where it cannot be opened. */
  function withFile<T>(path: string, flags: number, use: (fd: number) => T): T | undefined {
    const fd = ffi.open(path, flags | O_CLOEXEC);
    if (fd < 0) return undefined;
    try {
      return use(fd);
    } finally {
      ffi.close(fd);
    }
  }

  return {
    bpf: (cmd, attr, pointers = []) => ffi.bpf(cmd, attr, pointers),
    openDirectory: (path) => ffi.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
    close: (fd) => ffi.close(fd),
    readText: (path) =>
      withFile(path, O_RDONLY, (fd) => {
        let text = "";
        let size = ffi.read(fd, small);
        for (; size > 0; size = ffi.read(fd, small)) text += small.toString("latin1", 0, size);
        return size < 0 ? undefined : text;
      }),
    // The kernel makes the whole text at once: one read gets it.
    readFdinfo: (pid, fd) =>
      withFile(`/proc/${pid}/fdinfo/${fd}`, O_RDONLY, (file) =>
        small.toString("latin1", 0, Math.max(0, ffi.read(file, small))),
      ),
    readPieces: (path) => pieces(ffi, path),
    list: (path) =>
      withFile(path, O_RDONLY | O_DIRECTORY, (fd) => {
        const entries: DirectoryEntry[] = [];
        for (let size = ffi.getDirents(fd, small); size > 0; size = ffi.getDirents(fd, small)) {
          entries.push(...decodeDirents(small.subarray(0, size)));
        }
        return entries;
      }) ?? [],
    readLink(path) {
      const size = ffi.readLink(path, small);
      return size < 0 ? undefined : small.toString("latin1", 0, size);
    },
    identity(path) {
      const stat = statSync(Buffer.from(path, "latin1"), { bigint: true, throwIfNoEntry: false });
      return stat && { dev: stat.dev, ino: stat.ino };
    },
    bootTime: () => ffi.clock(CLOCK_REALTIME) - ffi.clock(CLOCK_BOOTTIME),
    uname: () => ({ release: toByteText(release()), machine: machine() }),
  };
}

function* pieces(ffi: Ffi, path: string): Generator<Uint8Array> {
  const fd = ffi.open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const piece = new Uint8Array(PIECE);
  try {
    for (let size = ffi.read(fd, piece); size > 0; size = ffi.read(fd, piece)) yield piece.subarray(0, size);
  } finally {
    ffi.close(fd);
  }
}
