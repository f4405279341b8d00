/** Layouts as Graphviz tells them (`-Tjson`). Its y grows upwards, ours downwards. */
import type { Sketch } from "./sketch.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Centres, in the order of the sketch. */
  readonly boxes: readonly Point[];
  /** In the order of the sketch: a Bézier curve of 1 + 3n points, and the tip. */
  readonly arrows: readonly { readonly curve: readonly Point[]; readonly tip: Point }[];
}

/**
 * What Graphviz prints of a layout, as far as it is used here. `pos` would be easier to read, but has five digits,
 * which are too few for pictures of that many pixels.
 */
interface Json {
  readonly objects?: readonly (Drawn & { readonly name: string })[];
  readonly edges?: readonly (Drawn & { readonly id?: string })[];
}

interface Drawn {
  readonly _draw_?: readonly {
    readonly op: string;
    readonly points?: readonly (readonly [number, number])[];
  }[];
}

/** `text` has the layouts of all sketches, somewhere side by side. */
export function readLayouts(text: string, sketches: readonly Sketch[]): Layout[] {
  const json: Json = JSON.parse(text);
  const centres = new Map(json.objects?.map((node) => [node.name, centreOf(pointsOf(node, "p"))]));
  const curves = new Map(json.edges?.map((edge) => [edge.id, pointsOf(edge, "b")]));
  return sketches.map(({ boxes, arrows }, i) =>
    fromCorner(
      boxes.map((box) => ({ ...box, ...(centres.get(`${i}_${box.number}`) ?? ORIGIN) })),
      arrows.map(({ to }, at) => ({ to, curve: curves.get(`${i}_${at}`) ?? [] })),
    ),
  );
}

/** Of the polygon or the Bézier curve. */
function pointsOf({ _draw_ = [] }: Drawn, op: "p" | "b"): Point[] {
  return _draw_.find((drawn) => drawn.op === op)?.points?.map(([x, y]) => ({ x, y: -y })) ?? [];
}

/** Of a rectangle, by two corners that are not side by side. */
function centreOf([corner, , opposite]: readonly Point[]): Point {
  if (!corner || !opposite) return ORIGIN;
  return { x: (corner.x + opposite.x) / 2, y: (corner.y + opposite.y) / 2 };
}

/** Moves a sketch's part of the layout so that it begins at 0, 0. Arrows end at the middle of a box's upper side. */
function fromCorner(
  boxes: readonly (Point & Sketch["boxes"][number])[],
  arrows: readonly { to: number; curve: readonly Point[] }[],
): Layout {
  const bounds = new Bounds();
  for (const { x, y, width, height } of boxes) {
    bounds.add({ x: x - width / 2, y: y - height / 2 });
    bounds.add({ x: x + width / 2, y: y + height / 2 });
  }
  for (const { curve } of arrows) for (const at of curve) bounds.add(at);
  const moved = ({ x, y }: Point): Point => ({ x: x - bounds.left, y: y - bounds.top });
  const tips = new Map(boxes.map(({ number, x, y, height }) => [number, { x, y: y - height / 2 }]));
  return {
    width: bounds.right - bounds.left,
    height: bounds.bottom - bounds.top,
    boxes: boxes.map(moved),
    arrows: arrows.map(({ to, curve }) => ({ curve: curve.map(moved), tip: moved(tips.get(to) ?? ORIGIN) })),
  };
}

const ORIGIN: Point = { x: 0, y: 0 };

class Bounds {
  left = Number.POSITIVE_INFINITY;
  top = Number.POSITIVE_INFINITY;
  right = Number.NEGATIVE_INFINITY;
  bottom = Number.NEGATIVE_INFINITY;

  add({ x, y }: Point): void {
    this.left = Math.min(this.left, x);
    this.top = Math.min(this.top, y);
    this.right = Math.max(this.right, x);
    this.bottom = Math.max(this.bottom, y);
  }
}
