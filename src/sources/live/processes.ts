/** Processes and their file descriptors: who holds BPF objects, and which descriptors are perf events. */
import { cString } from "../../bytes/text.ts";
import { InspectError, syscallError } from "../../errors.ts";
import type { HolderRecord, PerfRecord } from "../../model/records.ts";
import { BPF, makeAttr, TASK_FD_ATTR } from "../../sys/attr.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ENOTSUPP } from "../../uapi/errno.ts";
import { fdinfoField, objectOf, readFdinfo } from "./fdinfo.ts";
import { closing } from "./objects.ts";

const NAME_SIZE = 4096;

/** What the anonymous inodes of BPF objects are called. */
const BPF_INODE = /^\[?(bpf-prog|bpf-map|bpf[-_]link|btf)\]?$/;

export interface HeldObjects {
  /** Each process that holds an object, once for each object. */
  readonly holders: readonly HolderRecord[];
  /** ProgRecord.memlock by id of each program that a process holds: it never changes. */
  readonly memlocks: ReadonlyMap<number, string>;
}

export function readHeld(sys: Syscalls): HeldObjects {
  const holders: HolderRecord[] = [];
  const memlocks = new Map<number, string>();
  for (const pid of pids(sys)) {
    const seen = new Set<string>();
    let comm: string | undefined;
    for (const { fd, name } of sys.anonInodes(pid)) {
      if (!BPF_INODE.test(name)) continue;
      const fdinfo = readFdinfo(sys, fd, pid);
      const object = objectOf(fdinfo);
      if (object === undefined || seen.has(`${object.kind} ${object.id}`)) continue;
      seen.add(`${object.kind} ${object.id}`);
      const memlock = object.kind === "prog" ? fdinfoField(fdinfo, "memlock") : undefined;
      if (memlock !== undefined) memlocks.set(object.id, memlock);
      comm ??= (sys.readText(`/proc/${pid}/comm`) ?? "").replace(/\n$/, "");
      holders.push({ ...object, pid, comm });
    }
  }
  return { holders, memlocks };
}

/** Every descriptor with a program on a perf event or tracepoint (bpftool perf.c:show_proc). */
export function* readPerf(sys: Syscalls): Generator<PerfRecord> {
  checkSupport(sys);
  const name = new Uint8Array(NAME_SIZE);
  for (const pid of pids(sys)) {
    for (const fd of descriptors(sys, pid)) {
      const { status, answer } = queryFd(sys, pid, fd, name);
      if (status < 0) continue;
      yield {
        pid,
        fd,
        progId: answer.progId,
        fdType: answer.fdType,
        name: cString(name),
        offset: answer.probeOffset,
        addr: answer.probeAddr,
      };
    }
  }
}

/** The kernel knows TASK_FD_QUERY and lets us ask: then a directory is "not supported", and nothing else. */
function checkSupport(sys: Syscalls): void {
  const fd = sys.openDirectory("/");
  if (fd < 0) throw syscallError("failed to open directory '/'", -fd);
  const { status } = closing(sys, fd, () => queryFd(sys, process.pid, fd, new Uint8Array(NAME_SIZE)));
  if (status === -ENOTSUPP) return;
  if (status < 0) throw syscallError("perf_query_support", -status);
  throw new InspectError("unsupported", "perf_query_support: the kernel names a program on a directory");
}

function queryFd(sys: Syscalls, pid: number, fd: number, name: Uint8Array) {
  name[0] = 0;
  const attr = makeAttr(TASK_FD_ATTR, { pid, fd, bufLen: name.length });
  const status = sys.bpf(BPF.TASK_FD_QUERY, attr, [
    { holder: attr, offset: TASK_FD_ATTR.buf.offset, target: name },
  ]);
  return { status, answer: decodeStruct(TASK_FD_ATTR, attr) };
}

function pids(sys: Syscalls): number[] {
  return sys.listNumbers("/proc");
}

function descriptors(sys: Syscalls, pid: number): number[] {
  return sys.listNumbers(`/proc/${pid}/fd`);
}
