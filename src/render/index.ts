/** `bpflens/render`: bpftool's text and JSON of what a registry holds. */
export { TextBuffer, type TextSink } from "../bytes/sink.ts";
export { JsonWriter } from "../json/writer.ts";
export { btfJson, btfPlain } from "./btf/show.ts";
export { linkJson, linkPlain } from "./link/show.ts";
export { mapJson, mapPlain } from "./map/show.ts";
export { perfJson, perfPlain } from "./perf/show.ts";
export { progJson, progPlain } from "./prog/show.ts";
export { writeVisual } from "./prog/visual.ts";
export { type ListingOptions, listingJson, listingPlain } from "./prog/xlated.ts";
