/** Boxes in SVG: how large they are, and what stands in them. */
import type { Point } from "./layout-json.ts";
import { lineText } from "./lines.ts";
import { type Arrow, arrowLabel, type Box } from "./picture.ts";
import { SIZES } from "./svg-style.ts";
import { round, svgLine, svgText, textWidth } from "./svg-text.ts";

/** A box with the arrows that are told in words. */
export interface ToldBox {
  readonly box: Box;
  /** What stands above the instructions, in small letters. */
  readonly headings: readonly string[];
  /** What stands below them. */
  readonly leaving: readonly { readonly text: string; readonly to: number }[];
}

export function toldBox(
  box: Box,
  coming: readonly Arrow[] = [],
  leaving: readonly Arrow[] = [],
  nameOf: (box: number) => string,
): ToldBox {
  return {
    box,
    headings: coming.length > 0 ? [box.heading, comingText(coming)] : [box.heading],
    leaving: leaving.map((arrow) => ({
      text: `${arrowLabel(arrow) || "goes on"} → ${nameOf(arrow.to)}`,
      to: arrow.to,
    })),
  };
}

/** Boxes that one line names. */
const MAX_NAMED = 6;

function comingText(arrows: readonly Arrow[]): string {
  const named = arrows.slice(0, MAX_NAMED).map(({ from }) => from);
  const more = arrows.length - named.length;
  const blocks = arrows.length === 1 ? "block" : "blocks";
  return `from ${blocks} ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function boxSize({ box, headings, leaving }: ToldBox): { width: number; height: number } {
  const widths = [
    ...headings.map((text) => textWidth(text, "small")),
    ...box.lines.map((line) => textWidth(lineText(line))),
    ...leaving.map(({ text }) => textWidth(text)),
  ];
  return {
    width: widths.reduce((a, b) => Math.max(a, b), 0) + 2 * SIZES.padding + barsWidth(box),
    height:
      headings.length * SIZES.smallLineHeight +
      (box.lines.length + leaving.length) * SIZES.lineHeight +
      (box.role === "block" ? 1.5 : 1) * SIZES.padding,
  };
}

/** `func` is the function's number: links lead to `f1b5`. */
export function svgBox(told: ToldBox, centre: Point, func: number): string[] {
  const { width, height } = boxSize(told);
  const place = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
  const content = told.box.role === "block" ? blockContent(told, place, func) : endContent(told, place);
  return [`<g id="${boxId(func, told.box.number)}">`, ...content, "</g>"];
}

function boxId(func: number, box: number): string {
  return `f${func}b${box}`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** ENTRY, EXIT and places outside. */
function endContent({ box, headings }: ToldBox, place: Place): string[] {
  const frame =
    box.role === "outside"
      ? rect(place, 0, "outside")
      : rect(place, 0, "end", Math.min(11, place.height / 2));
  const first = place.y + SIZES.padding / 2 + SIZES.smallLineHeight - 3.5;
  const middle = place.x + place.width / 2;
  const texts = headings.map((text, i) =>
    svgText(middle, first + i * SIZES.smallLineHeight, text, "small", "middle"),
  );
  return [frame, ...texts];
}

function blockContent({ box, headings, leaving }: ToldBox, place: Place, func: number): string[] {
  const left = place.x + barsWidth(box) + SIZES.padding;
  const small = place.y + SIZES.padding / 2 + SIZES.smallLineHeight - 2;
  const first = small + headings.length * SIZES.smallLineHeight + 2;
  const below = first + box.lines.length * SIZES.lineHeight;
  return [
    rect(place, 0, boxClass(box)),
    ...(box.exits ? [rect(place, 3, "frame")] : []),
    ...loopBars(box, place),
    ...headings.map((text, i) => svgText(left, small + i * SIZES.smallLineHeight, text, "small")),
    ...box.lines.map((line, i) => svgLine(left, first + i * SIZES.lineHeight, line)),
    ...leaving.map(({ text, to }, i) => {
      const label = svgText(left, below + i * SIZES.lineHeight, text, "far");
      return `<a href="#${boxId(func, to)}">${label}</a>`;
    }),
  ];
}

function boxClass({ loopHead, exits, reach }: Box): string {
  const classes = ["box", exits ? "exits" : "", loopHead ? "head" : "", reach === "reached" ? "" : "dead"];
  return classes.filter(Boolean).join(" ");
}

/** Deeper loops look like these. */
const MAX_BARS = 6;
const BAR_GAP = 2;

function barsWidth({ loopDepth }: Box): number {
  return Math.min(loopDepth, MAX_BARS) * (SIZES.loopBar + BAR_GAP);
}

/** One for each loop around the block. */
function loopBars({ loopDepth }: Box, { x, y, height }: Place): string[] {
  return Array.from({ length: Math.min(loopDepth, MAX_BARS) }, (_, i) => {
    const left = x + BAR_GAP + i * (SIZES.loopBar + BAR_GAP);
    return rect({ x: left, y: y + BAR_GAP, width: SIZES.loopBar, height: height - 2 * BAR_GAP }, 0, "bar");
  });
}

/** `inset` pixels inside of the place. */
function rect({ x, y, width, height }: Place, inset: number, className: string, radius = 0): string {
  const size = `width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}"`;
  const corners = radius > 0 ? ` rx="${round(radius)}"` : "";
  return `<rect x="${round(x + inset)}" y="${round(y + inset)}" ${size}${corners} class="${className}"/>`;
}
