/** `bpflens/btf`: BTF types, and values read by them. */
export { Btf } from "./btf.ts";
export { decodeFuncInfo, decodeLineInfo, type FuncInfo, type LineInfo } from "./ext-info.ts";
export { BTF_KIND, BTF_KINDS, type BtfKind } from "./kinds.ts";
export { signature } from "./signature.ts";
export type * from "./types.ts";
export { type BtfValue, decodeValue, sizeOf } from "./value.ts";
export { writeBtfValue, writeValue } from "./value-json.ts";
