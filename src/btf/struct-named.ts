/**
 * A struct by its name, without inflating the types on the way: the kernel has 100,000 of them (libbpf btf.c:
 * btf__find_by_name_kind).
 */
import type { Btf } from "./btf.ts";
import { BTF_KIND } from "./kinds.ts";
import { kindOf } from "./sections.ts";

/** The id of the first struct that has the name (byte text), own types before those of the base; undefined where none has. */
export function structNamed(btf: Btf, name: string): number | undefined {
  const wanted = Buffer.from(`${name}\0`, "latin1");
  for (let of: Btf | undefined = btf; of; of = of.base) {
    const index = indexOfStruct(of, wanted);
    if (index !== undefined) return of.firstId + index;
  }
  return undefined;
}

function indexOfStruct({ sections, firstString }: Btf, wanted: Uint8Array): number | undefined {
  const { words, starts, strings } = sections;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    if (kindOf(words[at + 1] as number) !== BTF_KIND.STRUCT) continue;
    const nameAt = (words[at] as number) - firstString;
    if (wanted.every((byte, offset) => strings[nameAt + offset] === byte)) return i;
  }
  return undefined;
}
