/** Text in SVG. */
import { displayWidth } from "../terminal-text.ts";
import type { Line, Span } from "./lines.ts";
import { SIZES } from "./svg-style.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] as string);
}

/** Pixels that a text takes. */
export function textWidth(text: string, size: "normal" | "small" = "normal"): number {
  return displayWidth(text) * (size === "small" ? SIZES.smallCharWidth : SIZES.charWidth);
}

/** `text` is plain; `className` sets it apart. */
export function svgText(x: number, y: number, text: string, className: string, anchor?: string): string {
  const side = anchor === undefined ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" class="${className}"${side}>${xmlText(text)}</text>`;
}

/** Spans one after the other; calls of functions that are drawn lead there. */
export function svgLine(x: number, y: number, line: Line): string {
  return `<text x="${round(x)}" y="${round(y)}">${line.map(svgSpan).join("")}</text>`;
}

function svgSpan({ kind, text, func }: Span): string {
  const part = `<tspan class="t-${kind}">${xmlText(text)}</tspan>`;
  return func === undefined ? part : `<a href="#f${func}">${part}</a>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
