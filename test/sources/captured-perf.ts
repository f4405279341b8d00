/** The kernel's answers over which bpftool 7.8.0 printed test/render/data/perf_all_kinds.*, in its order. */
import type { PerfRecord } from "../../src/model/records.ts";
import { perfRecord } from "../support/records.ts";

export const CAPTURED_PERF: readonly PerfRecord[] = [
  perfRecord({ fd: 0, progId: 100, fdType: 0, name: "sys_enter" }),
  perfRecord({ fd: 1, progId: 101, fdType: 1, name: "sys_enter_read" }),
  perfRecord({ fd: 2, progId: 102, fdType: 2, name: "do_nanosleep", offset: 32n }),
  perfRecord({ fd: 3, progId: 103, fdType: 2, addr: 18446744071578845187n }),
  perfRecord({ fd: 4, progId: 104, fdType: 3, name: "do_exit", offset: 64n }),
  perfRecord({ fd: 5, progId: 105, fdType: 3, addr: 18446744071578845189n }),
  perfRecord({ fd: 6, progId: 106, fdType: 4, name: "/bin/bash", offset: 96n }),
  perfRecord({ fd: 7, progId: 107, fdType: 5, name: "/bin/bash", offset: 112n }),
  perfRecord({ fd: 8, progId: 108, fdType: 99 }),
];
