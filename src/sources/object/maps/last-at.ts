/** Looks for what stands at a place. */

/** The index of the last of some things, offsets ascending, that starts at `offset` or before; -1 where none does. */
export function lastAt(things: readonly { readonly offset: number }[], offset: number): number {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((things[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
