/**
 * One interface for each BTF kind, told apart by `kind`. Ids, sizes (bytes) and offsets are as the BTF has
 * them; names are byte text, "" where the BTF gives none. Type id 0 is void: kind UNKN.
 */

interface Named {
  readonly id: number;
  readonly name: string;
}

export interface BtfUnknown extends Named {
  readonly kind: "UNKN";
}

export interface BtfInt extends Named {
  readonly kind: "INT";
  readonly size: number;
  /** Bits of INT_ENCODING. */
  readonly encoding: number;
  readonly bitOffset: number;
  readonly bits: number;
}

/** Kinds that say something about one other type. */
export interface BtfReference extends Named {
  readonly kind: "PTR" | "TYPEDEF" | "VOLATILE" | "CONST" | "RESTRICT" | "TYPE_TAG";
  readonly type: number;
  /** Of a TYPE_TAG: its name is a whole attribute, not the argument of btf_type_tag. */
  readonly kindFlag: boolean;
}

export interface BtfArray extends Named {
  readonly kind: "ARRAY";
  readonly type: number;
  readonly indexType: number;
  readonly count: number;
}

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** Width of a bit field in bits; 0 where the member is none. */
  readonly bitSize: number;
}

export interface BtfComposite extends Named {
  readonly kind: "STRUCT" | "UNION";
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfEnum extends Named {
  readonly kind: "ENUM" | "ENUM64";
  readonly size: number;
  readonly signed: boolean;
  /** Values in the signedness of the type; bigint for ENUM64. */
  readonly values: readonly { readonly name: string; readonly value: number | bigint }[];
}

export interface BtfForward extends Named {
  readonly kind: "FWD";
  readonly union: boolean;
}

export interface BtfFunc extends Named {
  readonly kind: "FUNC";
  readonly type: number;
  /** 0 static, 1 global, 2 extern. */
  readonly linkage: number;
}

export interface BtfFuncProto extends Named {
  readonly kind: "FUNC_PROTO";
  readonly returnType: number;
  /** A last parameter of type 0 without a name stands for `...`. */
  readonly params: readonly { readonly name: string; readonly type: number }[];
}

export interface BtfVar extends Named {
  readonly kind: "VAR";
  readonly type: number;
  readonly linkage: number;
}

export interface BtfDataSection extends Named {
  readonly kind: "DATASEC";
  readonly size: number;
  readonly vars: readonly { readonly type: number; readonly offset: number; readonly size: number }[];
}

export interface BtfFloat extends Named {
  readonly kind: "FLOAT";
  readonly size: number;
}

export interface BtfDeclTag extends Named {
  readonly kind: "DECL_TAG";
  readonly type: number;
  /** Index of the member or parameter; -1 for the declaration as a whole. */
  readonly component: number;
  /** Its name is a whole attribute, not the argument of btf_decl_tag. */
  readonly kindFlag: boolean;
}

export type BtfType =
  | BtfUnknown
  | BtfInt
  | BtfReference
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfForward
  | BtfFunc
  | BtfFuncProto
  | BtfVar
  | BtfDataSection
  | BtfFloat
  | BtfDeclTag;
