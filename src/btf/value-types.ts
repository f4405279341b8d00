/** What a type comes down to: without what only refers to it, and its size. */
import type { Btf } from "./btf.ts";
import type { BtfType } from "./types.ts";

export const POINTER_SIZE = 8;

/** Types refer no further, even in a ring; libbpf stops at 32. */
const MAX_STEPS = 64;
/** Sizes are 32-bit numbers. */
const MAX_SIZE = 0xffff_ffff;

/** Without modifiers, type tags and typedefs; undefined where nothing is left. */
export function resolveType(btf: Btf, typeId: number, { typedefs = true } = {}): BtfType | undefined {
  let type = btf.type(typeId);
  for (let step = 0; step < MAX_STEPS; step++) {
    switch (type?.kind) {
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
        break;
      case "TYPEDEF":
        if (typedefs) break;
        return type;
      default:
        return type;
    }
    type = btf.type(type.type);
  }
  return undefined;
}

/** Bytes of a type, at most 2 ** 32 - 1; 0 where it has no size (libbpf btf.c:btf__resolve_size). */
export function sizeOf(btf: Btf, typeId: number): number {
  let count = 1;
  let id = typeId;
  for (let step = 0; step < MAX_STEPS; step++) {
    const type = resolveType(btf, id);
    switch (type?.kind) {
      case "ARRAY":
        count = limited(count * type.count);
        id = type.type;
        break;
      case "VAR":
        id = type.type;
        break;
      case "PTR":
        return limited(count * POINTER_SIZE);
      case "INT":
      case "STRUCT":
      case "UNION":
      case "ENUM":
      case "ENUM64":
      case "FLOAT":
      case "DATASEC":
        return limited(count * type.size);
      default:
        return 0;
    }
  }
  return 0;
}

function limited(size: number): number {
  return Math.min(size, MAX_SIZE);
}
