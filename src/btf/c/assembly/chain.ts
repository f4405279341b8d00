/**
 * What declarations are to write, from the name to the base: those that are open lie upon each other, the innermost on top;
 * each begins at its floor.
 */
import { MAX_DEPTH, MAX_NESTING } from "./limits";

/** So many declarations can be open, of so many types. */
const ROOM: u32 = (MAX_NESTING + 2) * (MAX_DEPTH + 2);

let chain: usize = 0;
/** How many types are in it. */
export let height: u32 = 0;

export function startChain(): void {
  chain = heap.alloc((<usize>ROOM) << 2);
  height = 0;
}

export function push(id: u32): void {
  if (height >= ROOM) unreachable();
  store<u32>(chain + ((<usize>height) << 2), id);
  height++;
}

export function pop(): u32 {
  return load<u32>(chain + ((<usize>--height) << 2));
}

export function chained(index: u32): u32 {
  return load<u32>(chain + ((<usize>index) << 2));
}

export function top(): u32 {
  return chained(height - 1);
}
