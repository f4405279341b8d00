/** A picture in DOT, for Graphviz of one's own. Colours only repeat what words, frames and line styles tell. */
import { type Attributes, type DotCluster, toDot } from "../../dot/dot.ts";
import type { EdgeKind } from "../../cfg/ways-out.ts";
import { lineText } from "./lines.ts";
import { type Arrow, arrowLabel, type Box, type Picture, type PictureFunction } from "./picture.ts";
import { settingsForGraph } from "./settings.ts";

const ARROWS = {
  entry: { color: "gray35" },
  next: { color: "gray35" },
  goto: { color: "black" },
  fallthrough: { color: "sienna4" },
  taken: { color: "darkgreen", penwidth: 1.8 },
  indirect: { color: "blue3", style: "dotted" },
  exit: { color: "gray35", penwidth: 1.8 },
  throw: { color: "red3", style: "dotted" },
} as const satisfies Readonly<Record<EdgeKind, Attributes>>;

const BACK: Attributes = { color: "purple3", style: "dashed", penwidth: 2.8 };

const ROLES = {
  entry: { style: "rounded,filled", fillcolor: "gray92" },
  exit: { style: "rounded,filled", fillcolor: "gray92" },
  outside: { style: "dashed", color: "red3" },
  block: {},
} as const satisfies Readonly<Record<Box["role"], Attributes>>;

/** An ordinary string. */
export function pictureDot({ title, functions }: Picture): string {
  const boxes = functions.reduce((sum, func) => sum + func.boxes.length, 0);
  return toDot({
    name: title,
    attributes: { label: labelText([title]), labeljust: "l", fontname: FONT, ...settingsForGraph(boxes) },
    nodeAttributes: { shape: "box", fontname: FONT, fontsize: 10 },
    edgeAttributes: { fontname: FONT, fontsize: 9, tailport: "s", headport: "n" },
    clusters: functions.map((func) => cluster(func, boxes <= MAX_LABELLED)),
  });
}

const FONT = "monospace";
/** Graphviz makes room for the words at arrows: in larger graphs that takes it too long. */
const MAX_LABELLED = 1000;

function cluster({ number, title, about, boxes, arrows }: PictureFunction, labelled: boolean): DotCluster {
  const id = (box: number) => `f${number}_b${box}`;
  return {
    id: `cluster_${number}`,
    attributes: { label: labelText([title, about]), labeljust: "l", color: "gray70", fontname: FONT },
    nodes: boxes.map((box) => ({ id: id(box.number), attributes: boxAttributes(box) })),
    edges: arrows.map((arrow) => ({
      tail: id(arrow.from),
      head: id(arrow.to),
      attributes: arrowAttributes(arrow, labelled ? arrowLabel(arrow) : ""),
    })),
  };
}

function boxAttributes(box: Box): Attributes {
  const { role, heading, lines, exits, loopHead, reach } = box;
  return {
    ...ROLES[role],
    label: role === "block" ? labelText([heading, ...lines.map(lineText)]) : dotText(heading),
    ...(exits && { peripheries: 2 }),
    ...(loopHead && { style: "filled", fillcolor: "lavender" }),
    ...(reach !== "reached" && { style: "dotted" }),
  };
}

function arrowAttributes({ kind, back }: Arrow, label: string): Attributes {
  return {
    ...ARROWS[kind],
    ...(back && BACK),
    ...(label !== "" && { label: dotText(` ${label} `) }),
  };
}

/** Every line ends in `\l`, which sets it to the left. */
function labelText(lines: readonly string[]): string {
  return lines.map((line) => `${dotText(line)}\\l`).join("");
}

/** Graphviz reads backslashes and HTML entities in labels. */
function dotText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("&", "&amp;");
}
