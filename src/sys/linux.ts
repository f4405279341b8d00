/**
 * The real system. bpf(2) and the small files of /proc go through the FFI layer: a listing reads hundreds of them, and
 * node:fs takes five times as long for each.
 */
import { constants, statSync } from "node:fs";
import { byteText, toByteText } from "../bytes/text.ts";
import { appendNumbers, decodeDirents } from "./dirents.ts";
import { EACCES } from "../uapi/errno.ts";
import { type Ffi, loadFfi } from "./ffi.ts";
import type { AnonInode, DirectoryEntry, Syscalls } from "./syscalls.ts";

const CLOCK_REALTIME = 0;
const CLOCK_BOOTTIME = 7;
const { O_RDONLY, O_DIRECTORY } = constants;
const O_CLOEXEC = 0o2000000;
const AF_NETLINK = 16;
const SOCK_RAW = 3;
/** SOCK_CLOEXEC is the flag of open(2). */
const ROUTE_SOCKET = [AF_NETLINK, SOCK_RAW | O_CLOEXEC, 0] as const;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const CLONE_NEWNET = 0x4000_0000;
/** Of struct statx (include/uapi/linux/stat.h): stx_size. */
const STATX_SIZE = 0x200;
const STATX_SIZE_OFFSET = 40;
const PIECE = 1 << 18;
const SMALL = 1 << 16;
/** What the link of a descriptor without a file begins with. */
const ANON_INODE = "anon_inode:";
/** Digits of a descriptor, and a NUL. */
const FD_NAME = 12;
const ZERO = 0x30;

export function linuxSyscalls(): Syscalls {
  const ffi = loadFfi();
  const small = Buffer.allocUnsafeSlow(SMALL);
  const view = new DataView(small.buffer);
  const fdName = Buffer.allocUnsafeSlow(FD_NAME);
  let sizesTell: boolean | undefined;

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

  /**
   * Threads of the kernel, which are many, have no descriptors. Since Linux 6.2 the size of the folder is how many there are;
   * before, it is 0 for us, too.
   */
  function mayHaveFds(pid: number): boolean {
    sizesTell ??= folderHasSize(process.pid);
    return !sizesTell || folderHasSize(pid);
  }

  function folderHasSize(pid: number): boolean {
    const status = ffi.statx(`/proc/${pid}/fd`, STATX_SIZE, small);
    return status >= 0 && view.getBigUint64(STATX_SIZE_OFFSET) !== 0n; // 0 in either byte order
  }

  /** Until there is no more: a signal under way ends an answer early. */
  function numbersIn(folder: number): number[] {
    const numbers: number[] = [];
    for (let size = ffi.getDirents(folder, small); size > 0; size = ffi.getDirents(folder, small))
      appendNumbers(numbers, small, size);
    return isAscending(numbers) ? numbers : numbers.sort((a, b) => a - b);
  }

  /** The kernel makes the whole text of such a file at once: one read gets it. */
  function wholeText(file: number): string {
    return byteText(small, 0, ffi.read(file, small));
  }

  function fdinfoIn(folder: number, fd: number): string | undefined {
    putFdName(fdName, fd);
    const file = ffi.openIn(folder, fdName, O_RDONLY | O_CLOEXEC);
    if (file < 0) return undefined;
    const text = wholeText(file);
    ffi.close(file);
    return text;
  }

  function anonInodesIn(folder: number): AnonInode[] {
    const inodes: AnonInode[] = [];
    for (const fd of numbersIn(folder)) {
      putFdName(fdName, fd);
      const size = ffi.readLink(folder, fdName, small);
      // The kernel lets us look at all of a process, or at nothing.
      if (size === -EACCES) break;
      // Most are files: their text need not be made, and tells itself by its first byte.
      if (size <= ANON_INODE.length || small[0] !== ANON_INODE.charCodeAt(0)) continue;
      const target = byteText(small, 0, size);
      if (target.startsWith(ANON_INODE)) inodes.push({ fd, name: target.slice(ANON_INODE.length) });
    }
    return inodes;
  }

  return {
    bpf: (cmd, attr, pointers = []) => ffi.bpf(cmd, attr, pointers),
    repeatedBpf: (cmd, attr, pointers = []) => ffi.repeatedBpf(cmd, attr, pointers),
    errno: () => ffi.errno(),
    openDirectory: (path) => ffi.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
    close: (fd) => ffi.close(fd),
    readText: (path) =>
      withFile(path, O_RDONLY, (fd) => {
        let text = "";
        let size = ffi.read(fd, small);
        for (; size > 0; size = ffi.read(fd, small)) text += byteText(small, 0, size);
        return size < 0 ? undefined : text;
      }),
    readFdinfo: (fd) => withFile(`/proc/self/fdinfo/${fd}`, O_RDONLY, wholeText),
    readFdinfos: (pid, fds) =>
      withFile(`/proc/${pid}/fdinfo`, O_RDONLY | O_DIRECTORY, (folder) =>
        fds.map((fd) => fdinfoIn(folder, fd)),
      ) ?? fds.map(() => undefined),
    readPieces: (path) => pieces(ffi, path),
    list: (path) =>
      withFile(path, O_RDONLY | O_DIRECTORY, (fd) => {
        const entries: DirectoryEntry[] = [];
        for (let size = ffi.getDirents(fd, small); size > 0; size = ffi.getDirents(fd, small)) {
          entries.push(...decodeDirents(small, size));
        }
        return entries;
      }) ?? [],
    listNumbers: (path) => withFile(path, O_RDONLY | O_DIRECTORY, numbersIn) ?? [],
    anonInodes: (pid) =>
      (mayHaveFds(pid) && withFile(`/proc/${pid}/fd`, O_RDONLY | O_DIRECTORY, anonInodesIn)) || [],
    identity(path) {
      try {
        const { dev, ino } = statSync(Buffer.from(path, "latin1"), { bigint: true });
        return { dev, ino };
      } catch {
        return undefined;
      }
    },
    openFile: (path) => ffi.open(path, O_RDONLY | O_CLOEXEC),
    read: (fd, buffer) => ffi.read(fd, buffer),
    openRouteSocket: () => ffi.socket(...ROUTE_SOCKET),
    send: (socket, request) => ffi.send(socket, request),
    receive: (socket, buffer) => ffi.receive(socket, buffer, MSG_DONTWAIT | MSG_TRUNC),
    enterNetns: (fd) => ffi.setns(fd, CLONE_NEWNET),
    bootTime: () => ffi.clock(CLOCK_REALTIME) - ffi.clock(CLOCK_BOOTTIME),
    uname() {
      // Most commands do not ask for it.
      const { machine, release } = process.getBuiltinModule("node:os");
      return { release: toByteText(release()), machine: machine() };
    },
  };
}

/** In decimal, with a NUL behind it. */
function putFdName(name: Buffer, fd: number): void {
  let end = 1;
  for (let rest = fd; rest >= 10; rest = Math.floor(rest / 10)) end++;
  name[end] = 0;
  for (let rest = fd; end > 0; rest = Math.floor(rest / 10)) name[--end] = ZERO + (rest % 10);
}

function isAscending(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++)
    if ((numbers[i - 1] as number) > (numbers[i] as number)) return false;
  return true;
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
