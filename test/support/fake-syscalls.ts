/**
 * A kernel that answers from a source: bpf(2) with its info structs, and the files of /proc and /sys that the live
 * source reads. It keeps count of its descriptors, and can be told to fail.
 *
 * It does what the kernel does (kernel/bpf/syscall.c of Linux 6.18: bpf_prog_get_info_by_fd and its neighbours): counts
 * in the struct are what the caller has room for, and come back as what there is; record sizes must be zero or right.
 */
import { errnoOf } from "../../src/errors.ts";
import type { LinkDetail, MapInfo, ObjectKind, ProgRecord } from "../../src/model/records.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { hexText } from "../../src/bytes/hex.ts";
import {
  BATCH_ATTR,
  BPF,
  ELEM_ATTR,
  ID_ATTR,
  INFO_ATTR,
  ITER_ATTR,
  OBJ_GET_ATTR,
  STREAM_ATTR,
  TASK_FD_ATTR,
} from "../../src/sys/attr.ts";
import {
  BTF_INFO,
  LINK_INFO,
  MAP_INFO,
  MAP_INFO_NAME,
  PROG_INFO,
  PROG_INFO_NAME,
  PROG_INFO_TAG,
} from "../../src/sys/info.ts";
import { decodeStruct, encodeStruct } from "../../src/sys/struct.ts";
import type { AnonInode, DirectoryEntry, Pointer, Syscalls } from "../../src/sys/syscalls.ts";
import { EBADF, EINVAL, ENODEV, ENOENT, ENOSYS, ENOTSUPP } from "../../src/uapi/errno.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { FakeMap, type FakeMapOptions } from "./fake-map.ts";
import { repeatedOver } from "./repeated-bpf.ts";

type Target = { readonly kind: ObjectKind; readonly id: number } | Directory;

/** No object. An iterator under way has the reads that are left, each with what it gets. */
interface Directory {
  readonly kind: "directory";
  readonly reads?: (string | number)[];
}

/** A bpf() call under way. */
export interface Call {
  readonly cmd: number;
  /** The object that the call is about, where it is about one. */
  readonly kind?: ObjectKind;
  readonly id?: number;
  /** The key that a map is asked for, or behind which. */
  readonly key?: Uint8Array;
}

export interface FakeOptions extends FakeMapOptions {
  /** Called first; an errno makes the call fail, undefined lets it go on. */
  readonly fail?: (call: Call) => number | undefined;
  /** Called before each call that reads a map, with all of its entries: what is changed there changes the map. */
  readonly change?: (call: Call, entries: Entry[]) => void;
  /** Text of /proc/kallsyms, in pieces of `pieceSize` bytes. */
  readonly kallsyms?: string;
  readonly pieceSize?: number;
  /** What is in the streams of programs, by id of the program and number of the stream; what is read is taken out. */
  readonly streams?: ReadonlyMap<number, Record<number, string>>;
  /** What iterators answer, read by read, by id of their link: text, or an errno. */
  readonly iterators?: ReadonlyMap<number, readonly (string | number)[]>;
  /** The kernel hides instructions and images (kptr_restrict). */
  readonly hidesCode?: boolean;
}

export interface FakeSyscalls extends Syscalls {
  /** Descriptors that are open now. */
  readonly openFds: () => number;
  /** Descriptors that were ever opened. */
  readonly openedFds: () => number;
  /** Every bpf() call so far. */
  readonly calls: readonly Call[];
  /** Pieces of kallsyms that were read, and whether it is open. */
  readonly kallsymsRead: () => { readonly pieces: number; readonly open: boolean };
}

const NEXT_ID: Readonly<Record<number, ObjectKind>> = {
  [BPF.PROG_GET_NEXT_ID]: "prog",
  [BPF.MAP_GET_NEXT_ID]: "map",
  [BPF.BTF_GET_NEXT_ID]: "btf",
  [BPF.LINK_GET_NEXT_ID]: "link",
};
const FD_BY_ID: Readonly<Record<number, ObjectKind>> = {
  [BPF.PROG_GET_FD_BY_ID]: "prog",
  [BPF.MAP_GET_FD_BY_ID]: "map",
  [BPF.BTF_GET_FD_BY_ID]: "btf",
  [BPF.LINK_GET_FD_BY_ID]: "link",
};
const INODE_NAME: Readonly<Record<ObjectKind, string>> = {
  prog: "bpf-prog",
  map: "bpf-map",
  link: "bpf_link",
  btf: "btf",
};
/** Commands that read the contents of a map. */
const READS_MAP: ReadonlySet<number> = new Set([
  BPF.MAP_LOOKUP_ELEM,
  BPF.MAP_GET_NEXT_KEY,
  BPF.MAP_LOOKUP_BATCH,
]);
/** Maps may have keys and values of no bytes. */
const MAY_BE_EMPTY: ReadonlySet<number> = new Set([BPF.MAP_LOOKUP_ELEM, BPF.MAP_GET_NEXT_KEY]);

function mapFdOf(cmd: number, attr: Uint8Array): number {
  return cmd === BPF.MAP_LOOKUP_BATCH
    ? decodeStruct(BATCH_ATTR, attr).mapFd
    : decodeStruct(ELEM_ATTR, attr).mapFd;
}

const EFAULT = 14;
/** What a map without keys gives, if anything. */
function nextInTurn(source: ObjectSource, map: MapInfo): Entry[] {
  const key = new Uint8Array();
  try {
    return [{ key, value: source.lookup(map, key) }];
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno === ENOENT ? [] : [{ key, value: new Uint8Array(), errno }];
  }
}

/** Where fake user memory lies. */
const ADDRESS = 0x7fff_0000_0000n;
const NS = { dev: 4n, ino: 4_026_531_992n };
const MOUNTS = ["/sys/fs/bpf", "/mnt/other bpf"];

export function fakeSyscalls(source: ObjectSource, options: FakeOptions = {}): FakeSyscalls {
  return new Fake(source, options);
}

class Fake implements FakeSyscalls {
  readonly calls: Call[] = [];
  readonly #source: ObjectSource;
  readonly #options: FakeOptions;
  readonly #fds = new Map<number, Target>();
  readonly #maps = new Map<number, FakeMap>();
  #nextFd = 10;
  #kallsyms = { pieces: 0, open: false };
  /** What each process has open. */
  readonly #processes: ReadonlyMap<number, ReadonlyMap<number, Target | "perf">>;

  constructor(source: ObjectSource, options: FakeOptions) {
    this.#source = source;
    this.#options = options;
    this.#processes = processesOf(source);
  }

  openFds = () => this.#fds.size;
  openedFds = () => this.#nextFd - 10;
  kallsymsRead = () => this.#kallsyms;

  readonly #repeated = repeatedOver((...call) => this.bpf(...call));
  repeatedBpf = this.#repeated.repeatedBpf;
  errno = this.#repeated.errno;

  bpf(cmd: number, attr: Uint8Array, pointers: readonly Pointer[] = []): number {
    for (const [i, { holder, offset, target }] of pointers.entries()) {
      if (target.length === 0 && !MAY_BE_EMPTY.has(cmd)) throw new Error("a pointer to no bytes");
      const address = ADDRESS + BigInt(i) * 0x1000n;
      encodeStruct({ pointer: { offset, size: 8 } as const }, holder, { pointer: address });
    }
    const key = pointers.find(({ offset }) => offset === ELEM_ATTR.key.offset)?.target.slice();
    const call = { cmd, ...this.#objectOf(cmd, attr), ...(key && READS_MAP.has(cmd) && { key }) };
    this.calls.push(call);
    const errno = this.#options.fail?.(call);
    if (errno !== undefined) return -errno;
    if (READS_MAP.has(cmd) && call.id !== undefined)
      this.#options.change?.(call, this.#fakeMap(call.id).entries);
    return this.#answer(cmd, attr, pointers);
  }

  #objectOf(cmd: number, attr: Uint8Array): { kind?: ObjectKind; id?: number } {
    const nextKind = NEXT_ID[cmd];
    if (nextKind) return { kind: nextKind };
    const kind = FD_BY_ID[cmd];
    if (kind) return { kind, id: decodeStruct(ID_ATTR, attr).id };
    const fd =
      cmd === BPF.OBJ_GET_INFO_BY_FD
        ? decodeStruct(INFO_ATTR, attr).fd
        : READS_MAP.has(cmd)
          ? mapFdOf(cmd, attr)
          : undefined;
    const target = fd === undefined ? undefined : this.#fds.get(fd);
    return target && target.kind !== "directory" ? target : {};
  }

  #answer(cmd: number, attr: Uint8Array, pointers: readonly Pointer[]): number {
    const pointed = (holder: Uint8Array, offset: number) =>
      pointers.find((pointer) => pointer.holder === holder && pointer.offset === offset)?.target;
    const nextKind = NEXT_ID[cmd];
    if (nextKind) return this.#nextId(nextKind, attr);
    const kind = FD_BY_ID[cmd];
    if (kind) return this.#open(kind, decodeStruct(ID_ATTR, attr).id);
    switch (cmd) {
      case BPF.OBJ_GET_INFO_BY_FD: {
        const info = pointed(attr, INFO_ATTR.info.offset);
        const { fd, infoLen } = decodeStruct(INFO_ATTR, attr);
        const target = this.#fds.get(fd);
        if (!info || infoLen !== info.length) return -EINVAL;
        if (!target || target.kind === "directory") return -EBADF;
        return this.#info(target, info, (offset) => pointed(info, offset));
      }
      case BPF.MAP_GET_NEXT_KEY: {
        const next = pointed(attr, ELEM_ATTR.value.offset);
        if (!next) return -EFAULT;
        return this.#openMap(cmd, attr)?.nextKey(pointed(attr, ELEM_ATTR.key.offset), next) ?? -EBADF;
      }
      case BPF.MAP_LOOKUP_ELEM: {
        const [key, value] = [pointed(attr, ELEM_ATTR.key.offset), pointed(attr, ELEM_ATTR.value.offset)];
        return this.#openMap(cmd, attr)?.lookup(key, value) ?? -EBADF;
      }
      case BPF.MAP_LOOKUP_BATCH: {
        const map = this.#openMap(cmd, attr);
        const [next, keys, values] = [BATCH_ATTR.outBatch, BATCH_ATTR.keys, BATCH_ATTR.values].map(
          ({ offset }) => pointed(attr, offset),
        );
        if (!map) return -EBADF;
        if (!next || !keys || !values) return -EFAULT;
        const { count: room } = decodeStruct(BATCH_ATTR, attr);
        const position = pointed(attr, BATCH_ATTR.inBatch.offset);
        const { status, count } = map.batch({ position, next, keys, values, count: room });
        if (count !== undefined) encodeStruct(BATCH_ATTR, attr, { count });
        return status;
      }
      case BPF.OBJ_GET: {
        const path = pointed(attr, OBJ_GET_ATTR.path.offset);
        const text = path && Buffer.from(path).toString("latin1").replace(/\0$/, "");
        const pin = this.#source.pins().find((candidate) => candidate.path === text);
        return pin ? this.#newFd({ kind: pin.kind, id: pin.id }) : -ENOENT;
      }
      case BPF.PROG_STREAM_READ_BY_FD:
        return this.#readStream(attr, pointed(attr, STREAM_ATTR.buffer.offset));
      case BPF.ITER_CREATE: {
        const { linkFd } = decodeStruct(ITER_ATTR, attr);
        const link = this.#fds.get(linkFd);
        const reads = link?.kind === "link" ? this.#options.iterators?.get(link.id) : undefined;
        return reads ? this.#newFd({ kind: "directory", reads: [...reads] }) : -EINVAL;
      }
      case BPF.TASK_FD_QUERY:
        return this.#taskFd(attr, pointed(attr, TASK_FD_ATTR.buf.offset));
      default:
        return -EINVAL;
    }
  }

  /** kernel/bpf/stream.c:bpf_prog_stream_read. */
  #readStream(attr: Uint8Array, buffer: Uint8Array | undefined): number {
    const { progFd, stream, bufferSize } = decodeStruct(STREAM_ATTR, attr);
    const prog = this.#fds.get(progFd);
    if (prog?.kind !== "prog") return -EBADF;
    const streams = this.#options.streams?.get(prog.id) ?? { 1: "", 2: "" };
    const text = streams[stream];
    if (text === undefined) return -ENOENT;
    if (!buffer || buffer.length !== bufferSize) return -EFAULT;
    const size = Math.min(text.length, bufferSize, this.#options.pieceSize ?? bufferSize);
    buffer.set(Buffer.from(text.slice(0, size), "latin1"));
    streams[stream] = text.slice(size);
    return size;
  }

  read(fd: number, buffer: Uint8Array): number {
    const target = this.#fds.get(fd);
    if (target?.kind !== "directory" || !target.reads) return -EBADF;
    const answer = target.reads.shift() ?? "";
    if (typeof answer === "number") return -answer;
    buffer.set(Buffer.from(answer, "latin1"));
    return answer.length;
  }

  #records(kind: ObjectKind): readonly { readonly id: number }[] {
    const source = this.#source;
    const walks = {
      prog: () => source.progs(),
      map: () => source.maps(),
      btf: () => source.btfs(),
      link: () => source.links(),
    };
    return [...walks[kind]()];
  }

  #nextId(kind: ObjectKind, attr: Uint8Array): number {
    const { id } = decodeStruct(ID_ATTR, attr);
    const next = this.#records(kind).find((record) => record.id > id);
    if (!next) return -ENOENT;
    encodeStruct(ID_ATTR, attr, { nextId: next.id });
    return 0;
  }

  #open(kind: ObjectKind, id: number): number {
    return this.#records(kind).some((record) => record.id === id) ? this.#newFd({ kind, id }) : -ENOENT;
  }

  #newFd(target: Target): number {
    this.#fds.set(this.#nextFd, target);
    return this.#nextFd++;
  }

  #openMap(cmd: number, attr: Uint8Array): FakeMap | undefined {
    const target = this.#fds.get(mapFdOf(cmd, attr));
    return target?.kind === "map" ? this.#fakeMap(target.id) : undefined;
  }

  #fakeMap(id: number): FakeMap {
    let fake = this.#maps.get(id);
    if (!fake) {
      const map = this.#source.map(id);
      const contents = this.#source.contents(map);
      const entries =
        map.keySize > 0 ? entriesOf(contents, map, Number.POSITIVE_INFINITY) : nextInTurn(this.#source, map);
      fake = new FakeMap(map, entries, contents.end.errno ?? ENOENT, this.#options);
      this.#maps.set(id, fake);
    }
    return fake;
  }

  #taskFd(attr: Uint8Array, buffer: Uint8Array | undefined): number {
    const { pid, fd } = decodeStruct(TASK_FD_ATTR, attr);
    if (pid === process.pid) return this.#fds.get(fd)?.kind === "directory" ? -ENOTSUPP : -EBADF;
    const perf = [...this.#source.perf()].find((record) => record.pid === pid && record.fd === fd);
    if (!perf || !buffer) return -ENOTSUPP;
    putText(buffer, perf.name);
    const { progId, fdType, offset, addr } = perf;
    encodeStruct(TASK_FD_ATTR, attr, { progId, fdType, probeOffset: offset, probeAddr: addr });
    return 0;
  }

  #info(
    { kind, id }: { readonly kind: ObjectKind; readonly id: number },
    info: Uint8Array,
    pointed: (offset: number) => Uint8Array | undefined,
  ): number {
    switch (kind) {
      case "prog":
        return this.#progInfo(this.#source.prog(id), info, pointed);
      case "map": {
        const map = this.#source.map(id);
        encodeStruct(MAP_INFO, info, {
          ...pick(map, ["type", "id", "keySize", "valueSize", "maxEntries", "flags", "mapExtra"]),
          ...pick(map, ["btfVmlinuxValueTypeId", "btfVmlinuxId", "btfId", "btfKeyTypeId", "btfValueTypeId"]),
          ...pick(map.device ?? {}, ["ifindex", "netnsDev", "netnsIno"]),
        });
        putText(info.subarray(MAP_INFO_NAME.offset, MAP_INFO_NAME.offset + MAP_INFO_NAME.size), map.name);
        return 0;
      }
      case "btf": {
        const btf = this.#source.btf(id);
        const room = decodeStruct(BTF_INFO, info);
        const bytes = pointed(BTF_INFO.btf.offset);
        bytes?.set(this.#source.btfBytes(btf).subarray(0, room.btfSize));
        const name = pointed(BTF_INFO.name.offset);
        if (name) putText(name, btf.name);
        encodeStruct(BTF_INFO, info, {
          id,
          btfSize: btf.size,
          nameLen: btf.name.length,
          kernelBtf: btf.kernel ? 1 : 0,
        });
        return 0;
      }
      case "link": {
        const { type, progId, detail } = this.#source.link(id);
        encodeStruct(LINK_INFO, info, { type, id, progId });
        LINK_ENCODERS[detail.kind](new LinkInfo(info, pointed), detail as never);
        return 0;
      }
    }
  }

  #progInfo(prog: ProgRecord, info: Uint8Array, pointed: (offset: number) => Uint8Array | undefined): number {
    const room = decodeStruct(PROG_INFO, info);
    const code = this.#source.code(prog);
    const image = this.#source.image(prog);
    const sizes = [
      [room.nrFuncInfo, room.funcInfoRecSize, code.funcInfoRecSize],
      [room.nrLineInfo, room.lineInfoRecSize, code.lineInfoRecSize],
      [room.nrJitedLineInfo, room.jitedLineInfoRecSize, image?.jitedLineInfoRecSize ?? 8],
    ] as const;
    // set_info_rec_size()
    if (sizes.some(([count, given, right]) => (count !== 0 || given !== 0) && given !== right))
      return -EINVAL;
    const fill = (field: keyof typeof PROG_INFO, bytes: Uint8Array, limit: number) =>
      pointed(PROG_INFO[field].offset)?.set(bytes.subarray(0, limit));
    fill("mapIds", u32Bytes(prog.mapIds), room.nrMapIds * 4);
    if (room.xlatedLen > 0) fill("xlatedInsns", code.xlated, room.xlatedLen);
    // On ENODEV the struct itself stays as the caller made it.
    if (prog.orphaned) return -ENODEV;
    if (image && room.jitedLen > 0) fill("jitedInsns", image.jited, room.jitedLen);
    fill("jitedKsyms", u64Bytes(code.jitedKsyms), room.nrJitedKsyms * 8);
    fill("jitedFuncLens", u32Bytes(code.jitedFuncLens), room.nrJitedFuncLens * 4);
    fill("funcInfo", code.funcInfo, room.nrFuncInfo * code.funcInfoRecSize);
    fill("lineInfo", code.lineInfo, room.nrLineInfo * code.lineInfoRecSize);
    if (image) fill("jitedLineInfo", image.jitedLineInfo, room.nrJitedLineInfo * image.jitedLineInfoRecSize);
    encodeStruct(PROG_INFO, info, {
      ...pick(prog, [
        "type",
        "id",
        "jitedLen",
        "xlatedLen",
        "loadTime",
        "uid",
        "btfId",
        "runTimeNs",
        "runCnt",
      ]),
      ...pick(prog, ["recursionMisses", "verifiedInsns", "attachBtfObjId", "attachBtfId", "nrFuncInfo"]),
      ...pick(prog.device ?? {}, ["ifindex", "netnsDev", "netnsIno"]),
      nrMapIds: prog.mapIds.length,
      bits: prog.gplCompatible ? 0xffff_ffff : 0xffff_fffe,
      nrJitedKsyms: code.jitedKsyms.length,
      nrJitedFuncLens: code.jitedFuncLens.length,
      funcInfoRecSize: code.funcInfoRecSize,
      lineInfoRecSize: code.lineInfoRecSize,
      nrLineInfo: code.lineInfo.length / code.lineInfoRecSize,
      jitedLineInfoRecSize: 8,
      nrJitedLineInfo: (image?.jitedLineInfo.length ?? 0) / 8,
      // Null pointers come back where the kernel does not let the caller see what it has.
      ...((this.#options.hidesCode || code.xlated.length === 0) && { xlatedInsns: 0n }),
      ...((this.#options.hidesCode || !image) && { jitedInsns: 0n }),
    });
    info.set(prog.tag, PROG_INFO_TAG.offset);
    putText(info.subarray(PROG_INFO_NAME.offset, PROG_INFO_NAME.offset + PROG_INFO_NAME.size), prog.name);
    return 0;
  }

  openDirectory(path: string): number {
    return path === "/" ? this.#newFd({ kind: "directory" }) : -ENOENT;
  }

  close(fd: number): void {
    if (!this.#fds.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
  }

  readFdinfo(fd: number): string | undefined {
    return this.#fdinfoOf(this.#fds.get(fd));
  }

  readFdinfos(pid: number, fds: readonly number[]): (string | undefined)[] {
    return fds.map((fd) => this.#fdinfoOf(this.#processes.get(pid)?.get(fd)));
  }

  #fdinfoOf(target: Target | "perf" | undefined): string | undefined {
    const head = "pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t1063\n";
    if (target === undefined) return undefined;
    if (target === "perf" || target.kind === "directory") return head;
    return head + this.#fdinfo(target);
  }

  #fdinfo({ kind, id }: { readonly kind: ObjectKind; readonly id: number }): string {
    const line = (key: string, value: unknown) => (value === undefined ? "" : `${key}:\t${value}\n`);
    switch (kind) {
      case "prog": {
        const { type, tag, memlock } = this.#source.prog(id);
        const about = line("prog_type", type) + line("prog_jited", 1) + line("prog_tag", hexText(tag));
        return about + line("memlock", memlock) + line("prog_id", id) + line("run_time_ns", 0);
      }
      case "map": {
        const { type, memlock, frozen, ownerProgType, ownerJited } = this.#source.map(id);
        const about = line("map_type", type) + line("memlock", memlock) + line("map_id", id);
        const owner = line("owner_prog_type", ownerProgType);
        return `${about}${line("frozen", frozen ? 1 : 0)}${owner}${line("owner_jited", ownerJited && 1)}`;
      }
      case "link": {
        const { progId, detail } = this.#source.link(id);
        const head = line("link_type", "some") + line("link_id", id);
        if (detail.kind === "struct_ops") return head + line("map_id", detail.mapId);
        return head + line("prog_tag", "0123456789abcdef") + line("prog_id", progId);
      }
      case "btf":
        return line("btf_id", id);
    }
  }

  readText(path: string): string | undefined {
    const device = /^\/sys\/class\/net\/([^/]+)\/ifindex$/.exec(path)?.[1];
    if (device !== undefined) return `${devicesOf(this.#source).get(device)}\n`;
    const process = Number(/^\/proc\/(\d+)\/comm$/.exec(path)?.[1]);
    const holder = this.#source.holders().find(({ pid }) => pid === process);
    if (holder) return `${holder.comm}\n`;
    switch (path) {
      case "/proc/mounts": {
        const escaped = (mount: string) => mount.replaceAll("\\", "\\134").replaceAll(" ", "\\040");
        const bpf = MOUNTS.map((mount) => `bpf ${escaped(mount)} bpf rw,nosuid 0 0\n`).join("");
        return `proc /proc proc rw 0 0\n${bpf}tmpfs /tmp tmpfs rw 0 0\n`;
      }
      case "/sys/devices/system/cpu/possible": {
        const { possibleCpus } = this.#source.host();
        return possibleCpus === 1 ? "0\n" : `0-${possibleCpus - 1}\n`;
      }
      default:
        return undefined;
    }
  }

  *readPieces(path: string): Generator<Uint8Array> {
    if (path !== "/proc/kallsyms") return;
    const { kallsyms = "", pieceSize = 100 } = this.#options;
    this.#kallsyms = { pieces: 0, open: true };
    try {
      const bytes = Buffer.from(kallsyms, "latin1");
      for (let at = 0; at < bytes.length; at += pieceSize) {
        this.#kallsyms = { pieces: this.#kallsyms.pieces + 1, open: true };
        yield bytes.subarray(at, at + pieceSize);
      }
    } finally {
      this.#kallsyms = { ...this.#kallsyms, open: false };
    }
  }

  list(path: string): DirectoryEntry[] {
    if (path === "/proc") return others("mounts", ...[...this.#processes.keys()].reverse(), "self");
    if (path === "/sys/class/net") return others(...devicesOf(this.#source).keys());
    const pid = /^\/proc\/(\d+)\/fd$/.exec(path)?.[1];
    if (pid !== undefined) return others(...[...(this.#processes.get(Number(pid))?.keys() ?? [])].reverse());
    return this.#listPins(path);
  }

  listNumbers(path: string): number[] {
    const numbers = this.list(path).map(({ name }) => Number(name));
    return numbers.filter(Number.isInteger).sort((a, b) => a - b);
  }

  /** Files and folders of the BPF file systems; each has a link, too, which must not be followed. */
  #listPins(path: string): DirectoryEntry[] {
    const found = new Map<string, DirectoryEntry>();
    for (const pin of this.#source.pins()) {
      if (!pin.path.startsWith(`${path}/`)) continue;
      const [name = "", ...below] = pin.path.slice(path.length + 1).split("/");
      found.set(name, { name, type: below.length > 0 ? "directory" : "file" });
    }
    return [...found.values(), { name: "a_link", type: "other" }];
  }

  anonInodes(pid: number): AnonInode[] {
    const open = [...(this.#processes.get(pid) ?? [])].sort(([a], [b]) => a - b);
    return open.map(([fd, target]) => ({ fd, name: inodeName(target) }));
  }

  identity(path: string) {
    return path === "/proc/self/ns/net" ? NS : undefined;
  }

  /** A namespace without a network: see fake-network.ts. */
  openFile(path: string): number {
    return path === "/proc/thread-self/ns/net" ? this.#newFd({ kind: "directory" }) : -ENOENT;
  }

  openRouteSocket = () => -ENOSYS;
  send = () => -ENOSYS;
  receive = () => -ENOSYS;
  enterNetns = () => -ENOSYS;

  bootTime = () => this.#source.host().bootTime;

  uname() {
    const { release, machine } = this.#source.host();
    return { release, machine };
  }
}

function inodeName(target: Target | "perf"): string {
  return target === "perf" || target.kind === "directory" ? "[perf_event]" : INODE_NAME[target.kind];
}

/** Descriptors of every process: its perf events where they are, what it holds around them, each of it twice. */
function processesOf(source: ObjectSource): ReadonlyMap<number, ReadonlyMap<number, Target | "perf">> {
  const processes = new Map<number, Map<number, Target | "perf">>();
  const of = (pid: number) => {
    const fds = processes.get(pid) ?? new Map<number, Target | "perf">();
    processes.set(pid, fds);
    return fds;
  };
  for (const { pid, fd } of source.perf()) of(pid).set(fd, "perf");
  for (const { pid, kind, id } of source.holders()) {
    const fds = of(pid);
    for (let copies = 0, fd = 3; copies < 2; fd++) {
      if (fds.has(fd)) continue;
      fds.set(fd, { kind, id });
      copies++;
    }
  }
  return new Map([...processes].sort(([a], [b]) => a - b));
}

/** Network devices of our namespace, as the records name them. */
function devicesOf(source: ObjectSource): ReadonlyMap<string, number> {
  const devices = new Map([["lo", 1]]);
  const add = (device: { readonly ifindex?: number; readonly ifname?: string } | undefined) => {
    if (device?.ifname !== undefined && device.ifindex !== undefined)
      devices.set(device.ifname, device.ifindex);
  };
  for (const { device } of source.progs()) add(device);
  for (const { device } of source.maps()) add(device);
  for (const { detail } of source.links()) if ("ifindex" in detail) add(detail);
  return devices;
}

/** Writes the parts of struct bpf_link_info that depend on the type; the offsets are those of section 21.4. */
class LinkInfo {
  readonly #view: DataView;
  readonly #pointed: (offset: number) => Uint8Array | undefined;

  constructor(info: Uint8Array, pointed: (offset: number) => Uint8Array | undefined) {
    this.#view = new DataView(info.buffer, info.byteOffset, info.byteLength);
    this.#pointed = pointed;
  }

  u32(offset: number, value: number): this {
    this.#view.setInt32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, value, true);
    return this;
  }

  /** A name whose pointer and length stand at these offsets; it must come with room for it. */
  text(pointer: number, length: number, text: string): this {
    const target = this.#pointed(pointer);
    if (target) {
      if (this.#view.getUint32(length, true) !== target.length) throw new Error("a wrong length of a name");
      putText(target, text);
    }
    return this.u32(length, text.length + 1);
  }

  array(pointer: number, values: readonly bigint[]): this {
    this.#pointed(pointer)?.set(u64Bytes(values));
    return this;
  }
}

const LINK_ENCODERS: {
  readonly [K in LinkDetail["kind"]]: (info: LinkInfo, detail: Extract<LinkDetail, { kind: K }>) => void;
} = {
  none: () => {},
  raw_tracepoint: (info, { tpName, cookie }) => info.text(16, 24, tpName).u64(32, cookie),
  tracing: (info, { attachType, targetObjId, targetBtfId, cookie }) =>
    info.u32(16, attachType).u32(20, targetObjId).u32(24, targetBtfId).u64(32, cookie),
  cgroup: (info, { cgroupId, attachType }) => info.u64(16, cgroupId).u32(24, attachType),
  // A union: task iterators have tid and pid where cgroup iterators have the id.
  iter: (info, { targetName, mapId, cgroupId, order }) =>
    info.text(16, 24, targetName).u32(28, mapId).u64(32, cgroupId).u32(40, order),
  netns: (info, { netnsIno, attachType }) => info.u32(16, netnsIno).u32(20, attachType),
  xdp: (info, { ifindex }) => info.u32(16, ifindex),
  tcx: (info, { ifindex, attachType }) => info.u32(16, ifindex).u32(20, attachType),
  netkit: (info, { ifindex, attachType }) => info.u32(16, ifindex).u32(20, attachType),
  struct_ops: (info, { mapId }) => info.u32(16, mapId),
  sockmap: (info, { mapId, attachType }) => info.u32(16, mapId).u32(20, attachType),
  netfilter: (info, { pf, hook, prio, flags }) => info.u32(16, pf).u32(20, hook).u32(24, prio).u32(28, flags),
  kprobe_multi: (info, { flags, missed, funcs }) =>
    info
      .array(
        16,
        funcs.map(({ addr }) => addr),
      )
      .u32(24, funcs.length)
      .u32(28, flags)
      .u64(32, missed)
      .array(
        40,
        funcs.map(({ cookie }) => cookie),
      ),
  uprobe_multi: (info, { path, flags, pid, funcs }) =>
    info
      .text(16, 48, path)
      .array(
        24,
        funcs.map(({ offset }) => offset),
      )
      .array(
        32,
        funcs.map(({ refCtrOffset }) => refCtrOffset),
      )
      .array(
        40,
        funcs.map(({ cookie }) => cookie),
      )
      .u32(52, funcs.length)
      .u32(56, flags)
      .u32(60, pid),
  perf_uprobe: (info, { retprobe, file, offset, cookie, refCtrOffset }) =>
    info
      .u32(16, retprobe ? 2 : 1)
      .text(24, 32, file)
      .u32(36, offset)
      .u64(40, cookie)
      .u64(48, refCtrOffset),
  perf_kprobe: (info, { retprobe, func, addr, offset, missed, cookie }) =>
    info
      .u32(16, retprobe ? 4 : 3)
      .text(24, 32, func)
      .u32(36, offset)
      .u64(40, addr)
      .u64(48, missed)
      .u64(56, cookie),
  perf_tracepoint: (info, { tracepoint, cookie }) => info.u32(16, 5).text(24, 32, tracepoint).u64(40, cookie),
  perf_event: (info, { type, config, cookie }) =>
    info.u32(16, 6).u64(24, config).u32(32, type).u64(40, cookie),
};

function pick<T extends object, K extends keyof T>(record: T, keys: readonly K[]): Pick<T, K>;
function pick(record: object, keys: readonly string[]): Record<string, never>;
function pick(record: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));
}

/** Text with its NUL, cut to the room there is. */
function putText(target: Uint8Array, text: string): void {
  target.set(Buffer.from(`${text}\0`, "latin1").subarray(0, target.length));
}

function u32Bytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function u64Bytes(values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

function others(...names: (string | number)[]): DirectoryEntry[] {
  return names.map((name) => ({ name: String(name), type: "other" }));
}
