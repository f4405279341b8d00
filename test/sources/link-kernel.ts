/**
 * A kernel with links whose answers are given field by field, as they stand in struct bpf_link_info
 * (include/uapi/linux/bpf.h of Linux 6.18).
 */
import { BPF, ID_ATTR, INFO_ATTR } from "../../src/sys/attr.ts";
import { decodeStruct, encodeStruct } from "../../src/sys/struct.ts";
import type { Pointer, Syscalls } from "../../src/sys/syscalls.ts";
import { EBADF, EINVAL, ENOENT, ENOSPC } from "../../src/uapi/errno.ts";
import { repeatedOver } from "../support/repeated-bpf.ts";

/** An info under way: the struct, and the buffers that it points to. Returns what the kernel returns. */
type Write = (info: DataView, pointed: (offset: number) => Uint8Array | undefined) => number;

export interface KernelLink {
  readonly id: number;
  readonly type: number;
  readonly progId: number;
  readonly fields: readonly Write[];
}

export function kernelLink(
  id: number,
  type: number,
  progId: number,
  ...fields: readonly Write[]
): KernelLink {
  return { id, type, progId, fields };
}

export function u32At(offset: number, value: number): Write {
  return (info) => {
    info.setInt32(offset, value, true);
    return 0;
  };
}

export function u64At(offset: number, value: bigint): Write {
  return (info) => {
    info.setBigUint64(offset, value, true);
    return 0;
  };
}

/** A name whose pointer and length stand at these offsets. */
export function textAt(pointer: number, length: number, text: string): Write {
  return (info, pointed) => {
    const [room, target] = [info.getUint32(length, true), pointed(pointer)];
    if ((room === 0) !== (target === undefined)) return -EINVAL;
    target?.set(Buffer.from(`${text}\0`, "latin1").subarray(0, room));
    info.setUint32(length, text.length + 1, true);
    return 0;
  };
}

/** Arrays of u64 that share a count, which the kernel always tells. */
export function arraysAt(count: number, arrays: Readonly<Record<number, readonly bigint[]>>): Write {
  return (info, pointed) => {
    const room = info.getUint32(count, true);
    const size = Object.values(arrays)[0]?.length ?? 0;
    const targets = Object.entries(arrays).map(([pointer, values]) => ({
      target: pointed(Number(pointer)),
      values,
    }));
    if (targets.some(({ target }) => (room === 0) !== (target === undefined))) return -EINVAL;
    info.setUint32(count, size, true);
    for (const { target, values } of targets)
      target?.set(new Uint8Array(BigUint64Array.from(values.slice(0, room)).buffer));
    return room > 0 && room < size ? -ENOSPC : 0;
  };
}

export interface KernelOptions {
  /** Text of /proc/kallsyms, in pieces of so many bytes. */
  readonly kallsyms?: string;
  readonly pieceSize?: number;
  /** Network devices by index. */
  readonly devices?: Readonly<Record<number, string>>;
}

export interface LinkKernel {
  readonly sys: Syscalls;
  /** How often the symbols were read, descriptors that are open, folders that were listed. */
  readonly counts: { kallsyms: number; open: number; lists: number };
}

const ADDRESS = 0x7fff_0000_1000n;

export function linkKernel(links: readonly KernelLink[], options: KernelOptions = {}): LinkKernel {
  const counts = { kallsyms: 0, open: 0, lists: 0 };
  const fds = new Map<number, KernelLink>();
  const devices = Object.entries(options.devices ?? {});
  const answers: Readonly<Record<number, (attr: Uint8Array, pointers: readonly Pointer[]) => number>> = {
    [BPF.LINK_GET_NEXT_ID](attr) {
      const next = links.find(({ id }) => id > decodeStruct(ID_ATTR, attr).id);
      if (next) encodeStruct(ID_ATTR, attr, { nextId: next.id });
      return next ? 0 : -ENOENT;
    },
    [BPF.LINK_GET_FD_BY_ID](attr) {
      const link = links.find(({ id }) => id === decodeStruct(ID_ATTR, attr).id);
      if (!link) return -ENOENT;
      counts.open++;
      fds.set(100 + link.id, link);
      return 100 + link.id;
    },
    [BPF.OBJ_GET_INFO_BY_FD](attr, pointers) {
      const link = fds.get(decodeStruct(INFO_ATTR, attr).fd);
      const info = pointers.find(({ holder }) => holder === attr)?.target;
      return link && info ? answer(link, info, pointers) : -EBADF;
    },
  };
  const bpf: Syscalls["bpf"] = (cmd, attr, pointers = []) => {
    for (const { holder, offset } of pointers)
      encodeStruct({ pointer: { offset, size: 8 } as const }, holder, { pointer: ADDRESS });
    return answers[cmd]?.(attr, pointers) ?? -EINVAL;
  };
  const sys: Partial<Syscalls> = {
    bpf,
    ...repeatedOver(bpf),
    close(fd) {
      if (!fds.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
      counts.open--;
    },
    *readPieces(path) {
      if (path !== "/proc/kallsyms") return;
      counts.kallsyms++;
      const bytes = Buffer.from(options.kallsyms ?? "", "latin1");
      // The real one fills one buffer again and again.
      const piece = Buffer.alloc(options.pieceSize ?? 64);
      for (let at = 0; at < bytes.length; at += piece.length)
        yield piece.subarray(0, bytes.copy(piece, 0, at, at + piece.length));
    },
    list(path) {
      counts.lists++;
      return path === "/sys/class/net" ? devices.map(([, name]) => ({ name, type: "other" })) : [];
    },
    readText: (path) => devices.find(([, name]) => path === `/sys/class/net/${name}/ifindex`)?.[0],
  };
  return { sys: sys as Syscalls, counts };
}

function answer(link: KernelLink, info: Uint8Array, pointers: readonly Pointer[]): number {
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const pointed = (offset: number) =>
    pointers.find((pointer) => pointer.holder === info && pointer.offset === offset)?.target;
  view.setUint32(0, link.type, true);
  view.setUint32(4, link.id, true);
  view.setUint32(8, link.progId, true);
  for (const write of link.fields) {
    const status = write(view, pointed);
    if (status < 0) return status;
  }
  return 0;
}
