/** How wide pointers are where a BTF comes from (libbpf btf.c:determine_ptr_size). */
import { BTF_KIND } from "../kinds.ts";
import type { RawTypes } from "./raw-types.ts";

const DEFAULT = 8;

/** Bytes of a pointer: as many as `long` has. */
export function pointerSize(types: RawTypes): number {
  for (let id = 1; id < types.count; id++) {
    if (types.kind(id) !== BTF_KIND.INT) continue;
    const size = types.size(id);
    if ((size === 4 || size === 8) && isLong(types.name(id))) return size;
  }
  return DEFAULT;
}

/** `long`, with `unsigned` and `int` in any order. */
function isLong(name: string): boolean {
  const words = name.split(" ");
  const rest = words.filter((word) => word !== "long");
  return words.length - rest.length === 1 && new Set(rest).size === rest.length && rest.every(isOptional);
}

function isOptional(word: string): boolean {
  return word === "int" || word === "unsigned";
}
