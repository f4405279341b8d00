/** Arrows in SVG: a curve, its tip, and a word beside its beginning. */
import type { Layout, Point } from "./layout-json.ts";
import { type Arrow, arrowLabel } from "./picture.ts";
import { round, svgText } from "./svg-text.ts";

const TIP_WIDTH = 7;

export function svgArrow(arrow: Arrow, { curve, tip }: Layout["arrows"][number], title: string): string {
  const [start, ...rest] = curve;
  const last = rest.at(-1);
  if (!start || !last) return "";
  const path = `M${at(start)}C${rest.map(at).join(" ")}`;
  const look = arrow.back ? "a-back" : `a-${arrow.kind}`;
  return [
    `<g><title>${title}</title><path class="${look}" d="${path}"/>`,
    `<path class="tip" d="${tipPath(last, tip)}"/></g>`,
  ].join("");
}

/** A triangle from the end of the curve to the tip. */
function tipPath(end: Point, tip: Point): string {
  const [dx, dy] = [tip.x - end.x, tip.y - end.y];
  const length = Math.hypot(dx, dy) || 1;
  const [sideX, sideY] = [(-dy / length) * (TIP_WIDTH / 2), (dx / length) * (TIP_WIDTH / 2)];
  const corners = [{ x: end.x + sideX, y: end.y + sideY }, tip, { x: end.x - sideX, y: end.y - sideY }];
  return `M${corners.map(at).join("L")}Z`;
}

function at({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

/** Pixels below the beginning of an arrow where its word stands. */
const LABEL_DROP = 12;
const LABEL_GAP = 5;

/** The words at the arrows that leave a box: the first on the left of its arrow, others on the right of theirs. */
export function svgArrowLabels(arrows: readonly { arrow: Arrow; curve: readonly Point[] }[]): string[] {
  const leaving = arrows
    .filter(({ arrow, curve }) => arrowLabel(arrow) !== "" && curve.length > 1)
    .map(({ arrow, curve }) => ({ arrow, start: curve[0] as Point, beside: besideLabel(curve) }))
    .sort((a, b) => a.beside - b.beside);
  return leaving.map(({ arrow, start, beside }, i) => {
    const left = leaving.length > 1 ? i === 0 : beside < start.x;
    const x = left ? Math.min(start.x, beside) - LABEL_GAP : Math.max(start.x, beside) + LABEL_GAP;
    // Further arrows to the same side have theirs below.
    const y = start.y + LABEL_DROP * (left ? 1 : Math.max(1, i));
    return svgText(x, y, arrowLabel(arrow), "small label", left ? "end" : "start");
  });
}

const STEPS = 24;
/** An arrow that is further off there has already passed below or beside its word. */
const MAX_LEAN = 30;

/** Where the curve is when it is as far down as its word. */
function besideLabel(curve: readonly Point[]): number {
  const [start, ...rest] = curve as [Point, ...Point[]];
  let from = start;
  for (let i = 0; i + 2 < rest.length; i += 3) {
    const [a, b, end] = rest.slice(i, i + 3) as [Point, Point, Point];
    for (let step = 1; step <= STEPS; step++) {
      const { x, y } = onCurve(from, a, b, end, step / STEPS);
      const lean = x - start.x;
      if (Math.abs(lean) > MAX_LEAN) return start.x + Math.sign(lean);
      if (y - start.y >= LABEL_DROP) return x;
    }
    from = end;
  }
  return from.x;
}

function onCurve(from: Point, a: Point, b: Point, to: Point, t: number): Point {
  const s = 1 - t;
  const mix = (axis: "x" | "y") =>
    s * s * s * from[axis] + 3 * s * s * t * a[axis] + 3 * s * t * t * b[axis] + t * t * t * to[axis];
  return { x: mix("x"), y: mix("y") };
}
