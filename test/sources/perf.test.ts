/** Descriptors of perf events with programs, from the system calls to what bpftool 7.8.0 printed over the same answers. */
import { describe, expect, test } from "vitest";
import type { PerfRecord } from "../../src/model/records.ts";
import { perfJson, perfPlain } from "../../src/render/perf/show.ts";
import { readPerf } from "../../src/sources/live/processes.ts";
import { BPF, TASK_FD_ATTR } from "../../src/sys/attr.ts";
import { decodeStruct, encodeStruct } from "../../src/sys/struct.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { EBADF, EINVAL, ENOENT, ENOTSUPP, EPERM } from "../../src/uapi/errno.ts";
import { dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { perfRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";
import { CAPTURED_PERF } from "./captured-perf.ts";

interface PerfKernel {
  /** Descriptors of each process; undefined where they cannot be listed. */
  readonly processes: Readonly<Record<number, readonly number[] | undefined>>;
  readonly answers: readonly PerfRecord[];
  /** What is said of a directory, and of descriptors without an answer. */
  readonly supportErrno?: number;
  readonly otherErrno?: number;
  readonly rootErrno?: number;
}

const ROOT_FD = 900;
const EOPNOTSUPP = 95;

function perfKernel(kernel: PerfKernel): { readonly sys: Syscalls; readonly open: () => number } {
  const { processes, answers, supportErrno = ENOTSUPP, otherErrno = ENOTSUPP, rootErrno } = kernel;
  let open = 0;
  const sys: Partial<Syscalls> = {
    openDirectory(path) {
      if (path !== "/" || rootErrno !== undefined) return -(rootErrno ?? ENOENT);
      open++;
      return ROOT_FD;
    },
    close: () => void open--,
    listNumbers(path) {
      if (path === "/proc") return Object.keys(processes).map(Number);
      return [...(processes[Number(/^\/proc\/(\d+)\/fd$/.exec(path)?.[1])] ?? [])];
    },
    bpf(cmd, attr, pointers = []) {
      const { pid, fd, bufLen, flags, progId } = decodeStruct(TASK_FD_ATTR, attr);
      const buffer = pointers.find(({ offset }) => offset === TASK_FD_ATTR.buf.offset)?.target;
      if (cmd !== BPF.TASK_FD_QUERY || flags !== 0 || progId !== 0) return -EINVAL;
      if (!buffer || bufLen !== buffer.length) return -EINVAL;
      if (pid === process.pid && fd === ROOT_FD) return supportErrno === 0 ? 0 : -supportErrno;
      const answer = answers.find((one) => one.pid === pid && one.fd === fd);
      if (!answer) return -otherErrno;
      buffer.set(Buffer.from(`${answer.name}\0`, "latin1"));
      encodeStruct(TASK_FD_ATTR, attr, {
        bufLen: answer.name.length,
        progId: answer.progId,
        fdType: answer.fdType,
        probeOffset: answer.offset,
        probeAddr: answer.addr,
      });
      return 0;
    },
    repeatedBpf: (cmd, attr, pointers) => () => sys.bpf?.(cmd, attr, pointers) ?? -EINVAL,
  };
  return { sys: sys as Syscalls, open: () => open };
}

describe("every kind that bpftool 7.8.0 was given", () => {
  const { sys, open } = perfKernel({
    processes: { 1: CAPTURED_PERF.map(({ fd }) => fd) },
    answers: CAPTURED_PERF,
  });
  const records = [...readPerf(sys)];

  test("records", () => expect(records).toEqual(CAPTURED_PERF));

  test("plain: bpftool forgets the newline of an unknown kind", () => {
    const plain = plainText((out) => {
      for (const record of records) perfPlain(out, record);
    });
    expect(plain).toBe(`${dataText(import.meta.url, "../render/data/perf_all_kinds.txt")}\n`);
  });

  test("JSON", () => {
    const json = jsonText((writer) => {
      writer.startArray();
      for (const record of records) perfJson(writer, record);
      writer.endArray();
    });
    expect(`${json}\n`).toBe(dataText(import.meta.url, "../render/data/perf_all_kinds.json.txt"));
  });

  test("the directory that is asked about first is closed", () => expect(open()).toBe(0));
});

describe("processes", () => {
  const answers = [
    perfRecord({ pid: 7, fd: 9, progId: 1, name: "a_long_name" }),
    perfRecord({ pid: 8, fd: 3, progId: 2, name: "b" }),
    perfRecord({ pid: 8, fd: 5, progId: 3, name: "" }),
  ];

  test.each([
    ["other descriptors", ENOTSUPP],
    ["processes that have gone, and events without a program", ENOENT],
    ["descriptors that have gone", EBADF],
    ["perf events of another program type", EOPNOTSUPP],
  ])("%s are passed over", (_, otherErrno) => {
    const processes = { 5: [0, 1, 2], 6: undefined, 7: [0, 9], 8: [3, 4, 5] };
    expect([...readPerf(perfKernel({ processes, answers, otherErrno }).sys)]).toEqual(answers);
  });

  test("one that exits while its descriptors are read does not end the list", () => {
    const kernel = perfKernel({ processes: { 7: [9], 8: [3, 5] }, answers });
    const records = readPerf({ ...kernel.sys, listNumbers: exiting(kernel.sys) });
    expect(Array.from(records, ({ pid }) => pid)).toEqual([8, 8]);
  });

  /** Process 7 is listed, and then gone. */
  function exiting(sys: Syscalls): Syscalls["listNumbers"] {
    return (path) => (path === "/proc/7/fd" ? [] : sys.listNumbers(path));
  }
});

describe("a kernel that cannot be asked", () => {
  test.each([
    ["is not allowed", { supportErrno: EPERM }, "perf_query_support: Operation not permitted"],
    ["does not know the command", { supportErrno: EINVAL }, "perf_query_support: Invalid argument"],
    ["says too much", { supportErrno: 0 }, "perf_query_support: the kernel names a program on a directory"],
    [
      "has no root to open",
      { rootErrno: 13 },
      'perf_query_support: cannot open directory "/" (Permission denied)',
    ],
  ])("it %s", (_, kernel, message) => {
    const { sys, open } = perfKernel({ processes: { 1: [0] }, answers: CAPTURED_PERF, ...kernel });
    expect(inspectErrorOf(() => [...readPerf(sys)]).message).toBe(message);
    expect(open()).toBe(0);
  });
});
