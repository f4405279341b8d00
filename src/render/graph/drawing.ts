/** The boxes of a picture with their sizes and places. */
import { unsupportedError } from "../../errors.ts";
import { layOut } from "./layout.ts";
import type { Layout } from "./layout-json.ts";
import { inParts, type Part } from "./parts.ts";
import type { Arrow, PictureFunction } from "./picture.ts";
import { straightArrows } from "./ranks.ts";
import type { Sketch } from "./sketch.ts";
import { boxSize, type ToldBox, toldBox } from "./svg-box.ts";

export interface DrawnFunction {
  readonly func: PictureFunction;
  /** Of a function with very many blocks several, in order of address. */
  readonly parts: readonly DrawnPart[];
}

export interface DrawnPart {
  readonly boxes: readonly ToldBox[];
  readonly arrows: readonly Arrow[];
  /** Of these boxes and arrows. */
  readonly layout: Layout;
}

/** Functions with more boxes are drawn in several parts. */
const PART_SIZE = 1000;
/** What Graphviz breaks down over is tried in halves, down to this size. */
const MIN_PART_SIZE = 50;

/** `progress` is told how many boxes of how many have their places, at first none. */
export async function drawFunctions(
  functions: readonly PictureFunction[],
  progress: (done: number, all: number) => void,
): Promise<DrawnFunction[]> {
  const planned = functions.map((func) => ({ func, parts: measuredParts(func, PART_SIZE) }));
  const all = planned.flatMap(({ parts }) => parts);
  const total = all.reduce((sum, { boxes }) => sum + boxes.length, 0);
  const drawn = new Map<MeasuredPart, DrawnPart[]>();
  let done = 0;
  progress(done, total);
  for await (const [part, layout] of withLayouts(all)) {
    drawn.set(part, layout ? [{ boxes: part.told, arrows: part.arrows, layout }] : await inHalves(part));
    done += part.boxes.length;
    progress(done, total);
  }
  return planned.map(({ func, parts }) => ({ func, parts: parts.flatMap((part) => drawn.get(part) ?? []) }));
}

/** More than what long arrows weigh to Graphviz. */
const STRAIGHT_WEIGHT = 20;
/** Pixels that arrows keep off the sides of boxes. */
const CLEARANCE = 10;

interface MeasuredPart extends Part {
  readonly told: readonly ToldBox[];
  readonly sketch: Sketch;
}

function measuredParts(func: Pick<PictureFunction, "boxes" | "arrows">, size: number): MeasuredPart[] {
  const boxes = new Map(func.boxes.map((box) => [box.number, box]));
  const nameOf = (number: number): string => {
    const box = boxes.get(number);
    return box === undefined || box.role === "block" ? `block ${number}` : box.heading;
  };
  return inParts(func, size).map((part) => measured(part, nameOf));
}

function measured(part: Part, nameOf: (box: number) => string): MeasuredPart {
  const told = part.boxes.map((box) =>
    toldBox(box, part.coming.get(box.number), part.leaving.get(box.number), nameOf),
  );
  const boxes = told.map((box) => {
    const { width, height } = boxSize(box);
    return { number: box.box.number, width: width + 2 * CLEARANCE, height };
  });
  const straight = straightArrows(part.arrows);
  const arrows = part.arrows.map((arrow) => ({
    from: arrow.from,
    to: arrow.to,
    weight: straight.has(arrow) ? STRAIGHT_WEIGHT : 1,
  }));
  return { ...part, told, sketch: { boxes, arrows } };
}

async function* withLayouts(
  parts: readonly MeasuredPart[],
): AsyncGenerator<[MeasuredPart, Layout | undefined]> {
  let next = 0;
  for await (const layout of layOut(parts.map(({ sketch }) => sketch)))
    yield [parts[next++] as MeasuredPart, layout];
}

async function inHalves(part: MeasuredPart): Promise<DrawnPart[]> {
  const size = Math.ceil(part.boxes.length / 2);
  if (size < MIN_PART_SIZE)
    throw unsupportedError("Cannot draw: Graphviz breaks down over the graph; .dot and .json files take it");
  const arrows = new Set(part.arrows);
  for (const { number } of part.boxes)
    for (const told of [part.leaving, part.coming])
      for (const arrow of told.get(number) ?? []) arrows.add(arrow);
  const drawn: DrawnPart[] = [];
  for await (const [half, layout] of withLayouts(
    measuredParts({ boxes: part.boxes, arrows: [...arrows] }, size),
  ))
    drawn.push(...(layout ? [{ boxes: half.told, arrows: half.arrows, layout }] : await inHalves(half)));
  return drawn;
}
