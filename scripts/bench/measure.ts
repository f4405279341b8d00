/** Wall time of whole processes, side by side: the runs of all contestants are interleaved, medians are compared. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

const LOOK_MS = 5;

export interface Contestant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly name: string;
  /** Milliseconds. */
  readonly median: number;
  readonly best: number;
}

/** Runs that do not count: bpflens keeps compiled code in its first ones (see bin/bpflens.cjs). */
const FIRST_RUNS = 4;

/** `rounds` runs of each, after those that do not count. Throws where a run fails. */
export function measure(contestants: readonly [Contestant, ...Contestant[]], rounds: number): Measured[] {
  for (let run = 0; run < FIRST_RUNS; run++) runOnce(contestants[0]);
  for (const contestant of contestants.slice(1)) runOnce(contestant);
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, contestant] of contestants.entries()) times[i]?.push(runOnce(contestant));
  return contestants.map(({ name }, i) => {
    const sorted = [...(times[i] ?? [])].sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1] ?? Number.NaN, best: sorted[0] ?? Number.NaN };
  });
}

const TICK_MS = 10;

/** Milliseconds that the kernel works for one run, the mean of many: it counts the children of this process in ticks. */
export function systemTime(contestant: Contestant, rounds: number): number {
  const before = childrenSystemTime();
  for (let round = 0; round < rounds; round++) runOnce(contestant);
  return (childrenSystemTime() - before) / rounds;
}

/** cstime of proc_pid_stat(5), which stands 14 fields behind the name. */
function childrenSystemTime(): number {
  const [, fields = ""] = /\) (.*)$/s.exec(readFileSync("/proc/self/stat", "latin1")) ?? [];
  return Number(fields.split(" ")[14]) * TICK_MS;
}

/** Bytes of memory that a run takes at most (VmHWM of /proc/PID/status), seen every few milliseconds. */
export async function peakMemory({ command, env }: Contestant): Promise<number> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let peak = 0;
  const look = () => {
    try {
      const [, kilobytes] =
        /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "latin1")) ?? [];
      peak = Math.max(peak, Number(kilobytes ?? 0) * 1024);
    } catch {
      // It has just ended.
    }
  };
  const timer = setInterval(look, LOOK_MS);
  await ended;
  clearInterval(timer);
  return peak;
}

/** Output goes to /dev/null: a pipe would be measured, too. */
function runOnce({ command, env }: Contestant): number {
  const sink = openSync("/dev/null", "w");
  try {
    const [program, ...args] = command;
    const start = process.hrtime.bigint();
    const { status, error } = spawnSync(program, args, {
      stdio: ["ignore", sink, "pipe"],
      env: { ...process.env, ...env },
    });
    const end = process.hrtime.bigint();
    if (error || status !== 0) throw error ?? new Error(`${command.join(" ")} ended with status ${status}`);
    return Number(end - start) / 1e6;
  } finally {
    closeSync(sink);
  }
}
