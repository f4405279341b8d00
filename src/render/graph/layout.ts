/**
 * Where boxes and arrows go: Graphviz (as WebAssembly) is given sizes and gives back places. Text is not its business.
 */
import { unsupportedError } from "../../errors.ts";
import { type Layout, readLayouts } from "./layout-json.ts";
import { type Sketch, sketchDot } from "./sketch.ts";

/** Sketches with fewer boxes in all are laid out at once, since starting Graphviz takes longer than that. */
const BATCH = 500;

/** The layouts, one after the other; `undefined` for a sketch that Graphviz breaks down over. */
export async function* layOut(sketches: readonly Sketch[]): AsyncGenerator<Layout | undefined> {
  for (const batch of batches(sketches)) {
    const layouts = await layOutBatch(batch);
    if (layouts) yield* layouts;
    else if (batch.length === 1) yield undefined;
    else for (const sketch of batch) yield (await layOutBatch([sketch]))?.[0];
  }
}

function batches(sketches: readonly Sketch[]): Sketch[][] {
  const result: Sketch[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const sketch of sketches) {
    size += sketch.boxes.length;
    if (size > BATCH) {
      result.push([]);
      size = sketch.boxes.length;
    }
    result.at(-1)?.push(sketch);
  }
  return result;
}

async function layOutBatch(sketches: readonly Sketch[]): Promise<Layout[] | undefined> {
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz").catch((error: unknown) => {
    throw unsupportedError(`Cannot draw without @hpcc-js/wasm-graphviz: ${messageOf(error)}`);
  });
  const dot = sketchDot(sketches);
  try {
    const graphviz = await Graphviz.load();
    return readLayouts(graphviz.layout(dot, "json", "dot"), sketches);
  } catch {
    return undefined; // too deep a recursion, or too much memory
  } finally {
    Graphviz.unload(); // an instance does not stand many layouts
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
