/** A value as the text of one line: what stands in a cell. Ordinary strings, fit for a terminal. */
import { hexByte } from "../../../bytes/hex.ts";
import { byteText } from "../../../bytes/text.ts";
import type { BtfValue } from "../../../btf/value.ts";
import { isPrintable } from "../../../btf/value-read.ts";
import { cutText, displayWidth, terminalText } from "../../terminal-text.ts";

/** What is in a list is not cut below this: it stands whole, or not at all. */
const LEAST_PART = 8;

/** At most `width` columns wide: the rest is an ellipsis. Numbers are never cut. */
export function valueText(value: BtfValue, width = Number.POSITIVE_INFINITY): string {
  switch (value.kind) {
    case "number":
    case "hex":
    case "bool":
      return String(value.value);
    case "float":
      return Object.is(value.value, -0) ? "-0" : String(value.value);
    case "pointer":
      return `0x${value.value.toString(16)}`;
    case "char":
      return charText(value.value);
    case "text":
      return cutText(terminalText(value.value), width);
    case "list":
      return sequence("[", value.items, "]", width, valueText);
    case "fields":
      return sequence("{", value.fields, "}", width, ({ name, value: part }, room) =>
        name === "" ? valueText(part, room) : named(terminalText(name), part, room),
      );
    case "none":
      return "";
  }
}

function named(name: string, value: BtfValue, room: number): string {
  return `${name}: ${valueText(value, Math.max(LEAST_PART, room - displayWidth(name) - 2))}`;
}

function charText(byte: number): string {
  return isPrintable(byte) ? byteText(Uint8Array.of(byte)) : `\\x${hexByte(byte)}`;
}

/** As many items as there is room for, and `…` for the others. */
function sequence<T>(
  open: string,
  items: readonly T[],
  close: string,
  width: number,
  text: (item: T, room: number) => string,
): string {
  let line = open;
  for (const [i, item] of items.entries()) {
    const start = i === 0 ? line : `${line}, `;
    const rest = i === items.length - 1 ? close : `, …${close}`;
    const room = width - displayWidth(start) - rest.length;
    const part = text(item, Math.max(LEAST_PART, room));
    if (displayWidth(part) > room) return `${start}…${close}`;
    line = start + part;
  }
  return line + close;
}
