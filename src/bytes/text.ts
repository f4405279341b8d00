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

/** Each byte as one character. */
export function byteText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString("latin1", start, end);
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
