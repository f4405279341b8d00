/**
 * The kernel's symbol of a compiled program, told without the kernel's symbol table (kernel/bpf/core.c:bpf_get_prog_name): to
 * read the table takes longer than all the rest of a listing.
 */
import type { Btf } from "../btf/btf.ts";
import { decodeFuncInfo } from "../btf/ext-info.ts";
import { hexText } from "../bytes/hex.ts";
import type { ProgCode, ProgRecord } from "../model/records.ts";

/** Older kernels cut symbols to so many characters. */
const SHORTEST_LIMIT = 127;

/**
 * By address; empty where a look-up is needed: of several functions each has a tag of its own, and what was loaded without
 * privileges has no symbol.
 */
export function namesByRule(
  { tag, name, uid }: ProgRecord,
  code: ProgCode,
  btf: Btf | undefined,
  littleEndian: boolean,
): ReadonlyMap<bigint, string> {
  const [address, ...others] = code.jitedKsyms;
  if (address === undefined || address === 0n || others.length > 0 || uid !== 0) return new Map();
  const own = (btf && functionName(code, btf, littleEndian)) ?? name;
  const symbol = own === "" ? `bpf_prog_${hexText(tag)}` : `bpf_prog_${hexText(tag)}_${own}`;
  return new Map(symbol.length > SHORTEST_LIMIT ? [] : [[address, symbol]]);
}

function functionName(code: ProgCode, btf: Btf, littleEndian: boolean): string | undefined {
  const [first] = decodeFuncInfo(code.funcInfo, code.funcInfoRecSize || undefined, littleEndian);
  const type = first && btf.type(first.typeId);
  return type?.kind === "FUNC" ? type.name : undefined;
}
