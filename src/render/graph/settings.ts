/** Settings of Graphviz that trade looks for time, by the number of boxes. */
import type { Attributes } from "../../dot/dot.ts";

/** Arrows of which none reaches far need no more: a good layout ends by itself before that. */
const ENOUGH_NEAR: Attributes = { nslimit: 2, nslimit1: 2 };
const MANY_NEAR = 200;

/** For graphs with whatever arrows there are, as large ones have to be drawn somehow. */
const ENOUGH_FAR: Attributes = { nslimit: 1, nslimit1: 1, searchsize: 10, mclimit: 0.1, splines: "polyline" };
const MANY_FAR = 1000;

/** For sketches: see parts.ts for how far their arrows reach. */
export function settingsForSketch(boxes: number): Attributes {
  return boxes < MANY_NEAR ? {} : ENOUGH_NEAR;
}

export function settingsForGraph(boxes: number): Attributes {
  return boxes < MANY_FAR ? {} : ENOUGH_FAR;
}
