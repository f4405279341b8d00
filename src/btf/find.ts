/** A type by what C calls it: `struct stats`, `u64` (libbpf btf.c:btf__find_by_name_kind). */
import type { Btf } from "./btf.ts";
import type { BtfKind } from "./kinds.ts";

const TAGGED: Readonly<Record<string, readonly BtfKind[]>> = {
  struct: ["STRUCT"],
  union: ["UNION"],
  enum: ["ENUM", "ENUM64"],
};

/** What a name without a tag may mean. */
const PLAIN: readonly BtfKind[] = ["TYPEDEF", "INT", "FLOAT", "DATASEC"];

/** The id of the first type that fits, own types before those of the base; undefined where there is none. */
export function findType(btf: Btf, text: string): number | undefined {
  const words = text.trim().split(/\s+/);
  const [tag = ""] = words;
  const tagged = words.length === 2 && Object.hasOwn(TAGGED, tag);
  const kinds = tagged ? (TAGGED[tag] ?? []) : PLAIN;
  const name = words.slice(tagged ? 1 : 0).join(" ");
  if (name === "") return undefined;
  for (let of: Btf | undefined = btf; of; of = of.base) {
    for (let id = of.firstId; id < of.typeCount; id++) {
      const type = of.type(id);
      if (type && type.name === name && kinds.includes(type.kind)) return id;
    }
  }
  return undefined;
}
