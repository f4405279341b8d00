/** Byte text as it may go to a terminal, and how much room it takes there. */
import { isUtf8 } from "node:buffer";
import { hexByte } from "../bytes/hex.ts";

const PLAIN = /^[\x20-\x7e]*$/;
/** Control characters, those that change the direction of text or are not seen, and line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/**
 * Byte text as an ordinary string: UTF-8 is read; what a terminal would obey, and bytes that are no UTF-8, become
 * `\x1b`.
 */
export function terminalText(text: string): string {
  if (PLAIN.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  if (!isUtf8(bytes)) return text.replace(/[^\x20-\x7e]/g, (char) => escapeBytes([char.charCodeAt(0)]));
  return bytes.toString("utf8").replace(UNSAFE, (char) => escapeBytes(Buffer.from(char, "utf8")));
}

function escapeBytes(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `\\x${hexByte(byte)}`).join("");
}

/** Combining marks take no room. */
const NO_WIDTH = /^\p{M}$/u;
/** East Asian wide characters and emoji take two columns. */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])$/u;

/** Columns of a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  if (PLAIN.test(char)) return 1;
  return NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
}

/** `01 02 0a` */
const HEX_BYTES = /^[0-9a-f]{2}(?: [0-9a-f]{2})+$/;

/** At most `width` columns, with `…` as the last where something was left out. Bytes in hex stay whole. */
export function cutText(text: string, width: number): string {
  if (text.length <= width / 2 || displayWidth(text) <= width) return text;
  const room = HEX_BYTES.test(text) ? Math.floor((width - 1) / 3) * 3 : width - 1;
  let cut = "";
  let used = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > room) break;
    cut += char;
  }
  return `${cut}…`;
}
