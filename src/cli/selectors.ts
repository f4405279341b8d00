/** PROG, MAP, LINK and BTF on the command line: `id 7`, `tag 3b18...`, `name f`, `pinned /sys/fs/bpf/f`. */
import { parseHex } from "../bytes/hex.ts";
import type { Selector } from "../model/registry.ts";
import { usageError } from "./usage.ts";
import { matchKeyword, parseId, type Words } from "./words.ts";

/** bpftool's limits: BPF_OBJ_NAME_LEN, and MAX_PROG_FULL_NAME. */
const MAX_PROG_NAME = 127;
const MAX_MAP_NAME = 15;
const TAG_DIGITS = 16;

export type SelectorOf<By extends Selector["by"]> = Extract<Selector, { by: By }>;

export function progSelector(words: Words): Selector {
  switch (keyword(words, ["id", "tag", "name", "pinned"], "expected 'id', 'tag', 'name' or 'pinned'")) {
    case "id":
      return { by: "id", id: id(words) };
    case "tag": {
      const tag = parseHex(words.take().slice(0, TAG_DIGITS));
      if (tag?.length !== TAG_DIGITS / 2) throw usageError("can't parse tag");
      return { by: "tag", tag };
    }
    case "name":
      return { by: "name", name: name(words, MAX_PROG_NAME) };
    case "pinned":
      return { by: "pinned", path: words.take() };
  }
}

export function mapSelector(words: Words): SelectorOf<"id" | "name" | "pinned"> {
  switch (keyword(words, ["id", "name", "pinned"], "expected 'id', 'name' or 'pinned'")) {
    case "id":
      return { by: "id", id: id(words) };
    case "name":
      return { by: "name", name: name(words, MAX_MAP_NAME) };
    case "pinned":
      return { by: "pinned", path: words.take() };
  }
}

export function linkSelector(words: Words): SelectorOf<"id" | "pinned"> {
  switch (keyword(words, ["id", "pinned"], "expected 'id' or 'pinned'")) {
    case "id":
      return { by: "id", id: id(words) };
    case "pinned":
      return { by: "pinned", path: words.take() };
  }
}

export function btfSelector(words: Words): SelectorOf<"id"> {
  keyword(words, ["id"], "expected 'id'");
  return { by: "id", id: id(words) };
}

function keyword<const K extends string>(words: Words, keywords: readonly K[], expected: string): K {
  const word = words.take();
  const match = matchKeyword(word, keywords);
  if (match === undefined) throw usageError(`${expected}, got: '${word}'?`);
  return match;
}

function id(words: Words): number {
  const word = words.take();
  const value = parseId(word);
  if (value === undefined) throw usageError(`can't parse ${word} as ID`);
  return value;
}

function name(words: Words, longest: number): string {
  const word = words.take();
  if (word.length > longest) throw usageError("can't parse name");
  return word;
}
