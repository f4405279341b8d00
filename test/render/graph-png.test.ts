import { beforeEach, describe, expect, it, vi } from "vitest";
import { svgPng } from "../../src/render/graph/png.ts";
import type { Svg } from "../../src/render/graph/svg.ts";

/** The fonts that the machine has. */
const machine = vi.hoisted(() => ({ fonts: "fixed" as "fixed" | "none" | "proportional" }));

vi.mock("@resvg/resvg-js", async (importOriginal) => {
  const original = await importOriginal<typeof import("@resvg/resvg-js")>();
  class Resvg extends original.Resvg {
    readonly #isWide: boolean;

    constructor(svg: string, options: object) {
      super(svg, { ...options, font: { loadSystemFonts: false } });
      this.#isWide = svg.includes("MMMM");
    }

    override getBBox() {
      const width = machine.fonts === "proportional" && this.#isWide ? 48 : 27;
      return machine.fonts === "none" ? undefined : { x: 0, y: 0, width, height: 10 };
    }
  }
  return { Resvg };
});

beforeEach(() => Object.assign(machine, { fonts: "fixed" }));

function picture(width: number, height: number): Svg {
  const size = `width="${width}" height="${height}"`;
  return {
    text: `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="#f00"/></svg>`,
    width,
    height,
  };
}

/** Width and height of the IHDR chunk. */
function sizeOf(png: Uint8Array): [width: number, height: number] {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe("svgPng()", () => {
  it("draws with twice the pixels", async () => {
    const { bytes, badFont } = await svgPng(picture(30, 20));
    expect([sizeOf(bytes), badFont]).toEqual([[60, 40], false]);
  });

  it("draws large pictures with as many pixels as they have", async () => {
    expect(sizeOf((await svgPng(picture(20_000, 2))).bytes)).toEqual([20_000, 2]);
  });

  it.each([
    [40_000, 2],
    [20_000, 20_000],
  ])("refuses a picture of %dx%d pixels", async (width, height) => {
    await expect(svgPng(picture(width, height))).rejects.toThrow(
      `Cannot draw a PNG of ${width}x${height} pixels, at most 32767 on a side and 100000000 in all`,
    );
  });

  it("says that text may not fit where there is no fixed-width font", async () => {
    machine.fonts = "proportional";
    expect((await svgPng(picture(3, 2))).badFont).toBe(true);
  });

  it("refuses to draw without any font", async () => {
    machine.fonts = "none";
    await expect(svgPng(picture(3, 2))).rejects.toThrow(
      "Cannot draw a PNG, no font is installed here: a .svg file can be drawn",
    );
  });

  it("names another format where the package is missing", async () => {
    vi.resetModules();
    vi.doMock("@resvg/resvg-js", () => {
      throw new Error("Cannot find module\nRequire stack: ...");
    });
    const { svgPng: draw } = await import("../../src/render/graph/png.ts");
    await expect(draw(picture(3, 2))).rejects.toThrow(
      /^Cannot draw a PNG, @resvg\/resvg-js is missing or does not fit this machine \(.*\): a \.svg file can be drawn$/,
    );
  });
});
