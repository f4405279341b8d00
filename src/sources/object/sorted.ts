/** Search in ascending numbers. */

/** The index of the first that is not below `wanted`; the length where there is none. */
export function firstAtLeast(sorted: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
