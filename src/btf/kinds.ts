/** BTF kinds by number, in the words bpftool prints (include/uapi/linux/btf.h). */
import { byName } from "../uapi/name-table.ts";

export const BTF_KINDS = [
  "UNKN",
  "INT",
  "PTR",
  "ARRAY",
  "STRUCT",
  "UNION",
  "ENUM",
  "FWD",
  "TYPEDEF",
  "VOLATILE",
  "CONST",
  "RESTRICT",
  "FUNC",
  "FUNC_PROTO",
  "VAR",
  "DATASEC",
  "FLOAT",
  "DECL_TAG",
  "TYPE_TAG",
  "ENUM64",
] as const;

export type BtfKind = (typeof BTF_KINDS)[number];

export const BTF_KIND = byName(BTF_KINDS);

/** Bits of an INT's encoding. */
export const INT_ENCODING = { SIGNED: 1, CHAR: 2, BOOL: 4 } as const;
