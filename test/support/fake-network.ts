/**
 * Network namespaces for the fake kernel: dumps over route sockets that answer with prepared bytes, queries about
 * programs, and setns(2). Descriptors and the namespace of the thread are kept account of.
 */
import type { MprogRecord } from "../../src/model/net-records.ts";
import { BPF, QUERY_ATTR } from "../../src/sys/attr.ts";
import { decodeStruct, encodeStruct } from "../../src/sys/struct.ts";
import type { DirectoryEntry, Pointer, Syscalls } from "../../src/sys/syscalls.ts";
import { EAGAIN, EBADF, EINVAL, ENOENT, ENOSPC } from "../../src/uapi/errno.ts";
import { HOST_LITTLE_ENDIAN } from "../../src/bytes/host.ts";
import { done } from "./netlink-builder.ts";

/** What a dump asks for: RTM_GET*, and for classes and filters of which device, below what. */
export interface DumpKey {
  readonly type: number;
  readonly ifindex: number;
  readonly parent: number;
}

/** Answers as they come from the socket; their sequence numbers are set to that of the request. */
export interface Exchange extends Partial<DumpKey> {
  readonly type: number;
  readonly datagrams: readonly Uint8Array[];
}

export interface FakeNetns {
  readonly ino: bigint;
  /** Below /run/netns. */
  readonly names?: readonly string[];
  readonly pids?: readonly number[];
  readonly exchanges?: readonly Exchange[];
  /** By device. */
  readonly mprogs?: ReadonlyMap<number, readonly MprogRecord[]>;
  readonly flowDissector?: readonly number[];
}

export interface FakeNetworkOptions {
  /** The first is the own one. */
  readonly netns: readonly FakeNetns[];
  /** What comes instead of an answer: other datagrams, or an errno for the call that sends. */
  readonly answer?: (
    key: DumpKey,
    datagrams: readonly Uint8Array[],
    time: number,
  ) => readonly Uint8Array[] | number;
  /** Paths that are there when they are looked for, and not when they are opened. */
  readonly gone?: ReadonlySet<string>;
  /** Paths that stand for another namespace when they are opened: by its inode. */
  readonly changed?: ReadonlyMap<string, bigint>;
  /** errno of setns(2) into a namespace, by its inode. */
  readonly refused?: (ino: bigint) => number | undefined;
  /** errno of a query about programs. */
  readonly failQuery?: (attachType: number) => number | undefined;
  /** Inodes below /run/netns that are no namespaces. */
  readonly stale?: readonly string[];
}

export interface FakeNetwork extends Syscalls {
  /** Descriptors of namespaces and sockets that are open now. */
  readonly openNetFds: () => number;
  /** Sockets that were ever opened. */
  readonly openedSockets: () => number;
  /** Inode of the namespace that the thread is in. */
  readonly current: () => bigint;
  readonly dumps: readonly DumpKey[];
  readonly entered: readonly bigint[];
}

interface Socket {
  readonly netns: FakeNetns;
  queue: Iterator<Uint8Array>;
}

const NSFS = 4n;
const FIRST_FD = 1000;
const SELF = "/proc/thread-self/ns/net";
const FLOW_DISSECTOR = 17;

/** `sys` with a network. */
export function withNetwork(sys: Syscalls, options: FakeNetworkOptions): FakeNetwork {
  const [own] = options.netns;
  if (!own) throw new Error("there is no own namespace");
  const fds = new Map<number, FakeNetns | Socket>();
  const dumps: DumpKey[] = [];
  const entered: bigint[] = [];
  let current = own;
  let nextFd = FIRST_FD;
  let sockets = 0;

  const newFd = (target: FakeNetns | Socket) => {
    fds.set(nextFd, target);
    return nextFd++;
  };
  const namespaceAt = (path: string) =>
    path === SELF
      ? current
      : options.netns.find(
          ({ names = [], pids = [] }) =>
            names.some((name) => path === `/run/netns/${name}`) ||
            pids.some((pid) => path === `/proc/${pid}/ns/net`),
        );
  const socketAt = (fd: number): Socket | undefined => {
    const target = fds.get(fd);
    return target && "queue" in target ? target : undefined;
  };

  function answersOf({ netns }: Socket, key: DumpKey): readonly Uint8Array[] | number {
    const found = netns.exchanges?.find(
      ({ type, ifindex = 0, parent = 0 }) =>
        type === key.type && ifindex === key.ifindex && parent === key.parent,
    );
    const times = dumps.filter((dump) => JSON.stringify(dump) === JSON.stringify(key)).length;
    return options.answer?.(key, found?.datagrams ?? [done()], times) ?? found?.datagrams ?? [done()];
  }

  function query(attr: Uint8Array, pointers: readonly Pointer[]): number {
    const { target, attachType, count: room } = decodeStruct(QUERY_ATTR, attr);
    const errno = options.failQuery?.(attachType);
    if (errno !== undefined) return -errno;
    const put = (offset: number, values: readonly number[]) => {
      const bytes = pointers.find((pointer) => pointer.offset === offset)?.target;
      if (bytes) new Uint32Array(bytes.buffer, bytes.byteOffset).set(values.slice(0, room));
    };
    if (attachType === FLOW_DISSECTOR) {
      const netns = fds.get(target);
      if (!netns || "queue" in netns) return -EBADF;
      put(QUERY_ATTR.progIds.offset, netns.flowDissector ?? []);
      encodeStruct(QUERY_ATTR, attr, { count: netns.flowDissector?.length ?? 0 });
      return 0;
    }
    const all = current.mprogs?.get(target);
    if (!all) return -EINVAL;
    const progs = all.filter((mprog) => mprog.attachType === attachType);
    const column = (field: keyof MprogRecord) => progs.map((prog) => prog[field]);
    put(QUERY_ATTR.progIds.offset, column("progId"));
    put(QUERY_ATTR.progAttachFlags.offset, column("progFlags"));
    put(QUERY_ATTR.linkIds.offset, column("linkId"));
    put(QUERY_ATTR.linkAttachFlags.offset, column("linkFlags"));
    encodeStruct(QUERY_ATTR, attr, { count: progs.length });
    return progs.length > room ? -ENOSPC : 0;
  }

  const network: Partial<FakeNetwork> = {
    bpf: (cmd, attr, pointers = []) =>
      cmd === BPF.PROG_QUERY ? query(attr, pointers) : sys.bpf(cmd, attr, pointers),
    close(fd) {
      if (fd < FIRST_FD) sys.close(fd);
      else if (!fds.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
    },
    identity(path) {
      const fd = /^\/proc\/thread-self\/fd\/(\d+)$/.exec(path)?.[1];
      const target = fd === undefined ? namespaceAt(path) : fds.get(Number(fd));
      if (target && "ino" in target) return { dev: NSFS, ino: target.ino };
      if (options.stale?.some((name) => path === `/run/netns/${name}`)) return { dev: NSFS + 1n, ino: 1n };
      return sys.identity(path);
    },
    list(path): DirectoryEntry[] {
      if (path !== "/run/netns") return sys.list(path);
      const names = options.netns.flatMap((netns) => netns.names ?? []).reverse();
      return [...names, ...(options.stale ?? [])].map((name) => ({ name, type: "file" }));
    },
    listNumbers: (path) =>
      path === "/proc"
        ? options.netns.flatMap(({ pids = [] }) => pids).sort((a, b) => a - b)
        : sys.listNumbers(path),
    openFile(path) {
      const changed = options.changed?.get(path);
      const netns =
        changed === undefined ? namespaceAt(path) : options.netns.find(({ ino }) => ino === changed);
      return netns && !options.gone?.has(path) ? newFd(netns) : -ENOENT;
    },
    openRouteSocket() {
      sockets++;
      return newFd({ netns: current, queue: [].values() });
    },
    send(fd, request) {
      const socket = socketAt(fd);
      if (!socket) return -EBADF;
      const { key, seq } = readRequest(request);
      dumps.push(key);
      const answers = answersOf(socket, key);
      if (typeof answers === "number") return -answers;
      socket.queue = answers.map((datagram) => withSeq(datagram, seq)).values();
      return request.length;
    },
    receive(fd, buffer) {
      const socket = socketAt(fd);
      const datagram: Uint8Array | undefined = socket?.queue.next().value;
      if (!datagram) return socket ? -EAGAIN : -EBADF;
      buffer.set(datagram.subarray(0, buffer.length));
      return datagram.length;
    },
    enterNetns(fd) {
      const netns = fds.get(fd);
      if (!netns || "queue" in netns) return -EBADF;
      const errno = options.refused?.(netns.ino);
      if (errno !== undefined) return -errno;
      current = netns;
      entered.push(netns.ino);
      return 0;
    },
    openNetFds: () => fds.size,
    openedSockets: () => sockets,
    current: () => current.ino,
    dumps,
    entered,
  };
  return new Proxy(sys, {
    get(target, key) {
      if (key in network) return network[key as keyof FakeNetwork];
      const value = target[key as keyof Syscalls];
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as FakeNetwork;
}

const RTM_GETLINK = 18;
const RTM_GETQDISC = 38;

/** As rtnetlink reads it: qdiscs are dumped of all devices, whatever the request says. */
function readRequest(request: Uint8Array): { key: DumpKey; seq: number } {
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength);
  if (view.getUint32(0, HOST_LITTLE_ENDIAN) !== request.length)
    throw new Error("a request of a wrong length");
  const type = view.getUint16(4, HOST_LITTLE_ENDIAN);
  if (view.getUint16(6, HOST_LITTLE_ENDIAN) !== 0x301) throw new Error("no request for a dump");
  const seq = view.getUint32(8, HOST_LITTLE_ENDIAN);
  if (type === RTM_GETLINK) return { key: { type, ifindex: 0, parent: 0 }, seq };
  const ifindex = type === RTM_GETQDISC ? 0 : view.getUint32(20, HOST_LITTLE_ENDIAN);
  return { key: { type, ifindex, parent: view.getUint32(28, HOST_LITTLE_ENDIAN) }, seq };
}

/** Messages with this number keep it. */
export const STALE_SEQ = 0xdead;

/** A copy whose messages, as far as they can be told apart, carry the number. */
function withSeq(datagram: Uint8Array, seq: number): Uint8Array {
  const bytes = datagram.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = view.getUint32(at, HOST_LITTLE_ENDIAN);
    if (view.getUint32(at + 8, HOST_LITTLE_ENDIAN) !== STALE_SEQ)
      view.setUint32(at + 8, seq, HOST_LITTLE_ENDIAN);
    if (length < 16 || at + length > bytes.length) break;
    at += (length + 3) & ~3;
  }
  return bytes;
}
