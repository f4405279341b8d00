/**
 * When V8 optimizes WebAssembly. A listing runs a few big functions of capstone often enough to have them
 * optimized, which takes longer than the listing: a third of the command's time. Only the command line may
 * decide that for its process.
 */
import { setFlagsFromString } from "node:v8";

/**
 * Bytes of code that a function runs before it is optimized: 100 times what Node 20 has, 14 times what later
 * ones have.
 */
const BUDGET = 180_000_000;
/**
 * Versions of V8 that have this flag, those of Node.js 20 to 26: others might complain about it on stderr.
 */
const [FIRST, LAST] = [11, 14];

/** To be called before the first WebAssembly module is compiled; long listings are optimized all the same. */
export function delayOptimizing(): void {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version >= FIRST && version <= LAST) setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`);
}
