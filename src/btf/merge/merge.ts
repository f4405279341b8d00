/** Several BTF objects as one (bpftool btf.c:merge_btf_files). */
import { Btf } from "../btf.ts";
import { appendParts } from "./append.ts";
import { btfBlob } from "./blob.ts";
import { dedup } from "./dedup.ts";

/**
 * The types of all parts, each one once, behind those of the base that they are split from. Throws a malformed error where a
 * part or the base refers to what is not there, a type leads to itself, or too many types are alike.
 */
export function mergeBtf(base: Btf, parts: readonly Btf[]): Btf {
  const { types, strings } = appendParts(base, parts);
  return new Btf(btfBlob(dedup(types, base.typeCount), strings), base);
}
