/**
 * Tries what bpf(2) can make: programs, maps, BTF. Whatever comes of it is let go at once; what counts is whether it came
 * (libbpf bpf.c:bpf_prog_load, bpf_map_create, bpf_btf_load).
 */
import { byteText } from "../../../bytes/text.ts";
import type { Answer } from "../../../model/feature-records.ts";
import { BPF, makeAttr } from "../../../sys/attr.ts";
import { BTF_LOAD_ATTR, MAP_CREATE_ATTR, PROG_LOAD_ATTR, PROG_LOAD_SIZE } from "../../../sys/probe-attr.ts";
import { encodeStruct, type StructOf } from "../../../sys/struct.ts";
import type { Pointer, Syscalls } from "../../../sys/syscalls.ts";
import { EAGAIN, EPERM } from "../../../uapi/errno.ts";
import { INSN_SIZE } from "../../../insn/insn.ts";

type ProgFields = Omit<
  StructOf<typeof PROG_LOAD_ATTR>,
  "insnCount" | "insns" | "license" | "logLevel" | "logSize" | "logBuffer"
>;

/** A program to be tried; fields that are left out are 0. */
export interface ProgTrial extends Partial<ProgFields> {
  readonly type: number;
  readonly insns: Uint8Array;
}

export type MapTrial = Partial<StructOf<typeof MAP_CREATE_ATTR>>;

/** What came of a trial: 0, or the errno. */
export interface Outcome {
  readonly errno: number;
  /** What the verifier had to say, as byte text. */
  readonly log: string;
}

const LICENSE = Buffer.from("GPL\0");
const LOG_SIZE = 4096;
/** Messages without a trace of the instructions (BPF_LOG_STATS); kernels before 5.2 take it for BPF_LOG_LEVEL1. */
const LOG_LEVEL = 4;
/** A signal interrupts the verifier. */
const MAX_ATTEMPTS = 5;

/** Kept: the log of every trial has the same size, and there are thousands. */
const LOG = new Uint8Array(new ArrayBuffer(LOG_SIZE));

/** Nothing at all: what it fails with tells whether there is bpf(2). */
export function tryNothing(sys: Syscalls): number {
  return letGo(sys, sys.bpf(BPF.PROG_LOAD, makeAttr(PROG_LOAD_ATTR, {})));
}

export function tryProg(sys: Syscalls, prog: ProgTrial): number {
  return load(sys, ...progCall(prog));
}

export function tryProgWithLog(sys: Syscalls, prog: ProgTrial): Outcome {
  return progTrier(sys, prog)();
}

/** Tries one program again and again: its instructions may change between the calls, everything else stays. */
export function progTrier(sys: Syscalls, prog: ProgTrial): () => Outcome {
  const [attr, pointers] = progCall(prog);
  encodeStruct(PROG_LOAD_ATTR, attr, { logLevel: LOG_LEVEL, logSize: LOG_SIZE });
  const withLog = [...pointers, { holder: attr, offset: PROG_LOAD_ATTR.logBuffer.offset, target: LOG }];
  return () => {
    LOG[0] = 0;
    const errno = load(sys, attr, withLog);
    return { errno, log: byteText(LOG, 0, LOG.indexOf(0)) };
  };
}

function progCall({ insns, ...fields }: ProgTrial): [attr: Uint8Array, pointers: readonly Pointer[]] {
  const attr = new Uint8Array(new ArrayBuffer(PROG_LOAD_SIZE));
  encodeStruct(PROG_LOAD_ATTR, attr, { ...fields, insnCount: insns.length / INSN_SIZE });
  const pointers = [
    { holder: attr, offset: PROG_LOAD_ATTR.insns.offset, target: insns },
    { holder: attr, offset: PROG_LOAD_ATTR.license.offset, target: LICENSE },
  ];
  return [attr, pointers];
}

/** 0 or the errno. */
function load(sys: Syscalls, attr: Uint8Array, pointers: readonly Pointer[]): number {
  let fd = sys.bpf(BPF.PROG_LOAD, attr, pointers);
  for (let left = MAX_ATTEMPTS - 1; fd === -EAGAIN && left > 0; left--)
    fd = sys.bpf(BPF.PROG_LOAD, attr, pointers);
  return letGo(sys, fd);
}

export function tryMap(sys: Syscalls, map: MapTrial): number {
  return letGo(sys, createMap(sys, map));
}

/** A descriptor that the caller closes, or -errno. */
export function createMap(sys: Syscalls, map: MapTrial): number {
  return sys.bpf(BPF.MAP_CREATE, makeAttr(MAP_CREATE_ATTR, map));
}

/** A descriptor that the caller closes, or -errno. */
export function loadBtf(sys: Syscalls, bytes: Uint8Array): number {
  const attr = makeAttr(BTF_LOAD_ATTR, { btfSize: bytes.length });
  return sys.bpf(BPF.BTF_LOAD, attr, [{ holder: attr, offset: BTF_LOAD_ATTR.btf.offset, target: bytes }]);
}

function letGo(sys: Syscalls, fd: number): number {
  if (fd < 0) return -fd;
  sys.close(fd);
  return 0;
}

/** `available` says whether what came of it is what the feature gives. */
export function answerOf(errno: number, available: boolean): Answer {
  if (available) return "available";
  return errno === EPERM ? "refused" : "missing";
}
