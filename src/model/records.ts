/**
 * What the kernel said about its objects, as plain data: numbers for types, bigint for every u64, raw bytes,
 * byte text for names. Field names follow struct bpf_prog_info and its relatives. Names of types are looked up
 * when a record is rendered, not here.
 */
import type { BtfValue } from "../btf/value.ts";

/** Kinds of objects that have ids of their own. */
export type ObjectKind = "prog" | "map" | "btf" | "link";

/** A device that an object is bound to (struct bpf_prog_info ifindex, netns_dev, netns_ino). */
export interface DeviceRecord {
  readonly ifindex: number;
  readonly netnsDev: bigint;
  readonly netnsIno: bigint;
  /** The device's name, where it lives in the network namespace of whoever asked. */
  readonly ifname?: string;
}

export interface ProgRecord {
  readonly id: number;
  readonly type: number;
  /** Eight bytes. */
  readonly tag: Uint8Array;
  /** The kernel's name, at most 15 characters; "" where it has none. */
  readonly name: string;
  /** The function's name where the kernel had to cut it; see Registry.progName. */
  readonly fullName?: string;
  readonly gplCompatible: boolean;
  /** Nanoseconds since boot. */
  readonly loadTime: bigint;
  readonly uid: number;
  /** In the kernel's order. */
  readonly mapIds: readonly number[];
  readonly device?: DeviceRecord;
  /** The device is gone (OBJ_GET_INFO_BY_FD said ENODEV). */
  readonly orphaned: boolean;
  /** Bytes. */
  readonly xlatedLen: number;
  /** Bytes; 0 where the program is not compiled. */
  readonly jitedLen: number;
  readonly btfId: number;
  readonly nrFuncInfo: number;
  readonly runTimeNs: bigint;
  readonly runCnt: bigint;
  readonly recursionMisses: bigint;
  readonly verifiedInsns: number;
  readonly attachBtfObjId: number;
  readonly attachBtfId: number;
  /** Bytes, in the words of fdinfo; absent where fdinfo has no such line. */
  readonly memlock?: string;
  /** Absent where it was not looked for yet; see Registry.metadata. */
  readonly metadata?: readonly MetadataRecord[];
  /** Of programs of an object file only. */
  readonly object?: ObjectProg;
}

/** What an object file says of a program before it is loaded; names are byte text. */
export interface ObjectProg {
  /** The ELF section that it stands in: `xdp`, `kprobe/do_exit`. */
  readonly section: string;
  /** enum bpf_attach_type, where the section's name stands for one. */
  readonly attachType?: number;
  /** What the section's name says behind the type: a function, a tracepoint, a path and symbol. */
  readonly attachTo?: string;
}

/** A variable `bpf_metadata_<key>` of a program's read-only data. */
export interface MetadataRecord {
  readonly key: string;
  readonly value: BtfValue;
}

/** The two forms in which the kernel has a program. */
export type CodeKind = "xlated" | "jited";

/** The instructions of a program and what describes them, undecoded. */
export interface ProgCode {
  /** struct bpf_insn array in the byte order of the machine it was taken from. */
  readonly xlated: Uint8Array;
  readonly funcInfo: Uint8Array;
  /** Bytes of one func_info record. */
  readonly funcInfoRecSize: number;
  readonly lineInfo: Uint8Array;
  readonly lineInfoRecSize: number;
  /** Kernel addresses of the compiled functions. */
  readonly jitedKsyms: readonly bigint[];
  /** Bytes of each compiled function. */
  readonly jitedFuncLens: readonly number[];
  /** Of object files: what a loader would put into instructions, pcs ascending. */
  readonly references?: readonly InsnReference[];
}

/** What the instruction at `pc` (in slots of the program) refers to, by name (byte text). */
export type InsnReference = { readonly pc: number } & (
  | { readonly kind: "map"; readonly name: string }
  /** `offset` bytes into the first value of a map; `variable` is the name of what stands there. */
  | {
      readonly kind: "map_value";
      readonly name: string;
      readonly offset: number;
      readonly variable?: string;
    }
  /** Another function of the program: called, or its address taken. */
  | { readonly kind: "subprog" | "callback"; readonly name: string }
  /** A function or a variable of the kernel. */
  | { readonly kind: "kfunc" | "ksym"; readonly name: string }
  /** A CO-RE relocation: `what` is asked (`byte_off`) of `path` (`task_struct.mm.pgd`). */
  | { readonly kind: "core"; readonly what: string; readonly path: string }
);

/** The compiled image of a program. */
export interface ProgImage {
  readonly jited: Uint8Array;
  /** Address of each line_info record in the image, undecoded. */
  readonly jitedLineInfo: Uint8Array;
  readonly jitedLineInfoRecSize: number;
}

/** What OBJ_GET_INFO_BY_FD tells of a map. */
export interface MapInfo {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly flags: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly device?: DeviceRecord;
  readonly btfId: number;
  readonly btfKeyTypeId: number;
  readonly btfValueTypeId: number;
  readonly btfVmlinuxValueTypeId: number;
  /** Id of the BTF that btfVmlinuxValueTypeId is a type of: the kernel's or a module's; absent where there is none. */
  readonly btfVmlinuxId?: number;
  readonly mapExtra: bigint;
}

/** A map with what fdinfo tells of it. */
export interface MapRecord extends MapInfo {
  readonly memlock?: string;
  readonly frozen: boolean;
  /** Type and compilation of the programs that a prog_array takes, where it has an owner. */
  readonly ownerProgType?: number;
  readonly ownerJited?: boolean;
}

/** A program on a map of sockets (BPF_PROG_QUERY). */
export interface MapProgRecord {
  /** enum bpf_attach_type. */
  readonly attachType: number;
  readonly progId: number;
}

export interface BtfRecord {
  readonly id: number;
  /** Bytes. */
  readonly size: number;
  /** `vmlinux`, a module's name, or "". */
  readonly name: string;
  /** It describes the kernel or a module. */
  readonly kernel: boolean;
}

/** What only some kinds of links have, by kind (struct bpf_link_info). */
export type LinkDetail =
  | { readonly kind: "none" }
  | { readonly kind: "raw_tracepoint"; readonly tpName: string; readonly cookie: bigint }
  | {
      readonly kind: "tracing";
      readonly attachType: number;
      readonly targetObjId: number;
      readonly targetBtfId: number;
      readonly cookie: bigint;
    }
  | { readonly kind: "cgroup"; readonly cgroupId: bigint; readonly attachType: number }
  | {
      readonly kind: "iter";
      readonly targetName: string;
      readonly mapId: number;
      readonly cgroupId: bigint;
      readonly order: number;
      readonly tid: number;
      readonly pid: number;
    }
  | { readonly kind: "netns"; readonly netnsIno: number; readonly attachType: number }
  | { readonly kind: "xdp"; readonly ifindex: number; readonly ifname?: string }
  | { readonly kind: "struct_ops"; readonly mapId: number }
  | {
      readonly kind: "netfilter";
      readonly pf: number;
      readonly hook: number;
      readonly prio: number;
      readonly flags: number;
    }
  | { readonly kind: "tcx"; readonly ifindex: number; readonly ifname?: string; readonly attachType: number }
  | {
      readonly kind: "netkit";
      readonly ifindex: number;
      readonly ifname?: string;
      readonly attachType: number;
    }
  | { readonly kind: "sockmap"; readonly mapId: number; readonly attachType: number }
  | {
      readonly kind: "kprobe_multi";
      /** BPF_F_KPROBE_MULTI_*. */
      readonly flags: number;
      /** Calls that were not seen. */
      readonly missed: bigint;
      /** In the kernel's order. */
      readonly funcs: readonly KprobeMultiFunc[];
    }
  | {
      readonly kind: "uprobe_multi";
      readonly path: string;
      readonly flags: number;
      readonly pid: number;
      readonly funcs: readonly {
        readonly offset: bigint;
        readonly refCtrOffset: bigint;
        readonly cookie: bigint;
      }[];
    }
  | {
      readonly kind: "perf_uprobe";
      readonly retprobe: boolean;
      readonly file: string;
      readonly offset: number;
      readonly cookie: bigint;
      readonly refCtrOffset: bigint;
    }
  | {
      readonly kind: "perf_kprobe";
      readonly retprobe: boolean;
      readonly func: string;
      readonly addr: bigint;
      readonly offset: number;
      readonly missed: bigint;
      readonly cookie: bigint;
    }
  | { readonly kind: "perf_tracepoint"; readonly tracepoint: string; readonly cookie: bigint }
  | { readonly kind: "perf_event"; readonly type: number; readonly config: bigint; readonly cookie: bigint };

/** A function of the kernel that a kprobe_multi link is on. */
export interface KprobeMultiFunc {
  /** 0 where the kernel hides it. */
  readonly addr: bigint;
  readonly cookie: bigint;
  /** Its name; absent where no symbol of the kernel stands for the address. */
  readonly func?: string;
  /** Further names of the same address, if there are any. */
  readonly aliases?: readonly string[];
  /** Absent for functions of the kernel itself. */
  readonly module?: string;
}

export interface LinkRecord {
  readonly id: number;
  readonly type: number;
  readonly progId: number;
  readonly detail: LinkDetail;
}

/** A file descriptor of a perf event or tracepoint with a program on it (BPF_TASK_FD_QUERY). */
export interface PerfRecord {
  readonly pid: number;
  readonly fd: number;
  readonly progId: number;
  /** enum bpf_task_fd_type. */
  readonly fdType: number;
  /** Name of the tracepoint, function or file; "" where the kernel gave none. */
  readonly name: string;
  readonly offset: bigint;
  readonly addr: bigint;
}

/** An object's name in a BPF file system. */
export interface PinRecord {
  readonly kind: "prog" | "map" | "link";
  readonly id: number;
  readonly path: string;
}

/** A BPF file system that hands out tokens, and what they allow, in the words of its mount options. */
export interface TokenRecord {
  readonly path: string;
  readonly cmds: readonly string[];
  readonly maps: readonly string[];
  readonly progs: readonly string[];
  readonly attachs: readonly string[];
}

/** A process that has a file descriptor of an object. */
export interface HolderRecord {
  readonly kind: ObjectKind;
  readonly id: number;
  readonly pid: number;
  readonly comm: string;
}

/** The machine that the objects live on. */
export interface HostRecord {
  /** Nanoseconds between the epoch and boot: CLOCK_REALTIME minus CLOCK_BOOTTIME. */
  readonly bootTime: bigint;
  /** uname: `6.18.0`, `x86_64`. */
  readonly release: string;
  readonly machine: string;
  readonly littleEndian: boolean;
  readonly possibleCpus: number;
}
