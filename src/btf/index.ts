/** `bpflens/btf`: BTF types, and values read by them. */
export { Btf } from "./btf.ts";
export { type CDumpOptions, writeC } from "./c/dump.ts";
export { decodeFuncInfo, decodeLineInfo, type FuncInfo, type LineInfo } from "./ext-info.ts";
export { findType } from "./find.ts";
export { BTF_KIND, BTF_KINDS, type BtfKind } from "./kinds.ts";
export { mergeBtf } from "./merge/merge.ts";
export { signature } from "./signature.ts";
export type * from "./types.ts";
export { type BtfValue, decodePlanned, decodeValue, sizeOf } from "./value.ts";
export { type ValueOptions, writeBtfValue, writeValue } from "./value-json.ts";
export { planValue, type ValuePlan } from "./value-plan.ts";
