/** The types of several BTF objects in one row of words, where they can be compared and changed in place. */
import { malformedError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { kindOf, TYPE_WORDS } from "../sections.ts";
import { type Fields, fieldAt, fieldCount, ID_FIELDS, NAME_FIELDS } from "./fields.ts";

export interface Types {
  readonly words: Uint32Array;
  /** Index of each type's first word by id, void (0) with three words of zero among them; then the number of words. */
  readonly starts: Uint32Array;
  /** One more than the largest id. */
  readonly count: number;
}

/** What a BTF is split from, the lowest first, and itself. */
export function withBases(btf: Btf): Btf[] {
  const all = [btf];
  for (let base = btf.base; base; base = base.base) all.unshift(base);
  return all;
}

/** A copy of the own types of each, one behind the other; the ids in them stay as they are. */
export function joinTypes(parts: readonly Btf[]): Types {
  const sections = parts.map((part) => part.sections);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const words = new Uint32Array(TYPE_WORDS + sum(sections.map((section) => section.words.length)));
  const starts = new Uint32Array(2 + sum(sections.map((section) => section.starts.length - 1)));
  let offset = TYPE_WORDS;
  let id = 1;
  for (const section of sections) {
    words.set(section.words, offset);
    for (let i = 0; i < section.starts.length - 1; i++) starts[id++] = offset + (section.starts[i] as number);
    offset += section.words.length;
  }
  starts[id] = offset;
  return { words, starts, count: id };
}

export function startOf({ starts }: Types, id: number): number {
  return starts[id] as number;
}

/** Words of a type. */
export function lengthOf({ starts }: Types, id: number): number {
  return (starts[id + 1] as number) - (starts[id] as number);
}

export function infoOf({ words, starts }: Types, id: number): number {
  return words[(starts[id] as number) + 1] as number;
}

export function kindOfId(types: Types, id: number): number {
  return kindOf(infoOf(types, id));
}

/** Where the name of a type is in the strings. */
export function nameOf({ words, starts }: Types, id: number): number {
  return words[starts[id] as number] as number;
}

/** The size of a type, or the id of the type that it refers to. */
export function sizeOrTypeOf({ words, starts }: Types, id: number): number {
  return words[(starts[id] as number) + 2] as number;
}

export function idFieldsOf(types: Types, id: number): Fields {
  return known(ID_FIELDS, types, id);
}

/** Replaces each type id that a type holds. */
export function replaceIds(types: Types, id: number, replace: (held: number) => number): void {
  replaceFields(types, id, known(ID_FIELDS, types, id), replace);
}

/** Replaces each offset of a string that a type holds. */
export function replaceNames(types: Types, id: number, replace: (held: number) => number): void {
  replaceFields(types, id, known(NAME_FIELDS, types, id), replace);
}

function known(table: readonly (Fields | undefined)[], types: Types, id: number): Fields {
  const kind = kindOfId(types, id);
  const fields = table[kind];
  if (fields === undefined) throw malformedError("BTF", `type [${id}] has the unknown kind ${kind}`);
  return fields;
}

function replaceFields(types: Types, id: number, fields: Fields, replace: (held: number) => number): void {
  const { words } = types;
  const start = startOf(types, id);
  const count = fieldCount(fields, infoOf(types, id));
  for (let n = 0; n < count; n++) {
    const at = fieldAt(fields, start, n);
    words[at] = replace(words[at] as number);
  }
}

/** `id` and `count` are as the BTF that holds the type has them. */
export function checkId(held: number, id: number, count: number): void {
  if (held >= count)
    throw malformedError("BTF", `type [${id}] refers to type [${held}], which does not exist`);
}

/** That each type id which a type holds exists. */
export function checkIds(types: Types, id: number, count: number): void {
  replaceIds(types, id, (held) => {
    checkId(held, id, count);
    return held;
  });
}

export function noString(offset: number, id: number): Error {
  return malformedError("BTF", `type [${id}] has a name at offset ${offset}, past the end of the strings`);
}

export function refersToItself(id: number): Error {
  return malformedError("BTF", `type [${id}] refers to itself`);
}
