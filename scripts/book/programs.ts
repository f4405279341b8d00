/**
 * The programs as the article lists them, and their instructions. Where the article does not show a program,
 * its sizes and times are made up, and its tag is what the kernel would compute.
 */
import { PROG_TYPE } from "../../src/uapi/prog-types.ts";
import { TRACE_REQ_DONE } from "./programs/bcc-biolatency.ts";
import { COUNT_FORKS, TRACE_DONE, TRACE_START } from "./programs/boot-monitor.ts";
import { BLK_ACCOUNT_IO_DONE, END } from "./programs/bpftrace-biolatency.ts";
import { EGRESS } from "./programs/systemd-firewall.ts";

export interface BookProgram {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  /** As printed, UTC. */
  readonly loadedAt: string;
  readonly jitedLen: number;
  readonly mapIds: readonly number[];
  readonly btfId?: number;
  /** For asm.ts. */
  readonly text: string;
  /** What the article prints of it; undefined where it prints no such line. */
  readonly quoted?: {
    readonly tag: string;
    readonly xlatedLen: number;
    /** The instructions are not those of the article's program: they do not have its tag. */
    readonly otherTag?: true;
  };
}

export const PROGRAMS: readonly BookProgram[] = [
  {
    id: 26,
    type: PROG_TYPE.kprobe,
    name: "trace_start",
    loadedAt: "2019-06-18T20:12:24Z",
    jitedLen: 88,
    mapIds: [16],
    text: TRACE_START,
  },
  {
    id: 27,
    type: PROG_TYPE.kprobe,
    name: "trace_done",
    loadedAt: "2019-06-18T20:12:24Z",
    jitedLen: 199,
    mapIds: [16, 17],
    text: TRACE_DONE,
  },
  {
    id: 28,
    type: PROG_TYPE.kprobe,
    name: "count_forks",
    loadedAt: "2019-06-18T20:12:25Z",
    jitedLen: 96,
    mapIds: [18],
    text: COUNT_FORKS,
  },
  {
    id: 232,
    type: PROG_TYPE.kprobe,
    name: "END",
    loadedAt: "2019-06-18T21:29:26Z",
    jitedLen: 138,
    mapIds: [130],
    text: END,
    quoted: { tag: "b7cc714c79700b37", xlatedLen: 168 },
  },
  {
    id: 234,
    type: PROG_TYPE.kprobe,
    name: "blk_account_io_",
    loadedAt: "2019-06-18T21:29:26Z",
    jitedLen: 549,
    mapIds: [131, 132],
    text: BLK_ACCOUNT_IO_DONE,
  },
  {
    id: 258,
    type: PROG_TYPE.cgroup_skb,
    name: "",
    loadedAt: "2019-06-18T21:31:27Z",
    jitedLen: 229,
    mapIds: [153, 154],
    text: EGRESS,
    quoted: { tag: "7be49e3934a125ba", xlatedLen: 296 },
  },
  {
    id: 263,
    type: PROG_TYPE.kprobe,
    name: "trace_req_done",
    loadedAt: "2019-06-18T21:37:51Z",
    jitedLen: 567,
    mapIds: [158, 157],
    btfId: 5,
    text: TRACE_REQ_DONE,
    quoted: { tag: "d9bc05b87ea5498c", xlatedLen: 912, otherTag: true },
  },
];
