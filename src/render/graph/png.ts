/** SVG as PNG, by a package that may be missing. */
import { unsupportedError } from "../../errors.ts";
import type { Svg } from "./svg.ts";
import { FONTS } from "./svg-style.ts";

/** What an image viewer still opens, and a few hundred megabytes of memory hold. */
const MAX_SIDE = 32_767;
const MAX_PIXELS = 100_000_000;
/** Letters of 12 pixels are hard to read on many screens. */
const SHARP = 2;

export interface Png {
  readonly bytes: Uint8Array;
  /** The text does not look as it should, since there is no fixed-width font. */
  readonly badFont: boolean;
}

/** Throws where the package is missing, where there is no font at all, and where the picture is too large. */
export async function svgPng({ text, width, height }: Svg): Promise<Png> {
  const { Resvg } = await import("@resvg/resvg-js").catch((error: unknown) => {
    throw unsupportedError(
      `Cannot draw a PNG, @resvg/resvg-js is missing or does not fit this machine (${messageOf(error)}): a .svg file can be drawn`,
    );
  });
  const zoom = [SHARP, 1].find((factor) => fits(width * factor, height * factor));
  if (zoom === undefined)
    throw unsupportedError(
      `Cannot draw a PNG of ${width}x${height} pixels, at most ${MAX_SIDE} on a side and ${MAX_PIXELS} in all: 'func NAME' draws one function, a .svg file takes all`,
    );
  const [narrow, wide] = ["iiii", "MMMM"].map((text) => new Resvg(sample(text), OPTIONS).getBBox()?.width);
  if (narrow === undefined || wide === undefined)
    throw unsupportedError("Cannot draw a PNG, no font is installed here: a .svg file can be drawn");
  const image = new Resvg(text, { ...OPTIONS, fitTo: { mode: "zoom", value: zoom } }).render();
  return { bytes: image.asPng(), badFont: wide > MAX_RATIO * narrow };
}

function fits(width: number, height: number): boolean {
  return width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS;
}

const OPTIONS = { font: { loadSystemFonts: true } } as const;
/** What wide letters may take more than narrow ones: in fixed-width fonts only their outlines differ. */
const MAX_RATIO = 1.3;

function sample(text: string): string {
  const style = `font-family:${FONTS};font-size:12px`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="50"><text y="20" style="${style}">${text}</text></svg>`;
}

/** The first line: Node.js adds where it was looking. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1).join();
}
