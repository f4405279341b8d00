/**
 * What can be known of a drawing from top to bottom before it is made: in which row each box will be at best, how far
 * arrows reach, and which of them make the lines that run straight down.
 */

export interface Ends {
  readonly from: number;
  readonly to: number;
  /** Without these, arrows make no circle. */
  readonly back: boolean;
}

/**
 * By arrow, in rows of boxes; 1 leads to the next row. A layout makes a helper node for each row that an arrow
 * passes, so its work grows with the sum of these: 200 jumps to one end are 20,000 helpers.
 */
export function spans(arrows: readonly Ends[]): number[] {
  const rows = longestWays(arrows, "from", "to");
  return arrows.map(({ from, to }) => Math.abs((rows.get(to) ?? 0) - (rows.get(from) ?? 0)));
}

/** The longest span that arrows may have so that all of them together have at most `budget`; at least 1. */
export function longestSpan(spans: readonly number[], budget: number): number {
  let sum = 0;
  let longest = 1;
  for (const span of spans.toSorted((a, b) => a - b)) {
    sum += span;
    if (sum > budget) return longest;
    longest = Math.max(longest, span);
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The arrows along which code goes straight down: from each box the one with the longest way to go, so that early exits
 * branch off; where several meet, the one that has come the longest way.
 */
export function straightArrows<T extends Ends>(arrows: readonly T[]): Set<T> {
  const rows = longestWays(arrows, "from", "to");
  const depths = longestWays(arrows, "to", "from");
  const best = new Map<number, T>();
  for (const arrow of arrows) {
    if (arrow.back) continue;
    const other = best.get(arrow.from);
    if (!other || (depths.get(arrow.to) ?? 0) > (depths.get(other.to) ?? 0)) best.set(arrow.from, arrow);
  }
  const taken = new Set<number>();
  const straight = new Set<T>();
  const lowestFirst = [...best.values()].sort((a, b) => (rows.get(b.from) ?? 0) - (rows.get(a.from) ?? 0));
  for (const arrow of lowestFirst) {
    if (taken.has(arrow.to)) continue;
    taken.add(arrow.to);
    straight.add(arrow);
  }
  return straight;
}

/** By box: how many arrows the longest way to it has; the other way round from it. 0 for those without a way. */
function longestWays(arrows: readonly Ends[], tail: "from" | "to", head: "from" | "to"): Map<number, number> {
  const waiting = new Map<number, number>();
  const leaving = new Map<number, number[]>();
  for (const arrow of arrows) {
    if (arrow.back) continue;
    waiting.set(arrow[head], (waiting.get(arrow[head]) ?? 0) + 1);
    const heads = leaving.get(arrow[tail]);
    if (heads) heads.push(arrow[head]);
    else leaving.set(arrow[tail], [arrow[head]]);
  }
  const ways = new Map<number, number>();
  const ready = [...leaving.keys()].filter((box) => !waiting.has(box));
  for (let box = ready.pop(); box !== undefined; box = ready.pop()) {
    const way = ways.get(box) ?? 0;
    for (const next of leaving.get(box) ?? []) {
      ways.set(next, Math.max(ways.get(next) ?? 0, way + 1));
      const left = (waiting.get(next) as number) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return ways;
}
