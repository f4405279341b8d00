/**
 * A kernel for probes: it tells which programs and maps it takes as kernel/bpf/syscall.c and verifier.c do, in the same order and
 * words, and counts what it has open.
 */
import { HOST_LITTLE_ENDIAN } from "../../src/bytes/host.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { BPF } from "../../src/sys/attr.ts";
import { BTF_LOAD_ATTR, MAP_CREATE_ATTR, PROG_LOAD_ATTR } from "../../src/sys/probe-attr.ts";
import type { CapabilitySets, Limit, OwnProcess } from "../../src/sys/own-process.ts";
import { decodeStruct, type StructOf } from "../../src/sys/struct.ts";
import type { Pointer, Syscalls } from "../../src/sys/syscalls.ts";
import { CAPABILITY, type CapabilityName } from "../../src/uapi/capabilities.ts";
import { EACCES, EINVAL, ENOENT, ENOSYS, ENOTSUPP, EPERM } from "../../src/uapi/errno.ts";
import { MAP_TYPE, type MapTypeName } from "../../src/uapi/map-types.ts";
import { PROG_TYPE } from "../../src/uapi/prog-types.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { memorySource } from "../support/memory-source.ts";

export type ProgAttr = StructOf<typeof PROG_LOAD_ATTR>;
export type MapAttr = StructOf<typeof MAP_CREATE_ATTR>;

/** What a kernel is like; it has everything unless told otherwise. */
export interface KernelTraits {
  /** An errno for a program of this type, before its instructions are looked at. */
  readonly progErrno?: (attr: ProgAttr) => number | undefined;
  readonly mapErrno?: (attr: MapAttr) => number | undefined;
  readonly btfErrno?: number;
  /** Helpers from this number on are not known. */
  readonly helpers?: number;
  /** What the verifier says of a helper; undefined where the type may call it. */
  readonly helperLog?: (type: number, id: number) => string | undefined;
  /** The most instructions of a program. */
  readonly maxInsns?: number;
  readonly loops?: boolean;
  /** Instruction set: 1 to 4. */
  readonly isa?: number;
  /** There is no bpf(2). */
  readonly noBpf?: boolean;
  /** Files that can be read. */
  readonly files?: Readonly<Record<string, string>>;
  readonly release?: string;
  /** The index of the one device that takes programs over. */
  readonly offloads?: number;
  /** Called before each program is loaded: an errno to fail with. */
  readonly interrupt?: () => number | undefined;
}

/** The opcodes that came with an instruction set. */
const ISA: Readonly<Record<number, number>> = { 0xa5: 2, 0xa6: 3, 0x16: 3, 0x06: 4 };
const CALL = 0x85;
const MOV_X = 0xbf;
const EXIT = 0x95;

export class ProbeKernel {
  readonly traits: KernelTraits;
  readonly open = new Set<number>();
  /** Programs that were loaded, and those that were tried. */
  loaded: ProgAttr[] = [];
  tried: ProgAttr[] = [];
  maps: MapAttr[] = [];
  /** Helpers that programs tried to call, by program type. */
  calls: { readonly type: number; readonly helper: number }[] = [];
  opened = 0;

  constructor(traits: KernelTraits = {}) {
    this.traits = traits;
  }

  syscalls(): Syscalls {
    const { files = {}, release = "6.18.0" } = this.traits;
    return Object.assign(fakeSyscalls(memorySource({})), {
      bpf: (cmd: number, attr: Uint8Array, pointers: readonly Pointer[] = []) =>
        this.bpf(cmd, attr, pointers),
      close: (fd: number) => {
        if (!this.open.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
      },
      readText: (path: string) => files[path],
      uname: () => ({ release, machine: "x86_64" }),
    });
  }

  bpf(cmd: number, attr: Uint8Array, pointers: readonly Pointer[]): number {
    if (this.traits.noBpf) return -ENOSYS;
    const target = (offset: number) => pointers.find((pointer) => pointer.offset === offset)?.target;
    if (cmd === BPF.PROG_LOAD) {
      const prog = decodeStruct(PROG_LOAD_ATTR, attr);
      return this.#load(prog, target(PROG_LOAD_ATTR.insns.offset), target(PROG_LOAD_ATTR.logBuffer.offset));
    }
    if (cmd === BPF.MAP_CREATE) return this.#create(decodeStruct(MAP_CREATE_ATTR, attr));
    if (cmd === BPF.BTF_LOAD) return this.#loadBtf(target(BTF_LOAD_ATTR.btf.offset));
    throw new Error(`command ${cmd} is no probe`);
  }

  #load(prog: ProgAttr, insns: Uint8Array | undefined, log: Uint8Array | undefined): number {
    if (!insns) return -EINVAL;
    this.tried.push(prog);
    const interrupted = this.traits.interrupt?.();
    const errno = interrupted ?? this.traits.progErrno?.(prog);
    if (errno !== undefined) return -errno;
    if (prog.ifindex !== 0 && prog.ifindex !== this.traits.offloads) return -EINVAL;
    const verdict = this.#verify(prog, new InsnArray(insns, HOST_LITTLE_ENDIAN));
    if (verdict.log !== undefined) log?.set(Buffer.from(`${verdict.log}\nprocessed 1 insns\0`, "latin1"));
    if (verdict.errno !== 0) return -verdict.errno;
    this.loaded.push(prog);
    return this.#newFd();
  }

  #verify({ type, attachBtfId }: ProgAttr, insns: InsnArray): { errno: number; log?: string } {
    const { maxInsns = 1_000_000, loops = true, isa = 4, helpers = 1000, helperLog } = this.traits;
    if (type === PROG_TYPE.struct_ops) return { errno: ENOTSUPP };
    if (attachBtfId === 1) {
      const log =
        type === PROG_TYPE.ext ? "Cannot replace kernel functions" : "attach_btf_id 1 is not a function";
      return { errno: EINVAL, log };
    }
    if (insns.length > maxInsns) return { errno: EINVAL };
    for (let pc = 0; pc < insns.length; pc++) {
      const { code = 0, off = 0, imm = 0, src = 0 } = insns.at(pc) ?? {};
      if ((ISA[code] ?? 1) > isa) return { errno: EINVAL, log: `unknown opcode ${code.toString(16)}` };
      if (off < 0 && !loops) return { errno: EINVAL, log: "back-edge from insn 2 to 1" };
      if (code === CALL) {
        this.calls.push({ type, helper: imm });
        if (imm >= helpers) return { errno: EINVAL, log: `invalid func unknown#${imm}` };
        const log = helperLog?.(type, imm);
        if (log !== undefined) return { errno: EINVAL, log };
        // Odd helpers want an argument that nobody has given.
        if (imm % 2 === 1) return { errno: EACCES, log: "R1 type=ctx expected=map_ptr" };
      }
      if (code === MOV_X && src === 1) return { errno: EACCES, log: "R1 !read_ok" };
      if (code === EXIT && pc !== insns.length - 1) return { errno: EINVAL, log: "unreachable insn" };
    }
    return { errno: 0 };
  }

  #create(map: MapAttr): number {
    this.maps.push(map);
    const errno = this.traits.mapErrno?.(map) ?? this.#whyNoMap(map);
    return errno === undefined ? this.#newFd() : -errno;
  }

  #whyNoMap(map: MapAttr): number | undefined {
    if (map.type === MAP_TYPE.struct_ops) return map.btfVmlinuxValueTypeId === 1 ? ENOTSUPP : EINVAL;
    if (map.ifindex !== 0 && map.ifindex !== this.traits.offloads) return EINVAL;
    if (OF_MAPS.has(map.type)) return this.open.has(map.innerMapFd) ? undefined : EINVAL;
    if (STORAGE.has(map.type)) return this.open.has(map.btfFd) ? undefined : EINVAL;
    return undefined;
  }

  #loadBtf(bytes: Uint8Array | undefined): number {
    if (this.traits.btfErrno !== undefined) return -this.traits.btfErrno;
    return bytes?.[0] === 0x9f || bytes?.[0] === 0xeb ? this.#newFd() : -EINVAL;
  }

  #newFd(): number {
    const fd = 10 + this.opened++;
    this.open.add(fd);
    return fd;
  }
}

function mapTypes(...names: MapTypeName[]): ReadonlySet<number> {
  return new Set(names.map((name) => MAP_TYPE[name]));
}

const OF_MAPS = mapTypes("array_of_maps", "hash_of_maps");
const STORAGE = mapTypes("sk_storage", "inode_storage", "task_storage", "cgrp_storage");

/** A process that tells what was done to it. */
export class FakeProcess implements OwnProcess {
  effective: bigint;
  memlock: Limit = { soft: 65_536n, hard: 65_536n };
  readonly permitted: bigint;
  /** What was set, in order. */
  readonly done: string[] = [];

  constructor(...names: readonly CapabilityName[]) {
    this.effective = bitsOf(names);
    this.permitted = this.effective;
  }

  /** By name. */
  held(): string[] {
    return Object.entries(CAPABILITY).flatMap(([name, bit]) =>
      (this.effective >> BigInt(bit)) & 1n ? [name] : [],
    );
  }

  capabilities(): CapabilitySets | number {
    return { effective: this.effective, permitted: this.permitted, inheritable: 0n };
  }

  setCapabilities({ effective, permitted }: CapabilitySets): number {
    if (permitted !== this.permitted || (effective & ~permitted) !== 0n) return -EPERM;
    this.effective = effective;
    this.done.push(`capabilities ${this.held().join(" ") || "none"}`);
    return 0;
  }

  lockedMemory(): Limit | number {
    return this.memlock;
  }

  setLockedMemory(limit: Limit): number {
    this.memlock = limit;
    this.done.push(`memlock ${limit.soft}`);
    return 0;
  }
}

export const ALL_CAPABILITIES = Object.keys(CAPABILITY) as CapabilityName[];

function bitsOf(names: readonly CapabilityName[]): bigint {
  return names.reduce((bits, name) => bits | (1n << BigInt(CAPABILITY[name])), 0n);
}

/** Nothing can be read. */
export const NO_PROCESS: OwnProcess = {
  capabilities: () => -ENOSYS,
  setCapabilities: () => -ENOENT,
  lockedMemory: () => -ENOSYS,
  setLockedMemory: () => -ENOSYS,
};
