import { describe, expect, test } from "vitest";
import { whyHidden } from "../../src/sources/live/hidden.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { progRecord } from "../support/records.ts";

const ALL = "000001ffffffffff";
const WITHOUT_SYSLOG = "000001fbffffffff";
const WITHOUT_BPF = "0000017fffffffff";
const NONE = "0000000000000000";

const PROG = progRecord({ id: 7, xlatedLen: 16, jitedLen: 23 });
const NOT_COMPILED = progRecord({ id: 8, xlatedLen: 16 });
const BLINDED = "the constants of the program are blinded, and ";
const NO_SYSLOG = (restrict: number) =>
  `this process does not have CAP_SYSLOG (kernel.kptr_restrict is ${restrict})`;
const NO_BPF = "this process has neither CAP_BPF nor CAP_SYS_ADMIN";

/** A machine that is nothing but these files. */
function machine(files: Readonly<Record<string, string>>): Syscalls {
  return { readText: (path: string) => files[path] } as unknown as Syscalls;
}

function proc(capabilities: string, restrict: string, paranoid = "2"): Syscalls {
  return machine({
    "/proc/self/status": `Name:\tnode\nCapPrm:\t${ALL}\nCapEff:\t${capabilities}\nCapBnd:\t${ALL}\n`,
    "/proc/sys/kernel/kptr_restrict": `${restrict}\n`,
    "/proc/sys/kernel/perf_event_paranoid": `${paranoid}\n`,
  });
}

describe("whyHidden()", () => {
  const ROWS: readonly (readonly [
    string,
    Syscalls,
    xlated: string | undefined,
    jited: string | undefined,
  ])[] = [
    ["root", proc(ALL, "0"), undefined, undefined],
    ["root, kptr_restrict 1", proc(ALL, "1"), undefined, undefined],
    [
      "root, kptr_restrict 2",
      proc(ALL, "2"),
      `${BLINDED}kernel.kptr_restrict is 2`,
      "kernel.kptr_restrict is 2",
    ],
    ["no CAP_SYSLOG", proc(WITHOUT_SYSLOG, "1"), BLINDED + NO_SYSLOG(1), NO_SYSLOG(1)],
    ["no CAP_SYSLOG, kptr_restrict 0", proc(WITHOUT_SYSLOG, "0"), BLINDED + NO_SYSLOG(0), NO_SYSLOG(0)],
    ["no CAP_SYSLOG, but perf is open to all", proc(WITHOUT_SYSLOG, "0", "1"), undefined, undefined],
    ["CAP_SYS_ADMIN stands for CAP_BPF", proc(WITHOUT_BPF, "0"), undefined, undefined],
    ["nobody", proc(NONE, "0"), NO_BPF, NO_BPF],
    ["nothing can be read", machine({}), undefined, undefined],
  ];
  test.each(ROWS)("%s", (_, sys, xlated, jited) => {
    expect([whyHidden(sys, PROG, "xlated"), whyHidden(sys, PROG, "jited")]).toEqual([xlated, jited]);
  });

  test("a program that is not compiled", () => {
    expect(whyHidden(proc(ALL, "2"), NOT_COMPILED, "jited")).toBe("the program is not compiled");
  });
});
