/** Settings of Graphviz that trade looks for time, by the size of the graph. */
import type { Attributes } from "../../dot/dot.ts";

/** Least first: with so many boxes Graphviz is to look for good places less long, and then to draw straight lines. */
const SETTINGS: readonly (readonly [boxes: number, attributes: Attributes])[] = [
  [400, { nslimit: 1, nslimit1: 1, searchsize: 10, mclimit: 0.1 }],
  [1500, { splines: "polyline" }],
];

export function settingsFor(boxes: number): Attributes {
  return Object.assign(
    {},
    ...SETTINGS.filter(([least]) => boxes >= least).map(([, attributes]) => attributes),
  );
}
