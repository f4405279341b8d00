/**
 * What the raw form of BTF prints for each kind of type, as plain text, as compact and as indented JSON
 * (bpftool btf.c:dump_btf_type). All of them print the same values in the same order and differ only in between.
 */
import { BTF_KINDS, type BtfKind } from "../../btf/kinds.ts";
import { TYPE_WORDS } from "../../btf/sections.ts";
import type { JsonWriter } from "../../json/writer.ts";
import {
  type Bits,
  type Chain,
  chain,
  extend,
  NAME,
  NOTHING,
  NUMBER,
  SIGNED,
  SIGNED_WIDE,
  type Step,
  TARGET,
  type Value,
  WIDE,
} from "./raw-steps.ts";

interface Field extends Bits {
  readonly key: string;
  readonly value?: Value;
  /** Nothing is printed for 0. */
  readonly optional?: boolean;
}

/** What follows id, kind and name, in this order. Words are counted from the start of the type, or of an item. */
interface Shape {
  readonly constant?: readonly [key: string, word: string];
  readonly fields?: readonly Field[];
  readonly choice?: Choice;
  readonly list?: List;
}

/** A value that is printed as a word. */
interface Choice extends Bits {
  readonly key: string;
  /** By value; the last one for all larger values. */
  readonly words: readonly string[];
  /** Plain text has a comma before it. */
  readonly comma?: boolean;
}

interface List {
  readonly key: string;
  readonly fields: readonly Field[];
  /** Words of an item. */
  readonly stride: number;
}

/** Values of the highest byte of a type's info, which holds the kind and this flag. */
const FORMS = 256;
export const KIND_FLAG = 128;

const SIZE: Field = { key: "size", word: 2 };
const VLEN: Field = { key: "vlen", word: 1, count: 24 };
const TYPE: Field = { key: "type_id", word: 2 };
const REFERENCE: Shape = { fields: [TYPE] };
const LINKAGE = { key: "linkage", words: ["static", "global", "extern", "(unknown)"] };

/** Of an item. */
const ITEM_NAME: Field = { key: "name", word: 0, value: NAME };
const ITEM_TYPE: Field = { key: "type_id", word: 1 };

const COMPOSITE: readonly [Shape, Shape] = [
  composite({ key: "bits_offset", word: 2 }),
  composite(
    { key: "bits_offset", word: 2, count: 24 },
    { key: "bitfield_size", word: 2, from: 24, count: 8, optional: true },
  ),
];

function composite(...position: readonly Field[]): Shape {
  const fields = [ITEM_NAME, ITEM_TYPE, ...position];
  return { fields: [SIZE, VLEN], list: { key: "members", fields, stride: 3 } };
}

function enumeration(encoding: string, stride: number, value: Value): Shape {
  return {
    constant: ["encoding", encoding],
    fields: [SIZE, VLEN],
    list: { key: "values", fields: [ITEM_NAME, { key: "val", word: 1, value }], stride },
  };
}

/** Two where the kind flag matters: without it, with it. */
const SHAPES: Readonly<Record<BtfKind, Shape | readonly [Shape, Shape]>> = {
  UNKN: {},
  INT: {
    fields: [
      SIZE,
      { key: "bits_offset", word: 3, from: 16, count: 8 },
      { key: "nr_bits", word: 3, count: 8 },
    ],
    choice: {
      key: "encoding",
      word: 3,
      from: 24,
      count: 4,
      words: ["(none)", "SIGNED", "CHAR", "UNKN", "BOOL", "UNKN"],
    },
  },
  PTR: REFERENCE,
  ARRAY: {
    fields: [
      { key: "type_id", word: 3 },
      { key: "index_type_id", word: 4 },
      { key: "nr_elems", word: 5 },
    ],
  },
  STRUCT: COMPOSITE,
  UNION: COMPOSITE,
  ENUM: [enumeration("UNSIGNED", 2, NUMBER), enumeration("SIGNED", 2, SIGNED)],
  FWD: [{ constant: ["fwd_kind", "struct"] }, { constant: ["fwd_kind", "union"] }],
  TYPEDEF: REFERENCE,
  VOLATILE: REFERENCE,
  CONST: REFERENCE,
  RESTRICT: REFERENCE,
  FUNC: { fields: [TYPE], choice: { ...LINKAGE, word: 1, count: 24 } },
  FUNC_PROTO: {
    fields: [{ key: "ret_type_id", word: 2 }, VLEN],
    list: { key: "params", fields: [ITEM_NAME, ITEM_TYPE], stride: 2 },
  },
  VAR: { fields: [TYPE], choice: { ...LINKAGE, word: 3, comma: true } },
  DATASEC: {
    fields: [SIZE, VLEN],
    list: {
      key: "vars",
      fields: [
        { key: "type_id", word: 0 },
        { key: "offset", word: 1 },
        { key: "size", word: 2, value: TARGET },
      ],
      stride: 3,
    },
  },
  FLOAT: { fields: [SIZE] },
  DECL_TAG: { fields: [TYPE, { key: "component_idx", word: 3, value: SIGNED }] },
  TYPE_TAG: REFERENCE,
  ENUM64: [enumeration("UNSIGNED", 3, WIDE), enumeration("SIGNED", 3, SIGNED_WIDE)],
};

/** The word that is printed for a kind. */
export function kindWord(kind: BtfKind): string {
  return kind === "UNKN" ? "UNKNOWN" : kind;
}

/** What surrounds values. Levels of indentation: 1 for the keys of a type, 3 for those of an item. */
interface Style {
  readonly json: boolean;
  /** Up to the id of the first type, and of the others. */
  readonly starts: readonly [string, string];
  /** From the id to the name. */
  head(kind: string): string;
  readonly quote: string;
  readonly separator: string;
  key(key: string, level: number): string;
  word(word: string): string;
  /** Up to an item's name. */
  readonly name: string;
  readonly item: readonly [open: string, close: string];
  readonly itemSeparator: string;
  list(key: string): readonly [open: string, close: string, closeEmpty: string];
  readonly end: string;
}

const PLAIN: Style = {
  json: false,
  starts: ["[", "["],
  head: (kind) => `] ${kind} '`,
  quote: "'",
  separator: " ",
  key: (key) => `${key}=`,
  word: (word) => word,
  name: "'",
  item: ["\n\t", ""],
  itemSeparator: "",
  list: () => ["", "", ""],
  end: "\n",
};

/** Inside the open list of types. */
function jsonStyle(json: JsonWriter): Style {
  const line = (level: number) => json.lineBreak(level);
  const key = (name: string, level: number) => `${line(level)}"${name}":${json.pretty ? " " : ""}`;
  return {
    json: true,
    starts: [`{${key("id", 1)}`, `,{${key("id", 1)}`],
    head: (kind) => `,${key("kind", 1)}"${kind}",${key("name", 1)}"`,
    quote: '"',
    separator: ",",
    key,
    word: (word) => `"${word}"`,
    name: `${key("name", 3)}"`,
    item: ["{", `${line(2)}}`],
    itemSeparator: ",",
    list: (name) => [`,${key(name, 1)}[`, `${line(1)}]`, "]"],
    end: `${line(0)}}`,
  };
}

export interface Layout {
  readonly json: boolean;
  /** Up to the id of the first type, and of the others, which is the word that they print. */
  readonly starts: readonly [Step, Step];
  /** What follows the id, by the highest byte of a type's info: kind flag and kind. */
  readonly forms: readonly Step[];
}

export function plainLayout(): Layout {
  return makeLayout(PLAIN);
}

/** For the list of types that is open in `json`. */
export function jsonLayout(json: JsonWriter): Layout {
  return makeLayout(jsonStyle(json));
}

function makeLayout(style: Style): Layout {
  const [first, next] = style.starts;
  const forms: Step[] = Array(FORMS).fill(makeForm("UNKN", {}, style));
  for (const [number, kind] of BTF_KINDS.entries()) {
    const shapes = SHAPES[kind];
    const [without, flagged] = "length" in shapes ? shapes : [shapes, undefined];
    const form = makeForm(kind, without, style);
    forms[number] = form;
    forms[number + KIND_FLAG] = flagged ? makeForm(kind, flagged, style) : form;
  }
  return { json: style.json, starts: [chain(first, NUMBER).first, chain(next, NUMBER).first], forms };
}

function makeForm(kind: BtfKind, { constant, fields = [], choice, list }: Shape, style: Style): Step {
  const { json, head, quote, separator, key, word, end } = style;
  const form = chain(head(kindWord(kind)), NAME);
  let before = quote;
  if (constant) before += separator + key(constant[0], 1) + word(constant[1]);
  for (const field of fields) {
    extend(form, chain(before + separator + key(field.key, 1), field.value ?? NUMBER, field));
    before = "";
  }
  if (choice) {
    const comma = choice.comma && !json ? "," : "";
    extend(form, chain(before + comma + separator + key(choice.key, 1), NOTHING, choice));
    form.last.nexts = choice.words.map((text) => chain(word(text) + end, NOTHING).first);
  } else if (list) {
    addList(form, list, style);
  } else {
    extend(form, chain(before + end, NOTHING));
  }
  return form.first;
}

function addList(form: Chain, list: List, style: Style): void {
  const { item, itemSeparator, end } = style;
  const [itemOpen, itemClose] = item;
  const [open, close, closeEmpty] = style.list(list.key);
  const done = chain(itemClose + close + end, NOTHING).first;
  const first = makeItem(open + itemOpen, list, style);
  const next = makeItem(itemClose + itemSeparator + itemOpen, list, style);
  const empty = chain(open + closeEmpty + end, NOTHING).first;
  first.last.nexts = [next.first, done];
  next.last.nexts = [next.first, done];
  form.last.nexts = [first.first, empty];
  form.last.stride = TYPE_WORDS;
}

function makeItem(start: string, { fields, stride }: List, style: Style): Chain {
  const { name, quote, separator, key } = style;
  let before = start;
  const [first, ...others] = fields.map((field) => {
    const named = field.value === NAME;
    const text = before + (named ? name : key(field.key, 3));
    before = (named ? quote : "") + separator;
    return chain(text, field.value ?? NUMBER, field, field.optional);
  });
  const item = first as Chain;
  for (const other of others) extend(item, other);
  item.last.stride = stride;
  return item;
}
