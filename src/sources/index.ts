/** `bpflens/sources`: where objects come from. */
export type { ObjectSource } from "../model/source.ts";
export { readBtfFile } from "./btf-file.ts";
export { bundledSnapshot, bundledSnapshots } from "./bundled.ts";
export { liveSource } from "./live/source.ts";
export { openSource } from "./open.ts";
export { writeTarget } from "./snapshot/sinks.ts";
export { saveSnapshot } from "./snapshot/write.ts";
