/** Wall time of whole processes, side by side: the runs of all contestants are interleaved, medians are compared. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";

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

/** `rounds` runs of each, after one that does not count. Throws where a run fails. */
export function measure(contestants: readonly Contestant[], rounds: number): Measured[] {
  const times = contestants.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const time = runOnce(contestant);
      if (round >= 0) times[i]?.push(time);
    }
  }
  return contestants.map(({ name }, i) => {
    const sorted = [...(times[i] ?? [])].sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1] ?? Number.NaN, best: sorted[0] ?? Number.NaN };
  });
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
