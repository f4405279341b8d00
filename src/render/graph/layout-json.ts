/** Layouts as Graphviz tells them (`-Tjson0`). Its y grows upwards, ours downwards. */
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

/** What Graphviz prints of a layout, as far as it is used here. */
interface Json0 {
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly { readonly id?: string; readonly pos?: string }[];
}

/** `text` has the layouts of all sketches, somewhere side by side. */
export function readLayouts(text: string, sketches: readonly Sketch[]): Layout[] {
  const json: Json0 = JSON.parse(text);
  const centres = new Map(json.objects?.map(({ name, pos }) => [name, point(pos)]));
  const curves = new Map(json.edges?.map(({ id, pos }) => [id, pos]));
  return sketches.map(({ boxes, arrows }, i) =>
    fromCorner(
      boxes.map(({ number, width, height }) => ({ width, height, centre: centres.get(`${i}_${number}`) })),
      arrows.map((_, at) => curves.get(`${i}_${at}`) ?? ""),
    ),
  );
}

function point(text: string): Point {
  const [x, y] = text.split(",").map(Number);
  return { x: x ?? 0, y: -(y ?? 0) };
}

/** Moves a sketch's part of the layout so that it begins at 0, 0. */
function fromCorner(
  boxes: readonly { width: number; height: number; centre: Point | undefined }[],
  curves: readonly string[],
): Layout {
  const arrows = curves.map((text) => {
    const points = text.split(" ");
    const tip = points.find((part) => part.startsWith("e,"));
    const curve = points.filter((part) => part !== tip && part !== "").map(point);
    return { curve, tip: tip === undefined ? (curve.at(-1) ?? ORIGIN) : point(tip.slice(2)) };
  });
  const bounds = new Bounds();
  for (const { width, height, centre = ORIGIN } of boxes) {
    bounds.add({ x: centre.x - width / 2, y: centre.y - height / 2 });
    bounds.add({ x: centre.x + width / 2, y: centre.y + height / 2 });
  }
  for (const { curve } of arrows) for (const at of curve) bounds.add(at);
  const moved = ({ x, y }: Point): Point => ({ x: x - bounds.left, y: y - bounds.top });
  return {
    width: bounds.right - bounds.left,
    height: bounds.bottom - bounds.top,
    boxes: boxes.map(({ centre = ORIGIN }) => moved(centre)),
    arrows: arrows.map(({ curve, tip }) => ({ curve: curve.map(moved), tip: moved(tip) })),
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
