/** Instructions as people have them: bytes as they are, or as hexadecimal or base64 text; told by what the text is made of. */
import { byteText } from "../../bytes/text.ts";
import { malformedError } from "../../errors.ts";

/** Printable characters and blanks of ASCII. Instructions have other bytes: zeros, and 0x95 at the end. */
const TEXT = /^[\t\n\v\f\r -~]*$/;
/** What stands between bytes: in a dump, a C array, a string of escapes. */
const BETWEEN: ReadonlySet<number> = new Set(Buffer.from("\t\n\v\f\r ,;:\"'{}[]()"));
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const [ZERO, BACKSLASH, X] = [0x30, 0x5c, 0x78];
const LOWER_CASE = 0x20;

/** Throws a malformed error, with the offset, where the bytes are text, but neither hexadecimal nor base64. */
export function insnBytes(content: Uint8Array): Uint8Array {
  const text = byteText(content);
  if (text.trim() === "" || !TEXT.test(text)) return content;
  return fromHex(content) ?? fromBase64(text) ?? fail(text);
}

/** Groups of digits, with 0x or \x in front or not: whole bytes, or one digit alone. undefined where it is anything else. */
function fromHex(text: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  let digits = 0;
  let escaped = false;
  const endGroup = (): boolean => {
    const whole = digits % 2 === 0 || digits === 1;
    if (digits === 1) count++;
    digits = 0;
    return whole;
  };
  for (const [i, char] of text.entries()) {
    const value = digitValue(char);
    const isX = (char | LOWER_CASE) === X;
    if (escaped !== (isX && text[i - 1] === BACKSLASH)) return undefined;
    escaped = false;
    if (value !== undefined) {
      if (digits % 2 === 0) bytes[count] = value;
      else bytes[count] = ((bytes[count++] as number) << 4) | value;
      digits++;
    } else if (isX) {
      if (text[i - 1] === BACKSLASH) continue;
      if (digits !== 1 || text[i - 1] !== ZERO) return undefined;
      digits = 0;
    } else if (!endGroup()) return undefined;
    else if (char === BACKSLASH) escaped = true;
    else if (!BETWEEN.has(char)) return undefined;
  }
  return endGroup() && !escaped ? bytes.subarray(0, count) : undefined;
}

function digitValue(char: number): number | undefined {
  if (char >= ZERO && char <= 0x39) return char - ZERO;
  const letter = (char | LOWER_CASE) - 0x61;
  return letter >= 0 && letter < 6 ? 10 + letter : undefined;
}

/** In lines, as tools wrap it, but without other blanks: a mistake in hexadecimal text would look like it. */
function fromBase64(text: string): Uint8Array | undefined {
  const letters = text.trim().replace(/\r?\n/g, "");
  const whole = letters.replace(/=+$/, "").length % 4 !== 1;
  return whole && BASE64.test(letters) ? Uint8Array.from(Buffer.from(letters, "base64")) : undefined;
}

function fail(text: string): never {
  const at = Math.max(0, text.search(/[^0-9a-fA-FxX\\\s,;:"'{}[\]()]/));
  const what = `text at offset ${at} is neither hexadecimal nor base64: '${text.slice(at, at + 16)}'`;
  throw malformedError("instructions", what, at);
}
