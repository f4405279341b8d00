/** DATA on the command line: `key 0x0a 0 0 0`, `key hex 0a 00 00 00` (bpftool map.c:parse_elem, parse_bytes). */
import { usageError } from "../usage.ts";
import { isPrefix, parseId, type Words } from "../words.ts";

/** The key that the words give, all of them; undefined where there are none. */
export function keyData(words: Words, keySize: number): Uint8Array | undefined {
  if (words.left === 0) return undefined;
  const word = words.take();
  if (!isPrefix(word, "key")) throw misplaced(word);
  if (keySize === 0) throw usageError("unnecessary key");
  const key = byteData(words, keySize);
  const stray = words.peek();
  if (stray === undefined) return key;
  throw isPrefix(stray, "key") ? usageError("duplicate key") : misplaced(stray);
}

function misplaced(word: string) {
  if (isPrefix(word, "value")) return usageError("unnecessary value");
  const flag = ["any", "noexist", "exist"].some((keyword) => isPrefix(word, keyword));
  return usageError(flag ? `flags specified multiple times: ${word}` : `expected key or value, got: ${word}`);
}

function byteData(words: Words, size: number): Uint8Array {
  const next = words.peek();
  const hex = next !== undefined && isPrefix(next, "hex");
  if (hex) words.take();
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const word = words.peek();
    if (word === undefined) throw usageError(`key expected ${size} bytes got ${i}`);
    words.take();
    const value = hex ? parseHexByte(word) : parseId(word);
    // bpftool keeps the low byte of whatever is given
    if (value === undefined || value > 0xff) throw usageError(`error parsing byte: ${word}`);
    bytes[i] = value;
  }
  return bytes;
}

/** "" is 0, as for strtoul. */
function parseHexByte(word: string): number | undefined {
  if (word === "") return 0;
  return /^(0[xX])?[0-9a-fA-F]+$/.test(word) ? Number.parseInt(word, 16) : undefined;
}
