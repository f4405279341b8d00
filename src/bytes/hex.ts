/** Hexadecimal text of bytes, in the shapes that bpftool prints. */

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Two lowercase digits of one byte. */
export function hexByte(byte: number): string {
  return PAIRS[byte & 0xff] as string;
}

/** `0x` and two lowercase digits, as in bpftool's JSON byte arrays. */
export function hexByte0x(byte: number): string {
  return `0x${hexByte(byte)}`;
}

/** Plain digits without separators: tags, file contents. */
export function hexText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += PAIRS[bytes[i] as number];
  return text;
}

/**
 * bpftool's fprint_hex: a newline before every 16th byte, two blanks before every 8th, else `separator`.
 */
export function hexDump(bytes: Uint8Array, separator = " "): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) text += i % 16 === 0 ? "\n" : i % 8 === 0 ? "  " : separator;
    text += PAIRS[bytes[i] as number];
  }
  return text;
}

/** The bytes of an even number of hex digits; undefined where the text is anything else. */
export function parseHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
