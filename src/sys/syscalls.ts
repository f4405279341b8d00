/**
 * What the live source asks of the operating system: bpf(2), and files of /proc and /sys. The real one is
 * ffi.ts over node:fs; tests answer from a snapshot instead.
 */

/** Where the kernel finds another buffer: its address belongs at `offset` of `holder`. */
export interface Pointer {
  readonly holder: Uint8Array;
  readonly offset: number;
  readonly target: Uint8Array;
}

export interface Syscalls {
  /**
   * bpf(cmd, attr). The addresses of the pointers' targets are written into their holders, and all of them
   * stay alive until the call is over: there is no other way to hand an address to the kernel.
   * Returns what the kernel returns, or -errno.
   */
  bpf(cmd: number, attr: Uint8Array, pointers?: readonly Pointer[]): number;
  /**
   * The same call, as often as wanted: what the kernel returns, or a negative number. Whoever changes the buffers in between
   * leaves the pointers in them alone.
   */
  repeatedBpf(cmd: number, attr: Uint8Array, pointers?: readonly Pointer[]): () => number;
  /** Why the last call of a `repeatedBpf` failed: of thousands that fail, most are not asked. */
  errno(): number;
  /** A file descriptor of a directory, or -errno. */
  openDirectory(path: string): number;
  close(fd: number): void;

  /** The whole of a small file as byte text; undefined where it cannot be read. */
  readText(path: string): string | undefined;
  /** /proc/self/fdinfo/FD as byte text; undefined where it cannot be read. */
  readFdinfo(fd: number): string | undefined;
  /** /proc/PID/fdinfo/FD of descriptors of a process, in their order; undefined where one cannot be read. */
  readFdinfos(pid: number, fds: readonly number[]): readonly (string | undefined)[];
  /**
   * A large file in pieces, each good until the next is asked for; none where it cannot be opened. Open only while it is
   * iterated.
   */
  readPieces(path: string): Iterable<Uint8Array>;
  /** Names in a directory, in its own order; empty where it cannot be read. */
  list(path: string): DirectoryEntry[];
  /** Names in a directory of /proc that are numbers, ascending; empty where it cannot be read. */
  listNumbers(path: string): number[];
  /** Descriptors of a process that stand for no file, ascending; empty where they cannot be read. */
  anonInodes(pid: number): AnonInode[];
  /** Device and inode; undefined where the path does not exist, or is not ours to look at. */
  identity(path: string): { readonly dev: bigint; readonly ino: bigint } | undefined;

  /** A descriptor of a file to be read, or -errno. */
  openFile(path: string): number;
  /** Fills the buffer with what comes next: the bytes that it got, 0 at the end, or -errno. */
  read(fd: number, buffer: Uint8Array): number;
  /** A socket for rtnetlink of the network namespace that this thread is in, or -errno. */
  openRouteSocket(): number;
  /** Sends a request to the kernel: the bytes sent, or -errno. */
  send(socket: number, request: Uint8Array): number;
  /**
   * The next answer, of which the buffer gets as much as it holds: all bytes that it has, or -errno. It does not wait:
   * the kernel answers at once, and EAGAIN says that there is no more.
   */
  receive(socket: number, buffer: Uint8Array): number;
  /** Moves this thread into the network namespace that a descriptor stands for: 0 or -errno. */
  enterNetns(fd: number): number;

  /** CLOCK_REALTIME minus CLOCK_BOOTTIME in nanoseconds. */
  bootTime(): bigint;
  uname(): { readonly release: string; readonly machine: string };
}

export interface AnonInode {
  readonly fd: number;
  /** What /proc/PID/fd/FD says behind `anon_inode:`. */
  readonly name: string;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "other";
}
