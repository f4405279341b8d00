/**
 * How pictures look. Nothing is told by colour alone: on paper in black and white, line styles, widths, frames and
 * words tell the same.
 */
import type { EdgeKind } from "../../cfg/ways-out.ts";
import type { SpanKind } from "./lines.ts";

/** Pixels. */
export const SIZES = {
  /** Of a fixed-width font of 12 pixels: the widest of the usual ones, DejaVu Sans Mono and Menlo. */
  charWidth: 7.25,
  lineHeight: 15.5,
  smallCharWidth: 6.05,
  smallLineHeight: 13.5,
  padding: 8,
  /** Width of the bar for each loop around a block. */
  loopBar: 4,
  margin: 24,
  titleHeight: 30,
} as const;

const TEXT_COLORS = {
  pc: "#6e7781",
  insn: "#1f2328",
  jump: "#1f2328",
  call: "#0550ae",
  exit: "#953800",
  note: "#6639ba",
  opcodes: "#6e7781",
  proto: "#1f2328",
  place: "#57606a",
  source: "#1a6b35",
} as const satisfies Readonly<Record<SpanKind, string>>;

const TEXT_STYLES: Partial<Readonly<Record<SpanKind, string>>> = {
  call: "font-weight:bold",
  exit: "font-weight:bold",
  source: "font-style:italic",
  place: "font-style:italic",
};

/** The class of a span is `t-` and its kind, that of an arrow `a-` and its kind. */
const ARROW_STYLES = {
  entry: "stroke:#57606a",
  next: "stroke:#57606a",
  goto: "stroke:#1f2328",
  fallthrough: "stroke:#953800",
  taken: "stroke:#1a7f37;stroke-width:1.8",
  indirect: "stroke:#0550ae;stroke-dasharray:1.5 3",
  exit: "stroke:#57606a;stroke-width:1.8",
  throw: "stroke:#cf222e;stroke-dasharray:1.5 3",
} as const satisfies Readonly<Record<EdgeKind, string>>;

/** Arrows that close a loop, whatever their kind. */
const BACK_STYLE = "stroke:#8250df;stroke-width:2.8;stroke-dasharray:8 4";

/** Fixed-width fonts of Linux, macOS and Windows. */
export const FONTS = [
  "'DejaVu Sans Mono'",
  "Menlo",
  "Consolas",
  "'Liberation Mono'",
  "'Noto Sans Mono'",
  "'Ubuntu Mono'",
  "'Cascadia Mono'",
  "FreeMono",
  "'Nimbus Mono PS'",
  "'Courier New'",
  "Courier",
  "monospace",
].join(",");

export const STYLE_SHEET = [
  `text{font-family:${FONTS};font-size:12px;fill:#1f2328}`,
  ".small{font-size:10px;fill:#57606a}",
  ".title{font-size:14px;font-weight:bold}",
  ".panel{fill:none;stroke:#d0d7de}",
  ".box{fill:#fff;stroke:#57606a;stroke-width:1.2}",
  ".end{fill:#eaeef2;stroke:#1f2328;stroke-width:1.2}",
  ".outside{fill:#fff;stroke:#cf222e;stroke-width:1.2;stroke-dasharray:2 2}",
  ".head{fill:#f5f0ff}",
  ".exits{fill:#fff6ee}",
  ".dead{fill:#f6f8fa;stroke:#6e7781;stroke-dasharray:1.5 3}",
  ".frame{fill:none;stroke:#57606a;stroke-width:1.2}",
  ".bar{fill:#8250df}",
  ".label{stroke:#fff;stroke-width:3;paint-order:stroke}",
  ".far{fill:#57606a;font-style:italic}",
  "path{fill:none;stroke-width:1.2}",
  ".tip{stroke:none;fill:#1f2328}",
  ...Object.entries(TEXT_COLORS).map(([kind, color]) => {
    const style = TEXT_STYLES[kind as SpanKind];
    return `.t-${kind}{fill:${color}${style === undefined ? "" : `;${style}`}}`;
  }),
  ...Object.entries(ARROW_STYLES).map(([kind, style]) => `.a-${kind}{${style}}`),
  `.a-back{${BACK_STYLE}}`,
].join("\n");

/** What the marks of a picture mean, for those that it has. */
export const LEGEND = {
  loops: "bold dashes: closes a loop; bars at the left: one for each loop around a block",
  exits: "double frame: the function ends here",
  dead: "dotted frame: no known way leads here",
} as const;
