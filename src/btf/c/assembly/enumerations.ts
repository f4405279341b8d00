/** Definitions of enumerations (libbpf btf_dump.c:btf_dump_emit_enum_def). */
import { putLine, putNumber, putSigned, putToken } from "./draft";
import * as KIND from "./kinds";
import { pointerSize } from "./layout";
import { spend } from "./limits";
import { putTag, putUse } from "./name-writer";
import { useOfEnumerator } from "./names";
import {
  BYTE_MODE,
  CLOSE_BRACE,
  END_OF_SIGNED_WIDE,
  END_OF_VALUE,
  END_OF_WIDE,
  OPEN_BRACE,
  VALUE,
  WORD_MODE,
} from "./tokens";
import {
  ENUMERATOR64_WORDS,
  ENUMERATOR_WORDS,
  flagOf,
  kindOf,
  offsetAt,
  sizeIn,
  tailOf,
  vlenOf,
  word,
} from "./types";

/** `level` is how many braces are open around it. */
export function putEnumeration(id: u32, level: u32): void {
  const isWide = kindOf(id) === KIND.ENUM64;
  const signed = flagOf(id);
  const end = isWide ? (signed ? END_OF_SIGNED_WIDE : END_OF_WIDE) : END_OF_VALUE;
  const itemWords = isWide ? ENUMERATOR64_WORDS : ENUMERATOR_WORDS;
  const first = tailOf(id);
  const last = first + vlenOf(id) * itemWords;
  putTag(id);
  if (first === last) return;
  spend(id, vlenOf(id));
  putToken(OPEN_BRACE);
  for (let at = first; at < last; at += itemWords) {
    const name = offsetAt(at);
    putLine(level + 1);
    putUse(name, useOfEnumerator(name, id));
    putToken(VALUE);
    const value: u64 = isWide ? ((<u64>word(at + 2)) << 32) | word(at + 1) : word(at + 1);
    if (!signed) putNumber(value);
    else putSigned(isWide ? <i64>value : <i64>(<i32>value));
    putToken(end);
  }
  putLine(level);
  putToken(CLOSE_BRACE);
  putMode(id);
}

/** The attribute for a size that a compiler would not choose; where pointers have 32 bits, no word has 64. */
function putMode(id: u32): void {
  const size = sizeIn(id);
  if (size === 1) return putToken(BYTE_MODE);
  if (size !== 8 || pointerSize !== 8) return;
  if (kindOf(id) === KIND.ENUM64) {
    const last = tailOf(id) + vlenOf(id) * ENUMERATOR64_WORDS;
    for (let at = tailOf(id); at < last; at += ENUMERATOR64_WORDS) if (word(at + 2) !== 0) return;
  }
  putToken(WORD_MODE);
}
