/**
 * The only file that loads the FFI package. Where it has no build for this platform, or this is not Linux,
 * every system call answers ENOSYS.
 *
 * A buffer whose address alone is kept is garbage for the collector, even between storing the address and the
 * call that uses it. So no function here returns an address: `call` takes the buffers and holds them.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAscii } from "../bytes/text.ts";
import { ENOSYS } from "../uapi/errno.ts";
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import type { Pointer } from "./syscalls.ts";

interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => number | bigint };
  address(buffer: Uint8Array): bigint;
  errno(): number;
}

interface SyscallNumbers {
  readonly bpf: number;
  readonly statx: number;
  readonly getdents64: number;
  readonly prlimit64: number;
}

/** Numbers of system calls by Node.js architecture name. */
const SYSCALL_NUMBERS: Readonly<Record<string, SyscallNumbers>> = {
  x64: { bpf: 321, statx: 332, getdents64: 217, prlimit64: 302 },
  arm64: { bpf: 280, statx: 291, getdents64: 61, prlimit64: 261 },
  riscv64: { bpf: 280, statx: 291, getdents64: 61, prlimit64: 261 },
  loong64: { bpf: 280, statx: 291, getdents64: 61, prlimit64: 261 },
  ppc64: { bpf: 361, statx: 383, getdents64: 202, prlimit64: 325 },
  arm: { bpf: 386, statx: 397, getdents64: 217, prlimit64: 369 },
  ia32: { bpf: 357, statx: 383, getdents64: 220, prlimit64: 340 },
};

/** System calls return what the kernel returns, or -errno. Paths are byte text. */
export interface Ffi {
  bpf(cmd: number, attr: Uint8Array, pointers: readonly Pointer[]): number;
  /** See Syscalls: addresses are written once, the buffers held as long as the function. */
  repeatedBpf(cmd: number, attr: Uint8Array, pointers: readonly Pointer[]): () => number;
  errno(): number;
  open(path: string, flags: number): number;
  /** `path` is relative to a folder, and ends with a NUL. */
  openIn(folder: number, path: Uint8Array, flags: number): number;
  read(fd: number, buffer: Uint8Array): number;
  close(fd: number): void;
  /** `path` as in `openIn`. */
  readLink(folder: number, path: Uint8Array, buffer: Uint8Array): number;
  /** Fills the buffer with struct statx, of which the kernel fills what `mask` (STATX_*) asks for and more. */
  statx(path: string, mask: number, buffer: Uint8Array): number;
  /** Fills the buffer with struct linux_dirent64. */
  getDirents(fd: number, buffer: Uint8Array): number;
  /** Seconds and nanoseconds of a clock (CLOCK_*), as nanoseconds. */
  clock(id: number): bigint;
  socket(domain: number, type: number, protocol: number): number;
  send(fd: number, bytes: Uint8Array): number;
  /** `flags` are MSG_*. */
  receive(fd: number, buffer: Uint8Array, flags: number): number;
  /** Moves this thread into a namespace of the kind CLONE_NEW*. */
  setns(fd: number, kind: number): number;
  /** Of this thread: struct __user_cap_header_struct, and __user_cap_data_struct for each 32 capabilities. */
  capget(header: Uint8Array, data: Uint8Array): number;
  capset(header: Uint8Array, data: Uint8Array): number;
  /** Sets a limit (RLIMIT_*) of this process and gets the one before, as struct rlimit64; either may be left out. */
  prlimit(resource: number, next: Uint8Array | null, before: Uint8Array | null): number;
}

const NO_FFI: Ffi = {
  bpf: () => -ENOSYS,
  repeatedBpf: () => () => -ENOSYS,
  errno: () => ENOSYS,
  open: () => -ENOSYS,
  openIn: () => -ENOSYS,
  read: () => -ENOSYS,
  close() {},
  readLink: () => -ENOSYS,
  statx: () => -ENOSYS,
  getDirents: () => -ENOSYS,
  clock: () => 0n,
  socket: () => -ENOSYS,
  send: () => -ENOSYS,
  receive: () => -ENOSYS,
  setns: () => -ENOSYS,
  capget: () => -ENOSYS,
  capset: () => -ENOSYS,
  prlimit: () => -ENOSYS,
};

/** Buffers of the call under way: reachable from here, so the collector leaves them alone. */
const roots: { held: unknown } = { held: undefined };

export function loadFfi(): Ffi {
  const koffi = process.platform === "linux" ? loadKoffi() : undefined;
  const numbers = SYSCALL_NUMBERS[process.arch];
  if (koffi === undefined || numbers === undefined) return NO_FFI;
  const libc = koffi.load(null);
  const syscall = libc.func("long syscall(long nr, long a, void *b, ulong c)");
  const openat = libc.func("int openat(int folder, const char *path, int flags)");
  const read = libc.func("long read(int fd, void *buffer, ulong size)");
  const close = libc.func("int close(int fd)");
  const readlinkat = libc.func("long readlinkat(int folder, const char *path, void *buffer, ulong size)");
  const statx = libc.func(
    "long syscall(long nr, long folder, const char *path, long flags, long mask, void *buffer)",
  );
  const clockGettime = libc.func("int clock_gettime(int id, void *time)");
  const orErrno = (result: number | bigint): number => (result < 0 ? -koffi.errno() : Number(result));
  const writeAddresses = (pointers: readonly Pointer[]) => {
    for (const { holder, offset, target } of pointers) {
      const view = new DataView(holder.buffer, holder.byteOffset, holder.byteLength);
      view.setBigUint64(offset, koffi.address(target), HOST_LITTLE_ENDIAN);
    }
  };
  // Most commands never ask for these: they are looked up when they are called.
  const socket = lazily(() => libc.func("int socket(int domain, int type, int protocol)"));
  const send = lazily(() => libc.func("long send(int fd, const void *bytes, ulong size, int flags)"));
  const recv = lazily(() => libc.func("long recv(int fd, void *buffer, ulong size, int flags)"));
  const setns = lazily(() => libc.func("int setns(int fd, int kind)"));
  const capget = lazily(() => libc.func("int capget(void *header, void *data)"));
  const capset = lazily(() => libc.func("int capset(void *header, const void *data)"));
  const prlimit64 = lazily(() =>
    libc.func("long syscall(long nr, long pid, long resource, const void *next, void *before)"),
  );
  return {
    bpf(cmd, attr, pointers) {
      roots.held = [attr, pointers];
      writeAddresses(pointers);
      const result = orErrno(syscall(numbers.bpf, cmd, attr, attr.length));
      roots.held = undefined;
      return result;
    },
    repeatedBpf(cmd, attr, pointers) {
      const held = [attr, pointers];
      const { bpf } = numbers;
      const { length } = attr;
      writeAddresses(pointers);
      return () => {
        roots.held = held;
        return Number(syscall(bpf, cmd, attr, length));
      };
    },
    errno: () => koffi.errno(),
    open: (path, flags) => orErrno(openat(AT_FDCWD, cPath(path), flags)),
    openIn: (folder, path, flags) => orErrno(openat(folder, path, flags)),
    read: (fd, buffer) => orErrno(read(fd, buffer, buffer.length)),
    close: (fd) => void close(fd),
    readLink: (folder, path, buffer) => orErrno(readlinkat(folder, path, buffer, buffer.length)),
    statx: (path, mask, buffer) => orErrno(statx(numbers.statx, AT_FDCWD, cPath(path), 0, mask, buffer)),
    getDirents: (fd, buffer) => orErrno(syscall(numbers.getdents64, fd, buffer, buffer.length)),
    clock(id) {
      const time = new BigInt64Array(2);
      clockGettime(id, time);
      return (time[0] as bigint) * 1_000_000_000n + (time[1] as bigint);
    },
    socket: (domain, type, protocol) => orErrno(socket(domain, type, protocol)),
    send: (fd, bytes) => orErrno(send(fd, bytes, bytes.length, 0)),
    receive: (fd, buffer, flags) => orErrno(recv(fd, buffer, buffer.length, flags)),
    setns: (fd, kind) => orErrno(setns(fd, kind)),
    capget: (header, data) => orErrno(capget(header, data)),
    capset: (header, data) => orErrno(capset(header, data)),
    prlimit: (resource, next, before) => orErrno(prlimit64(numbers.prlimit64, 0, resource, next, before)),
  };
}

type Foreign = ReturnType<ReturnType<Koffi["load"]>["func"]>;

function lazily(find: () => Foreign): Foreign {
  let found: Foreign | undefined;
  return (...args) => {
    found ??= find();
    return found(...args);
  };
}

const AT_FDCWD = -100;

/** Koffi writes strings as UTF-8: for ASCII, which most paths are, these are their bytes. */
function cPath(path: string): string | Uint8Array {
  return isAscii(path) ? path : Buffer.from(`${path}\0`, "latin1");
}

/**
 * `import koffi` costs 14 ms at start-up, its platform package 4, the library in there without the loader that finds out
 * about the C library 1. It is the library for glibc; where it does not load, the packages know better.
 */
function loadKoffi(): Koffi | undefined {
  const abi = process.arch === "ppc64" ? `ppc64${HOST_LITTLE_ENDIAN ? "le" : "be"}` : process.arch;
  const platform = `@koromix/koffi-linux-${abi}`;
  const require = () => process.getBuiltinModule("node:module").createRequire(import.meta.url);
  const loaders: (() => unknown)[] = [
    () => dlopen(`${platform}/linux_${abi}/koffi.node`),
    () => require()(platform),
    () => require()("koffi"),
  ];
  for (const load of loaders) {
    try {
      return load() as Koffi;
    } catch {
      // Not for this platform: the next one, or none.
    }
  }
  return undefined;
}

/** A native library from the nearest node_modules that has it. */
function dlopen(file: string): unknown {
  const module = { exports: {} };
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", file);
    if (existsSync(place)) {
      process.dlopen(module, place);
      return module.exports;
    }
    if (folder === dirname(folder)) throw new Error(`${file} is not installed`);
  }
}
