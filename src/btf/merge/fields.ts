/**
 * Which words of a type are type ids and which are offsets of strings, by kind (include/uapi/linux/btf.h; libbpf
 * btf_iter.c:btf_field_iter_init).
 */
import { BTF_KIND } from "../kinds.ts";
import { TYPE_WORDS, vlenOf } from "../sections.ts";

/** Words of one sort. */
export interface Fields {
  /** Those that each type of the kind has, counted from its first word. */
  readonly fixed: readonly number[];
  /** Words of an item; 0 where items have no such word. */
  readonly itemWords: number;
  /** The one word of an item, counted from the item's first. */
  readonly itemWord: number;
}

const NO_FIELDS: Fields = { fixed: [], itemWords: 0, itemWord: 0 };

/** Word 2 is the size or the type. */
const TYPE: Fields = { ...NO_FIELDS, fixed: [2] };

const IDS: Readonly<Record<number, Fields>> = {
  [BTF_KIND.UNKN]: NO_FIELDS,
  [BTF_KIND.INT]: NO_FIELDS,
  [BTF_KIND.PTR]: TYPE,
  [BTF_KIND.ARRAY]: { ...NO_FIELDS, fixed: [3, 4] },
  [BTF_KIND.STRUCT]: { fixed: [], itemWords: 3, itemWord: 1 },
  [BTF_KIND.UNION]: { fixed: [], itemWords: 3, itemWord: 1 },
  [BTF_KIND.ENUM]: NO_FIELDS,
  [BTF_KIND.FWD]: TYPE,
  [BTF_KIND.TYPEDEF]: TYPE,
  [BTF_KIND.VOLATILE]: TYPE,
  [BTF_KIND.CONST]: TYPE,
  [BTF_KIND.RESTRICT]: TYPE,
  [BTF_KIND.FUNC]: TYPE,
  [BTF_KIND.FUNC_PROTO]: { fixed: [2], itemWords: 2, itemWord: 1 },
  [BTF_KIND.VAR]: TYPE,
  [BTF_KIND.DATASEC]: { fixed: [], itemWords: 3, itemWord: 0 },
  [BTF_KIND.FLOAT]: NO_FIELDS,
  [BTF_KIND.DECL_TAG]: TYPE,
  [BTF_KIND.TYPE_TAG]: TYPE,
  [BTF_KIND.ENUM64]: NO_FIELDS,
};

/** The name of a type is its first word, the name of an item the item's first. */
const NAME: Fields = { ...NO_FIELDS, fixed: [0] };

const ITEM_NAMES: Readonly<Record<number, Fields>> = {
  [BTF_KIND.STRUCT]: { ...NAME, itemWords: 3 },
  [BTF_KIND.UNION]: { ...NAME, itemWords: 3 },
  [BTF_KIND.ENUM]: { ...NAME, itemWords: 2 },
  [BTF_KIND.FUNC_PROTO]: { ...NAME, itemWords: 2 },
  [BTF_KIND.ENUM64]: { ...NAME, itemWords: 3 },
};

const KINDS = 128;

/** Type ids by kind; undefined for a kind that is not known. */
export const ID_FIELDS: readonly (Fields | undefined)[] = Array.from(
  { length: KINDS },
  (_, kind) => IDS[kind],
);

/** Offsets of strings by kind; undefined for a kind that is not known. */
export const NAME_FIELDS: readonly (Fields | undefined)[] = ID_FIELDS.map(
  (known, kind) => known && (ITEM_NAMES[kind] ?? NAME),
);

/** `info` is the second word of the type. */
export function fieldCount({ fixed, itemWords }: Fields, info: number): number {
  return fixed.length + (itemWords === 0 ? 0 : vlenOf(info));
}

/** Index of the `n`-th such word of the type that starts at word `start`: the fixed ones, then one of each item. */
export function fieldAt({ fixed, itemWords, itemWord }: Fields, start: number, n: number): number {
  const word = fixed[n];
  if (word !== undefined) return start + word;
  return start + TYPE_WORDS + (n - fixed.length) * itemWords + itemWord;
}

/** Whether word `n` of a type is one of them. */
export function isField({ fixed, itemWords, itemWord }: Fields, n: number): boolean {
  if (n < TYPE_WORDS || itemWords === 0) return fixed.includes(n);
  return (n - TYPE_WORDS) % itemWords === itemWord;
}
