/** Kinds of types (include/uapi/linux/btf.h: BTF_KIND_*). */

export const INT: u32 = 1;
export const PTR: u32 = 2;
export const ARRAY: u32 = 3;
export const STRUCT: u32 = 4;
export const UNION: u32 = 5;
export const ENUM: u32 = 6;
export const FWD: u32 = 7;
export const TYPEDEF: u32 = 8;
export const VOLATILE: u32 = 9;
export const CONST: u32 = 10;
export const RESTRICT: u32 = 11;
export const FUNC: u32 = 12;
export const FUNC_PROTO: u32 = 13;
export const VAR: u32 = 14;
export const DATASEC: u32 = 15;
export const FLOAT: u32 = 16;
export const DECL_TAG: u32 = 17;
export const TYPE_TAG: u32 = 18;
export const ENUM64: u32 = 19;
