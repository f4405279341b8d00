/** The strings of split BTF, each one once (libbpf btf.c:btf__add_str, btf_dedup_strings). */
import { byteText } from "../../bytes/text.ts";
import { malformedError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { withBases } from "./types.ts";

/** Names may begin inside of others, so that few bytes could be many strings; compilers do not do that. */
const MAX_GROWTH = 16;

/** The offset of each string; of those that occur twice, the first. */
function offsets(base: Btf): Map<string, number> {
  const found = new Map<string, number>();
  for (const { firstString, sections } of withBases(base)) {
    let offset = firstString;
    for (const text of byteText(sections.strings).split("\0")) {
      if (!found.has(text)) found.set(text, offset);
      offset += text.length + 1;
    }
  }
  return found;
}

export class StringSet {
  readonly #offsets: Map<string, number>;
  readonly #own: string[] = [];
  #end: number;
  /** Bytes that may still be asked for. */
  #left: number;

  /** For what is split from `base` and holds strings of `parts`. */
  constructor(base: Btf, parts: readonly Btf[]) {
    this.#offsets = offsets(base);
    this.#end = base.stringsEnd;
    const given = parts.reduce((size, { sections }) => size + sections.strings.length + 1, 0);
    this.#left = MAX_GROWTH * given;
  }

  /** The offset of a string: in the base, if it has such a string. Each part asks once for each of its offsets. */
  add(text: string): number {
    this.#left -= text.length + 1;
    if (this.#left < 0) throw malformedError("BTF", "too many names begin inside of others");
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#end;
    this.#offsets.set(text, offset);
    this.#own.push(text);
    this.#end += text.length + 1;
    return offset;
  }

  /** Those that the base has not, as a string section. */
  toBytes(): Uint8Array {
    return Buffer.from(this.#own.map((text) => `${text}\0`).join(""), "latin1");
  }
}
