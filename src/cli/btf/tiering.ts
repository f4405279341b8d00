/**
 * How much V8 inlines when it optimizes. A header of a kernel is written in a tenth of a second by many functions that call
 * one another: optimizing each with all that it calls takes longer than the header, and all that time slow code runs.
 * Only the command line may decide that for its process.
 */
import { setFlagsFromString } from "node:v8";

/** Bytes of bytecode: of one function that is inlined, and of all that are inlined into one. */
interface Inlining {
  readonly each: number;
  readonly all: number;
}

const LITTLE: Inlining = { each: 60, all: 150 };
const USUAL: Inlining = { each: 460, all: 920 };
/** Versions of V8 that have these flags and sizes, those of Node.js 20 to 26. */
const [FIRST, LAST] = [11, 14];

/** What `run` gives; while it runs, little is inlined. */
export async function withLittleInlining<T>(run: () => Promise<T>): Promise<T> {
  setInlining(LITTLE);
  try {
    return await run();
  } finally {
    setInlining(USUAL);
  }
}

function setInlining({ each, all }: Inlining): void {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version < FIRST || version > LAST) return;
  setFlagsFromString(`--max-inlined-bytecode-size=${each}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${all}`);
}
