/**
 * Types as the words of their BTF (include/uapi/linux/btf.h). A dump looks at each of a kernel's 130,000 types several times
 * but writes every tenth, so types are read in place here, by id, and no object is made of them.
 */
import { byteText } from "../../bytes/text.ts";
import type { Btf } from "../btf.ts";
import { BTF_KIND } from "../kinds.ts";
import { type BtfSections, kindFlagOf, TYPE_WORDS, vlenOf } from "../sections.ts";
import { MAX_NAME, nameTooLong } from "./limits.ts";

const { PTR, ARRAY, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG } = BTF_KIND;

/** Which word of a type is the id of the one it says something about, by kind; 0 where it has none. */
const REFERENCE_WORD = new Uint8Array(128);
for (const kind of [PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG]) REFERENCE_WORD[kind] = 2;
REFERENCE_WORD[ARRAY] = TYPE_WORDS;

/** Words of a member, enumerator, parameter or variable; the first is the name, or the type of a variable. */
export const MEMBER_WORDS = 3;
export const ENUMERATOR_WORDS = 2;
export const ENUMERATOR64_WORDS = 3;
export const PARAMETER_WORDS = 2;
export const VARIABLE_WORDS = 3;

/**
 * What is asked about an id must be in its range, 0 (void) to `count` - 1; what is asked about a word is its index. Of void there
 * is nothing but kind and name.
 */
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

  /** How many items a type has. */
  vlen(id: number): number {
    return vlenOf(this.words[(this.starts[id] as number) + 1] as number);
  }

  flag(id: number): boolean {
    return kindFlagOf(this.words[(this.starts[id] as number) + 1] as number);
  }

  /** In bytes, of a type that is no reference. */
  size(id: number): number {
    return this.words[(this.starts[id] as number) + 2] as number;
  }

  /** The type that a reference refers to, that a function returns. */
  target(id: number): number {
    return this.words[(this.starts[id] as number) + 2] as number;
  }

  /** What a type says something about, an array's element included; undefined where it stands for itself. */
  reference(id: number): number | undefined {
    const word = REFERENCE_WORD[this.kinds[id] as number] as number;
    return word === 0 ? undefined : this.words[(this.starts[id] as number) + word];
  }

  /** Index of the first word behind the three that all types have: an array's element, the first item. */
  tail(id: number): number {
    return (this.starts[id] as number) + TYPE_WORDS;
  }

  /** Type of the elements of an array. */
  element(id: number): number {
    return this.words[this.tail(id)] as number;
  }

  arrayLength(id: number): number {
    return this.words[this.tail(id) + 2] as number;
  }

  /** Type of a member or parameter. */
  itemType(item: number): number {
    return this.words[item + 1] as number;
  }

  /** Of the member of a type with such a flag, in bits. */
  bitOffset(member: number, flag: boolean): number {
    const word = this.words[member + 2] as number;
    return flag ? word & 0xff_ffff : word;
  }

  /** Bits of a bit field; 0 where the member is none. */
  bitSize(member: number, flag: boolean): number {
    return flag ? (this.words[member + 2] as number) >>> 24 : 0;
  }

  /** Of an enumerator of an ENUM. */
  value(enumerator: number, signed: boolean): number {
    const word = this.words[enumerator + 1] as number;
    return signed ? word | 0 : word;
  }

  /** Of an enumerator of an ENUM64. */
  value64(enumerator: number, signed: boolean): bigint {
    const [, low, high] = this.words.subarray(enumerator, enumerator + ENUMERATOR64_WORDS);
    const value = (BigInt(high as number) << 32n) | BigInt(low as number);
    return signed ? BigInt.asIntN(64, value) : value;
  }

  hasName(id: number): boolean {
    return this.bytes[this.nameOffset(id)] !== 0;
  }

  /** "" where the type has none. */
  name(id: number): string {
    return this.nameAt(this.starts[id] as number);
  }

  /** `name` is ASCII. */
  isNamed(id: number, name: string): boolean {
    const { bytes } = this;
    const start = this.nameOffset(id);
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
    return bytes[start + name.length] === 0;
  }

  /** The name whose offset is word `at`. */
  nameAt(at: number): string {
    const start = this.offsetAt(at);
    return start === 0 ? "" : byteText(this.bytes, start, this.nameEnd(start));
  }

  /** Where the name of a type starts in `bytes`. */
  nameOffset(id: number): number {
    return this.offsetAt(this.starts[id] as number);
  }

  /** Where the name starts whose offset is word `at`; that of "" where the strings do not reach that far. */
  offsetAt(at: number): number {
    const offset = this.words[at] as number;
    return offset < this.bytes.length ? offset : 0;
  }

  /** Offset of the NUL behind the name that starts at an offset of `bytes`. */
  nameEnd(start: number): number {
    const { bytes } = this;
    let end = start;
    while (bytes[end] !== 0) end++;
    if (end - start > MAX_NAME) throw nameTooLong(bytes, start);
    return end;
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
