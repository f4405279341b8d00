/**
 * Byte text: a JavaScript string with one character (0x00..0xff) for each byte.
 *
 * Names, source lines and paths come from the kernel as bytes of no promised encoding, and must leave
 * as the same bytes. So they live as byte text inside, and the output layer writes each character as
 * one byte. Only what enters from JavaScript (argv) or leaves to it (the library's readers) is converted.
 */

/** The bytes up to the first NUL, or up to the end where there is none. */
export function cString(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  return byteText(bytes, start, stop);
}

/**
 * What the buffers of every Node.js have beside `toString` and `write`, which take two and a half times as long for short
 * texts: they look for the encoding first. Offsets outside of the buffer are errors.
 */
interface Latin1Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number): number;
}

/** Each byte as one character. */
export function byteText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const stop = Math.min(end, bytes.length);
  if (start >= stop) return "";
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (buffer as unknown as Latin1Buffer).latin1Slice(start, stop);
}

/** Writes as much of a text as there is room for behind `at`, which is in the buffer; returns how much that is. */
export function writeByteText(bytes: Buffer, text: string, at: number): number {
  return (bytes as unknown as Latin1Buffer).latin1Write(text, at);
}

/** From an ordinary JavaScript string to the byte text of its UTF-8 form. */
export function toByteText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** From byte text that holds UTF-8 to an ordinary JavaScript string; broken sequences become U+FFFD. */
export function fromByteText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "latin1").toString("utf8");
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
