/** What a sorted dump looks at before names: which kind of thing a type is in the end (bpftool btf.c:btf_type_rank). */
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_DEPTH } from "./limits";
import { hasName, isReference, kindOf, referenceOf } from "./types";

/** Constants first, then what others are made of, prototypes, what is left; NONE is what defines nothing. */
export const ANONYMOUS_ENUMS: u32 = 0;
export const ENUMS: u32 = 1;
export const SCALARS: u32 = 2;
export const COMPOSITES: u32 = 3;
export const PROTOTYPES: u32 = 4;
export const OTHERS: u32 = 5;
export const NONE: u32 = 6;

export function rankOf(id: u32): u32 {
  const kind = kindOf(id);
  if (kind === KIND.FUNC || kind === KIND.VAR || kind === KIND.DATASEC || kind === KIND.DECL_TAG) return NONE;
  return hasName(id) ? rankOfNamed(kindOf(finalTarget(id))) : rankOfNameless(kind);
}

/** By the kind of what the type refers to in the end. */
function rankOfNamed(kind: u32): u32 {
  switch (kind) {
    case KIND.ENUM:
    case KIND.ENUM64:
      return ENUMS;
    case KIND.INT:
    case KIND.FLOAT:
      return SCALARS;
    case KIND.STRUCT:
    case KIND.UNION:
      return COMPOSITES;
    case KIND.FUNC_PROTO:
      return PROTOTYPES;
    default:
      return OTHERS;
  }
}

/** By the kind of the type: a reference comes late, whatever it refers to. */
function rankOfNameless(kind: u32): u32 {
  switch (kind) {
    case KIND.ENUM:
    case KIND.ENUM64:
      return ANONYMOUS_ENUMS;
    case KIND.INT:
    case KIND.FLOAT:
      return SCALARS;
    default:
      return OTHERS;
  }
}

/** Where the references of a type end: at itself, where it is none. */
export function finalTarget(id: u32): u32 {
  let end = id;
  for (let depth: u32 = 0; depth <= MAX_DEPTH; depth++) {
    if (!isReference(end)) return end;
    end = referenceOf(end);
  }
  fail(Problem.TooDeep, id);
  return end;
}
