/** The real system: bpf(2) through the FFI layer, files through node:fs. */
import fs from "node:fs";
import os from "node:os";
import { toByteText } from "../bytes/text.ts";
import { errnoOf } from "../errors.ts";
import { ENOENT } from "../uapi/errno.ts";
import { loadFfi } from "./ffi.ts";
import type { DirectoryEntry, Syscalls } from "./syscalls.ts";

const CLOCK_REALTIME = 0;
const CLOCK_BOOTTIME = 7;
const PIECE = 1 << 18;

export function linuxSyscalls(): Syscalls {
  const ffi = loadFfi();
  const small = Buffer.allocUnsafeSlow(1 << 16);
  return {
    bpf: (cmd, attr, pointers = []) => ffi.bpf(cmd, attr, pointers),
    openDirectory(path) {
      try {
        return fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      } catch (error) {
        return -(errnoOf(error) ?? ENOENT);
      }
    },
    close: (fd) => fs.closeSync(fd),
    readText(path) {
      return attempt(() => {
        const fd = fs.openSync(filePath(path), "r");
        try {
          let text = "";
          for (let size = small.length; size > 0; ) {
            size = fs.readSync(fd, small, 0, small.length, null);
            text += small.toString("latin1", 0, size);
          }
          return text;
        } finally {
          fs.closeSync(fd);
        }
      });
    },
    readFdinfo(pid, fd) {
      return attempt(() => {
        const file = fs.openSync(`/proc/${pid}/fdinfo/${fd}`, "r");
        try {
          // The kernel makes the whole text at once: one read gets it.
          return small.toString("latin1", 0, fs.readSync(file, small, 0, small.length, null));
        } finally {
          fs.closeSync(file);
        }
      });
    },
    readPieces: pieces,
    list: (path) => attempt(() => entries(path)) ?? [],
    names: (path) => attempt(() => fs.readdirSync(filePath(path), "latin1")) ?? [],
    readLink: (path) => attempt(() => fs.readlinkSync(filePath(path), "latin1")),
    identity: (path) =>
      attempt(() => {
        const { dev, ino } = fs.statSync(filePath(path), { bigint: true });
        return { dev, ino };
      }),
    bootTime: () => ffi.clock(CLOCK_REALTIME) - ffi.clock(CLOCK_BOOTTIME),
    uname: () => ({ release: toByteText(os.release()), machine: os.machine() }),
  };
}

/** Paths are byte text; node:fs takes bytes as a Buffer. */
function filePath(path: string): string | Buffer {
  return /^[\x00-\x7f]*$/.test(path) ? path : Buffer.from(path, "latin1");
}

/** readdirSync would sort them. */
function entries(path: string): DirectoryEntry[] {
  // With encoding "buffer" names are Buffers, whatever the type says.
  const folder = fs.opendirSync(filePath(path) as string, {
    encoding: "buffer" as BufferEncoding,
    bufferSize: 256,
  });
  try {
    const found: DirectoryEntry[] = [];
    for (let dirent = folder.readSync(); dirent !== null; dirent = folder.readSync()) {
      const type = dirent.isFile() ? "file" : dirent.isDirectory() ? "directory" : "other";
      found.push({ name: (dirent.name as unknown as Buffer).toString("latin1"), type });
    }
    return found;
  } finally {
    folder.closeSync();
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function* pieces(path: string): Generator<Uint8Array> {
  const fd = attempt(() => fs.openSync(filePath(path), "r"));
  if (fd === undefined) return;
  try {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(PIECE);
      const size = fs.readSync(fd, piece, 0, PIECE, null);
      if (size === 0) return;
      yield piece.subarray(0, size);
    }
  } finally {
    fs.closeSync(fd);
  }
}
