/** A picture as SVG: functions one below the other, each in a panel with a layout of its own. */
import { type DrawnFunction, type DrawnPart, drawFunctions } from "./drawing.ts";
import type { Point } from "./layout-json.ts";
import { checkSize } from "./limits.ts";
import { type Arrow, arrowLabel, type Box, type Picture } from "./picture.ts";
import { svgArrow, svgArrowLabels } from "./svg-arrow.ts";
import { svgBox } from "./svg-box.ts";
import { LEGEND, SIZES, STYLE_SHEET } from "./svg-style.ts";
import { round, svgText, textWidth, xmlText } from "./svg-text.ts";

export interface Svg {
  readonly text: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** `progress` is told how many boxes of how many have their places. */
export async function pictureSvg(
  picture: Picture,
  progress: (done: number, all: number) => void = () => {},
): Promise<Svg> {
  checkSize(picture);
  const functions = await drawFunctions(picture.functions, progress);
  const { margin, titleHeight } = SIZES;
  const parts: (readonly string[])[] = [];
  let top = margin + titleHeight;
  let width = textWidth(picture.title) * 1.2;
  for (const drawn of functions) {
    const panel = svgPanel(drawn, top);
    parts.push(panel.svg);
    width = Math.max(width, panel.width);
    top += panel.height + margin;
  }
  for (const text of legend(picture)) {
    parts.push([svgText(margin, top, text, "small")]);
    width = Math.max(width, textWidth(text, "small"));
    top += SIZES.lineHeight;
  }
  const [wide, high] = [Math.ceil(width + 2 * margin), Math.ceil(top + margin / 2)];
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" xml:space="preserve">`,
    `<title>${xmlText(picture.title)}</title>`,
    `<style>${STYLE_SHEET}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    svgText(margin, margin + 12, picture.title, "title"),
    ...parts.flat(),
    "</svg>\n",
  ].join("\n");
  return { text, width: wide, height: high };
}

const PANEL_PADDING = 16;
const PANEL_TITLE_HEIGHT = 44;
const PART_TITLE_HEIGHT = 24;

interface Panel {
  readonly svg: readonly string[];
  readonly width: number;
  readonly height: number;
}

function svgPanel({ func, parts }: DrawnFunction, top: number): Panel {
  const left = SIZES.margin;
  const svg: (readonly string[])[] = [];
  let height = PANEL_TITLE_HEIGHT;
  let width = Math.max(textWidth(func.title) * 1.05, textWidth(func.about, "small"));
  for (const [i, part] of parts.entries()) {
    if (parts.length > 1) {
      svg.push([svgText(left + PANEL_PADDING, top + height + 10, partTitle(part, i, parts.length), "small")]);
      height += PART_TITLE_HEIGHT;
    }
    svg.push(svgPart(part, func.number, { x: left + PANEL_PADDING, y: top + height }));
    width = Math.max(width, part.layout.width);
    height += part.layout.height + PANEL_PADDING;
  }
  const frame = { width: round(width + 2 * PANEL_PADDING), height: round(height) };
  return {
    svg: [
      `<g id="f${func.number}">`,
      `<rect x="${left}" y="${round(top)}" width="${frame.width}" height="${frame.height}" rx="4" class="panel"/>`,
      `<text x="${left + PANEL_PADDING}" y="${round(top + 18)}" font-weight="bold">${xmlText(func.title)}</text>`,
      svgText(left + PANEL_PADDING, top + 33, func.about, "small"),
      ...svg.flat(),
      "</g>",
    ],
    ...frame,
  };
}

function partTitle({ boxes }: DrawnPart, index: number, count: number): string {
  const numbers = boxes.flatMap(({ box }) => (box.role === "block" ? [box.number] : []));
  return `part ${index + 1} of ${count}: blocks ${numbers[0]} to ${numbers.at(-1)}`;
}

function svgPart({ boxes, arrows, layout }: DrawnPart, func: number, corner: Point): string[] {
  const curves = arrows.map((arrow, i) => ({
    arrow,
    ...(layout.arrows[i] as (typeof layout.arrows)[number]),
  }));
  const byBox = new Map<number, { arrow: Arrow; curve: readonly Point[] }[]>();
  for (const { arrow, curve } of curves) {
    const leaving = byBox.get(arrow.from);
    if (leaving) leaving.push({ arrow, curve });
    else byBox.set(arrow.from, [{ arrow, curve }]);
  }
  return [
    `<g transform="translate(${round(corner.x)},${round(corner.y)})">`,
    ...curves.map(({ arrow, ...place }) => svgArrow(arrow, place, arrowTitle(arrow))),
    ...boxes.flatMap((told, i) => svgBox(told, layout.boxes[i] as Point, func)),
    ...[...byBox.values()].flatMap(svgArrowLabels),
    "</g>",
  ];
}

/** What a browser shows where the mouse points at an arrow. */
function arrowTitle(arrow: Arrow): string {
  return `${arrow.from} → ${arrow.to} ${arrowLabel(arrow) || arrow.kind}`;
}

function legend({ functions }: Picture): string[] {
  const has = (fits: (box: Box) => boolean) => functions.some(({ boxes }) => boxes.some(fits));
  return [
    has(({ loopDepth }) => loopDepth > 0) ? LEGEND.loops : "",
    has(({ exits }) => exits) ? LEGEND.exits : "",
    has(({ reach }) => reach !== "reached") ? LEGEND.dead : "",
  ].filter(Boolean);
}
