/** Hexadecimal text of bytes written straight into a sink: what dumps of a million entries are made of. */
import type { ByteSink } from "./sink.ts";

const [SPACE, NEWLINE] = [0x20, 0x0a];
const DIGITS = Buffer.from("0123456789abcdef", "latin1");
const BYTES_A_LINE = 16;
/** `"0x00",` */
const JSON_BYTE = 7;
/** Bytes that are written without asking for room again. */
const JSON_RUN = 256;
/** `"0x` before the first digit, `",` after the second. */
const JSON_START = 0x22307800;
const JSON_END = 0x00222c00;

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

/** `"0x01","0x02"`: each byte is two words of four characters, the last of which the next byte overwrites. */
export function writeJsonBytes(out: ByteSink, bytes: Uint8Array, from: number, to: number): void {
  const run = Math.min(JSON_RUN, Math.floor((out.bytes.length - 1) / JSON_BYTE));
  for (let i = from; i < to; ) {
    const end = Math.min(to, i + run);
    out.reserve(JSON_BYTE * (end - i) + 1);
    const { view } = out;
    let { at } = out;
    for (; i < end; i++) {
      const byte = bytes[i] as number;
      view.setUint32(at, JSON_START | (DIGITS[byte >> 4] as number));
      view.setUint32(at + 4, JSON_END | ((DIGITS[byte & 15] as number) << 24));
      at += JSON_BYTE;
    }
    out.at = end === to ? at - 1 : at;
  }
}
