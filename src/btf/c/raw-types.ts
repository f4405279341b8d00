/**
 * Types as the words of their BTF (include/uapi/linux/btf.h), those of its base before them. A dump looks at each of a kernel's
 * 130,000 types several times but writes every tenth, so types are read in place, by id, and no object is made of them.
 */
import { byteText } from "../../bytes/text.ts";
import type { Btf } from "../btf.ts";
import { type BtfSections, TYPE_WORDS } from "../sections.ts";
import { MAX_NAME } from "./bounds.ts";
import { NAME_TOO_LONG, problem } from "./problems.ts";

/** Words of a member, parameter or variable; the first is the name, or the type of a variable. */
export const MEMBER_WORDS = 3;
export const PARAMETER_WORDS = 2;
export const VARIABLE_WORDS = 3;

/** What is asked about an id must be in its range, 0 (void) to `count` - 1. Of void there is nothing but kind and name. */
export class RawTypes {
  /** One more than the largest type id. */
  readonly count: number;
  /** The type sections of the base and the BTF itself. */
  readonly words: Uint32Array;
  /** BTF_KIND by id. */
  readonly kinds: Uint8Array;
  /** The string sections of the base and the BTF itself, and a NUL; at offset 0 is "". */
  readonly bytes: Uint8Array;
  /** Index of each type's first word, by id; for void that behind the last word. */
  readonly starts: Uint32Array;

  constructor(btf: Btf) {
    const parts = [btf];
    for (let base = btf.base; base; base = base.base) parts.unshift(base);
    const sections = parts.map((part) => part.sections);
    this.count = btf.typeCount;
    this.words = joinedWords(sections);
    this.bytes = joinedStrings(sections);
    this.kinds = new Uint8Array(this.count);
    this.starts = new Uint32Array(this.count);
    this.starts[0] = this.words.length;
    let id = 1;
    let offset = 0;
    for (const { words, starts, kinds } of sections) {
      this.kinds.set(kinds, id);
      this.starts.set(starts.subarray(0, kinds.length), id);
      if (offset > 0)
        for (let own = id; own < id + kinds.length; own++) (this.starts[own] as number) += offset;
      id += kinds.length;
      offset += words.length;
    }
  }

  kind(id: number): number {
    return this.kinds[id] as number;
  }

  /** In bytes, of a type that is no reference. */
  size(id: number): number {
    return this.words[(this.starts[id] as number) + 2] as number;
  }

  /** The type that a reference refers to, that a function returns. */
  target(id: number): number {
    return this.words[(this.starts[id] as number) + 2] as number;
  }

  /** Index of the first word behind the three that all types have: an array's element, the first item. */
  tail(id: number): number {
    return (this.starts[id] as number) + TYPE_WORDS;
  }

  /** "" where the type has none. */
  name(id: number): string {
    const { bytes } = this;
    const start = this.#nameOffset(id);
    const end = bytes.indexOf(0, start);
    if (end - start > MAX_NAME) throw problem(NAME_TOO_LONG, start, this);
    return byteText(bytes, start, end);
  }

  /** `name` is ASCII. */
  isNamed(id: number, name: string): boolean {
    const { bytes } = this;
    const start = this.#nameOffset(id);
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
    return bytes[start + name.length] === 0;
  }

  /** Where the name of a type starts in `bytes`; that of "" where the strings do not reach that far. */
  #nameOffset(id: number): number {
    const offset = this.words[this.starts[id] as number] as number;
    return offset < this.bytes.length ? offset : 0;
  }
}

/** Without a copy where there is but one section. */
function joinedWords(sections: readonly BtfSections[]): Uint32Array {
  const [first, ...others] = sections;
  if (first && others.length === 0) return first.words;
  const joined = new Uint32Array(sections.reduce((length, { words }) => length + words.length, 0));
  let end = 0;
  for (const { words } of sections) {
    joined.set(words, end);
    end += words.length;
  }
  return joined;
}

/** Without a copy where there is but one section, which begins and ends as it should. */
function joinedStrings(sections: readonly BtfSections[]): Uint8Array {
  const [first, ...others] = sections.map(({ strings }) => strings);
  if (first && others.length === 0 && first[0] === 0 && first.at(-1) === 0)
    return new Uint8Array(first.buffer, first.byteOffset, first.length);
  const joined = new Uint8Array(sections.reduce((length, { strings }) => length + strings.length, 1));
  let end = 0;
  for (const { strings } of sections) {
    joined.set(strings, end);
    end += strings.length;
  }
  joined[0] = 0;
  return joined;
}
