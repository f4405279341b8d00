/** What Graphviz is to lay out: sizes, and which boxes arrows join. */
import { type DotEdge, type DotNode, toDot } from "../../dot/dot.ts";
import { settingsForSketch } from "./settings.ts";

/** A graph without text; sizes are in pixels. */
export interface Sketch {
  /** In the order in which they stand in the program. */
  readonly boxes: readonly { readonly number: number; readonly width: number; readonly height: number }[];
  readonly arrows: readonly {
    readonly from: number;
    readonly to: number;
    /** How much it matters that the arrow is short and straight. */
    readonly weight: number;
  }[];
}

/** 1 pixel of ours is 1 point of Graphviz. */
const POINTS_PER_INCH = 72;

/** Each sketch is one component, which Graphviz lays out by itself, and puts somewhere beside the others. */
export function sketchDot(sketches: readonly Sketch[]): string {
  const nodes: DotNode[] = [];
  const edges: DotEdge[] = [];
  for (const [i, { boxes, arrows }] of sketches.entries()) {
    const id = (number: number) => `${i}_${number}`;
    for (const { number, width, height } of boxes)
      nodes.push({
        id: id(number),
        attributes: { width: inches(width), height: inches(height) },
      });
    for (const [at, { from, to, weight }] of arrows.entries())
      edges.push({ tail: id(from), head: id(to), attributes: { id: `${i}_${at}`, weight } });
    for (const { from, to } of joints({ boxes, arrows }))
      edges.push({ tail: id(from), head: id(to), attributes: { style: "invis" } });
  }
  return toDot({
    name: "layout",
    attributes: {
      nodesep: 0.4,
      ranksep: 0.6,
      pack: true,
      packmode: "array_c1",
      ...settingsForSketch(nodes.length),
    },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { tailport: "s", headport: "n" },
    nodes,
    edges,
  });
}

function inches(points: number): number {
  return Math.round((points / POINTS_PER_INCH) * 1000) / 1000;
}

/** What holds a sketch together: boxes that arrows do not join to the one before hang below it. */
function joints({ boxes, arrows }: Sketch): { from: number; to: number }[] {
  const groups = new Map(boxes.map(({ number }) => [number, number]));
  const find = (number: number): number => {
    let at = number;
    for (let next = groups.get(at) as number; next !== at; next = groups.get(at) as number) {
      groups.set(at, groups.get(next) as number);
      at = next;
    }
    return at;
  };
  for (const { from, to } of arrows) groups.set(find(from), find(to));
  const result: { from: number; to: number }[] = [];
  for (const [i, { number }] of boxes.entries()) {
    const before = boxes[i - 1]?.number;
    if (before === undefined || find(before) === find(number)) continue;
    result.push({ from: before, to: number });
    groups.set(find(before), find(number));
  }
  return result;
}
