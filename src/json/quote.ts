/** JSON strings made of byte text. */

/** Text that is written often: for sinks that take text, and for those that take bytes. */
export interface Piece {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A key that is written often, quoted and with its colon. */
export interface QuotedKey {
  readonly compact: Piece;
  readonly pretty: Piece;
}

export function piece(text: string): Piece {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { text, bytes };
}

export function quotedKey(name: string): QuotedKey {
  const quoted = jsonQuote(name);
  return { compact: piece(`${quoted}:`), pretty: piece(`${quoted}: `) };
}

const SHORT: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\f": "\\f",
  "\b": "\\b",
  "\\": "\\\\",
  '"': '\\"',
};

const PLAIN = /^[\x20-\x21\x23-\x5b\x5d-\x7f]*$/;

/**
 * `text` (byte text) in quotes, escaped as bpftool does (json_writer.c:jsonw_puts); what bpftool lets through
 * although JSON forbids it becomes \u00XX: other control characters, and bytes that are not part of UTF-8.
 */
export function jsonQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const escaped = text.replace(/[\x00-\x1f"\\]/g, (char) => SHORT[char] ?? unicodeEscape(char));
  return `"${/[\x80-\xff]/.test(escaped) ? escapeStrayBytes(escaped) : escaped}"`;
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Well-formed UTF-8 sequences (RFC 3629, section 4) stay; the bytes of all others are escaped one by one. */
function escapeStrayBytes(text: string): string {
  const sequence =
    /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
  return text.replace(sequence, (match) => (match.length > 1 ? match : unicodeEscape(match)));
}
