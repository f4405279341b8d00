/** Processes and their file descriptors: who holds BPF objects, and which descriptors are perf events. */
import { cString } from "../../bytes/text.ts";
import { InspectError, syscallError } from "../../errors.ts";
import { grouped } from "../../model/grouped.ts";
import type { HolderRecord, ObjectKind, PerfRecord } from "../../model/records.ts";
import { BPF, TASK_FD_ATTR } from "../../sys/attr.ts";
import { decodeStruct, encodeStruct, u32Setter } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ENOTSUPP, strerror } from "../../uapi/errno.ts";
import { fdinfoField, idOf } from "./fdinfo.ts";
import { closing } from "./objects.ts";

const NAME_SIZE = 4096;
const TASK_FD_ATTR_SIZE = TASK_FD_ATTR.probeAddr.offset + TASK_FD_ATTR.probeAddr.size;

/** What the anonymous inodes of BPF objects are called: `bpf-prog`, or `[bpf-prog]`. */
const BPF_INODE = /^\[?(?:bpf[-_](prog|map|link)|(btf))\]?$/;

/** A descriptor of a BPF object. */
export interface BpfFd {
  readonly kind: ObjectKind;
  readonly pid: number;
  readonly fd: number;
}

/** Those of all processes: by pid, then by number. */
export function findBpfFds(sys: Syscalls): BpfFd[] {
  return pids(sys).flatMap((pid) =>
    sys.anonInodes(pid).flatMap(({ fd, name }) => {
      const [, kind, btf] = BPF_INODE.exec(name) ?? [];
      const known = (kind ?? btf) as ObjectKind | undefined;
      return known === undefined ? [] : [{ kind: known, pid, fd }];
    }),
  );
}

export interface HeldObjects {
  /** Each process that holds an object, once for each object. */
  readonly holders: readonly HolderRecord[];
  /** ProgRecord.memlock by id of each program that a process holds: it never changes. */
  readonly memlocks: ReadonlyMap<number, string>;
}

/** Which objects the descriptors stand for. */
export function readHeld(sys: Syscalls, fds: readonly BpfFd[]): HeldObjects {
  const holders: HolderRecord[] = [];
  const memlocks = new Map<number, string>();
  for (const [pid, own] of grouped(fds, ({ pid }) => pid)) {
    const seen: Record<ObjectKind, Set<number>> = {
      prog: new Set(),
      map: new Set(),
      btf: new Set(),
      link: new Set(),
    };
    let comm: string | undefined;
    const fdinfos = sys.readFdinfos(
      pid,
      own.map(({ fd }) => fd),
    );
    own.forEach(({ kind }, i) => {
      const fdinfo = fdinfos[i];
      const id = fdinfo === undefined ? undefined : idOf(fdinfo, kind);
      if (fdinfo === undefined || id === undefined || seen[kind].has(id)) return;
      seen[kind].add(id);
      const memlock = kind === "prog" ? fdinfoField(fdinfo, "\nmemlock:") : undefined;
      if (memlock !== undefined) memlocks.set(id, memlock);
      comm ??= (sys.readText(`/proc/${pid}/comm`) ?? "").replace(/\n$/, "");
      holders.push({ kind, id, pid, comm });
    });
  }
  return { holders, memlocks };
}

/** Every descriptor with a program on a perf event or tracepoint (bpftool perf.c:show_proc). */
export function* readPerf(sys: Syscalls): Generator<PerfRecord> {
  checkSupport(sys);
  const query = fdQuery(sys);
  for (const pid of pids(sys)) {
    const queryFd = query(pid);
    for (const fd of descriptors(sys, pid)) {
      const answer = queryFd(fd);
      if (answer) yield answer;
    }
  }
}

/** The kernel knows TASK_FD_QUERY and lets us ask: then a directory is "not supported", and nothing else. */
function checkSupport(sys: Syscalls): void {
  const fd = sys.openDirectory("/");
  if (fd < 0) {
    const message = `perf_query_support: cannot open directory "/" (${strerror(-fd)})`;
    throw new InspectError("syscall", message, { data: { errno: -fd } });
  }
  const { attr, pointers } = queryBuffers();
  encodeStruct(TASK_FD_ATTR, attr, { pid: process.pid, fd });
  const status = closing(sys, fd, () => sys.bpf(BPF.TASK_FD_QUERY, attr, pointers));
  if (status === -ENOTSUPP) return;
  if (status < 0) throw syscallError("perf_query_support", -status);
  throw new InspectError("unsupported", "perf_query_support: the kernel names a program on a directory");
}

function queryBuffers() {
  const attr = new Uint8Array(new ArrayBuffer(TASK_FD_ATTR_SIZE));
  const name = new Uint8Array(NAME_SIZE);
  encodeStruct(TASK_FD_ATTR, attr, { bufLen: name.length });
  return { attr, name, pointers: [{ holder: attr, offset: TASK_FD_ATTR.buf.offset, target: name }] };
}

/** What the kernel tells of the descriptors of a process: most are no perf events, others have gone, or their process has. */
type FdQuery = (pid: number) => (fd: number) => PerfRecord | undefined;

/** Thousands of descriptors are asked for: all calls share their buffers, which the kernel changes only where it has an answer. */
function fdQuery(sys: Syscalls): FdQuery {
  const { attr, name, pointers } = queryBuffers();
  const ask = sys.repeatedBpf(BPF.TASK_FD_QUERY, attr, pointers);
  const setPid = u32Setter(TASK_FD_ATTR.pid, attr);
  const setFd = u32Setter(TASK_FD_ATTR.fd, attr);
  const reset = () => {
    encodeStruct(TASK_FD_ATTR, attr, { ...NO_ANSWER, bufLen: name.length });
    name[0] = 0;
  };
  return (pid) => {
    setPid(pid);
    return (fd) => {
      setFd(fd);
      if (ask() < 0) {
        if (name[0] !== 0) reset(); // a name that is too long
        return undefined;
      }
      const { progId, fdType, probeOffset: offset, probeAddr: addr } = decodeStruct(TASK_FD_ATTR, attr);
      const answer = { pid, fd, progId, fdType, name: cString(name), offset, addr };
      reset();
      return answer;
    };
  };
}

const NO_ANSWER = { progId: 0, fdType: 0, probeOffset: 0n, probeAddr: 0n };

function pids(sys: Syscalls): number[] {
  return sys.listNumbers("/proc");
}

function descriptors(sys: Syscalls, pid: number): number[] {
  return sys.listNumbers(`/proc/${pid}/fd`);
}
