/** `bpflens/cfg`: functions of a program, and the control flow of each. */
export {
  type Block,
  controlFlow,
  type Edge,
  ENTRY,
  EXIT,
  type FunctionGraph,
  type Loop,
} from "./blocks.ts";
export { type CallSite, callSites } from "./calls.ts";
export { type FunctionRange, findFunctions } from "./functions.ts";
export type { Outside } from "./outside.ts";
export type { EdgeKind, FlowHints } from "./ways-out.ts";
