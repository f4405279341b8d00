/** What came of the cases, by target: plain data, so that threads can send it. */

export interface TargetCounts {
  cases: number;
  values: number;
  errors: number;
  findings: number;
  /** Milliseconds. */
  time: number;
}

export interface Slowest {
  readonly number: number;
  readonly title: string;
  readonly target: string;
  /** Milliseconds. */
  readonly time: number;
}

export interface Tally {
  readonly targets: Record<string, TargetCounts>;
  /** By what they say, numbers and names left out. */
  readonly errors: Record<string, number>;
  cases: number;
  /** The call that took longest. */
  slowest: Slowest;
  /** Bytes. */
  peakHeap: number;
}

export function emptyTally(): Tally {
  return {
    targets: {},
    errors: {},
    cases: 0,
    slowest: { number: -1, title: "", target: "", time: 0 },
    peakHeap: 0,
  };
}

export function countsOf(tally: Tally, target: string): TargetCounts {
  const known = tally.targets[target];
  if (known) return known;
  const made = { cases: 0, values: 0, errors: 0, findings: 0, time: 0 };
  tally.targets[target] = made;
  return made;
}

export function countError(tally: Tally, message: string): void {
  const kind = message
    .replace(/'.*'/gs, "'…'")
    .replace(/0x[0-9a-f]+|[0-9]+/g, "N")
    .replace(/"[^"]*"/g, '"…"')
    .slice(0, 120);
  tally.errors[kind] = (tally.errors[kind] ?? 0) + 1;
}

/** Adds what another thread counted. */
export function addTally(sum: Tally, more: Tally): void {
  for (const [target, counts] of Object.entries(more.targets)) {
    const total = countsOf(sum, target);
    for (const key of Object.keys(counts) as (keyof TargetCounts)[]) total[key] += counts[key];
  }
  for (const [kind, count] of Object.entries(more.errors)) sum.errors[kind] = (sum.errors[kind] ?? 0) + count;
  sum.cases += more.cases;
  sum.peakHeap = Math.max(sum.peakHeap, more.peakHeap);
  if (more.slowest.time > sum.slowest.time) sum.slowest = more.slowest;
}
