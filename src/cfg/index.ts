/** `bpflens/cfg`: functions of a program, and the control flow of each. */
export { type Block, controlFlow, type Edge, ENTRY, EXIT, type FunctionGraph } from "./blocks.ts";
export { type FunctionRange, findFunctions } from "./functions.ts";
