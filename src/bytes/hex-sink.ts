/** Hexadecimal text of bytes written straight into a sink: what dumps of a million entries are made of. */
import type { ByteSink } from "./sink.ts";

const [SPACE, NEWLINE, QUOTE, COMMA, ZERO, X] = [0x20, 0x0a, 0x22, 0x2c, 0x30, 0x78];
const DIGITS = Buffer.from("0123456789abcdef", "latin1");
const BYTES_A_LINE = 16;
/** `"0x00",` */
const JSON_BYTE = 7;

/** bpftool's fprint_hex (see hex.ts:hexDump) of the bytes from `from` to before `to`. */
export function writeHexDump(out: ByteSink, bytes: Uint8Array, from: number, to: number): void {
  for (let line = from; line < to; line += BYTES_A_LINE) {
    out.reserve(4 * BYTES_A_LINE);
    const buffer = out.bytes;
    let { at } = out;
    const end = Math.min(line + BYTES_A_LINE, to);
    for (let i = line; i < end; i++) {
      if (i > from) buffer[at++] = i === line ? NEWLINE : SPACE;
      if (i === line + BYTES_A_LINE / 2) buffer[at++] = SPACE;
      const byte = bytes[i] as number;
      buffer[at++] = DIGITS[byte >> 4] as number;
      buffer[at++] = DIGITS[byte & 15] as number;
    }
    out.at = at;
  }
}

/** `"0x01","0x02"` */
export function writeJsonBytes(out: ByteSink, bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    out.reserve(JSON_BYTE);
    const buffer = out.bytes;
    let { at } = out;
    const byte = bytes[i] as number;
    if (i > from) buffer[at++] = COMMA;
    buffer[at++] = QUOTE;
    buffer[at++] = ZERO;
    buffer[at++] = X;
    buffer[at++] = DIGITS[byte >> 4] as number;
    buffer[at++] = DIGITS[byte & 15] as number;
    buffer[at++] = QUOTE;
    out.at = at;
  }
}
