/**
 * A picture as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), for Markdown that draws it.
 * Mermaid reads text for entities, comments, directives, Markdown, HTML, icons and formulas: what is not surely plain
 * is written as a numbered entity.
 */
import { lineText } from "./lines.ts";
import { type Arrow, arrowLabel, type Box, type Picture, type PictureFunction } from "./picture.ts";

/** What Mermaid draws unless its page is configured otherwise. */
export const MERMAID_LIMITS = { characters: 50_000, edges: 500 } as const;

/** An ordinary string. */
export function pictureMermaid({ title, functions }: Picture): string {
  const styles: Styles = { arrows: 0, back: [], classes: new Map() };
  const charts = functions.map((func) => subgraph(func, styles));
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart TD",
    ...charts,
    ...CLASSES,
    ...[...styles.classes].map(([name, ids]) => `class ${ids.join(",")} ${name}`),
    ...(styles.back.length > 0 ? [`linkStyle ${styles.back.join(",")} ${BACK_STYLE}`] : []),
    "",
  ].join("\n");
}

const CLASSES = [
  "classDef block text-align:left,font-family:monospace,fill:#ffffff,stroke:#57606a,color:#1f2328",
  "classDef loop fill:#f5f0ff,stroke:#8250df",
  "classDef dead fill:#f6f8fa,stroke-dasharray:2 3",
  "classDef outside stroke:#cf222e,stroke-dasharray:2 3",
];
const BACK_STYLE = "stroke:#8250df,stroke-width:3px,stroke-dasharray:8 4";

interface Styles {
  /** Arrows so far: Mermaid counts them through. */
  arrows: number;
  readonly back: number[];
  readonly classes: Map<string, string[]>;
}

function subgraph({ number, title, about, boxes, arrows }: PictureFunction, styles: Styles): string {
  const id = (box: number) => `f${number}b${box}`;
  const out = [`subgraph f${number}["${entities(title)}<br/>${entities(about)}"]`];
  for (const box of boxes) {
    out.push(`${id(box.number)}${node(box)}`);
    for (const name of classesOf(box)) {
      const ids = styles.classes.get(name);
      if (ids) ids.push(id(box.number));
      else styles.classes.set(name, [id(box.number)]);
    }
  }
  for (const arrow of arrows) {
    if (arrow.back) styles.back.push(styles.arrows);
    styles.arrows++;
    out.push(`${id(arrow.from)} ${link(arrow)} ${id(arrow.to)}`);
  }
  return [...out, "end"].join("\n");
}

/** Blocks are boxes, with a double side where the function ends; ENTRY and EXIT are round. */
function node({ role, heading, lines, exits }: Box): string {
  const label = [heading, ...lines.map(lineText)].map(entities).join("<br/>");
  if (role === "entry" || role === "exit") return `(["${label}"])`;
  return exits ? `[["${label}"]]` : `["${label}"]`;
}

function classesOf({ role, loopHead, reach }: Box): string[] {
  return [
    role === "block" ? "block" : "",
    role === "outside" ? "outside" : "",
    loopHead ? "loop" : "",
    reach === "reached" ? "" : "dead",
  ].filter(Boolean);
}

function link(arrow: Arrow): string {
  const label = arrowLabel(arrow);
  const line = arrow.kind === "indirect" || arrow.kind === "throw" ? "-.->" : "-->";
  return label === "" ? line : `${line}|"${entities(label)}"|`;
}

/**
 * Blanks side by side and at the beginning; colons that are not in front of a single blank; what Markdown reads as
 * emphasis or as an address; everything else that is not surely plain.
 */
const NOT_PLAIN =
  / (?= )|^ |:(?! [^ ])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=[Ww]{3})\.|[^A-Za-z0-9 .,:()=+\-/_]/gu;

function entities(text: string): string {
  return text.replace(NOT_PLAIN, (char) => `#${char === " " ? NO_BREAK_SPACE : char.codePointAt(0)};`);
}

const NO_BREAK_SPACE = 160;
