/** `bpflens/render`: bpftool's text and JSON of what a registry holds. */
export { ByteBuffer, ByteSink, TextBuffer, type TextSink } from "../bytes/sink.ts";
export { JsonWriter } from "../json/writer.ts";
export { type RawOptions, rawJson, rawPlain } from "./btf/raw.ts";
export { btfJson, btfPlain } from "./btf/show.ts";
export { linkJson, linkPlain } from "./link/show.ts";
export { dumpJson, dumpPlain } from "./map/dump.ts";
export { jsonEntryWriter, typedEntryWriter } from "./map/entry.ts";
export { mapJson, mapPlain } from "./map/show.ts";
export { perfJson, perfPlain } from "./perf/show.ts";
export { progJson, progPlain } from "./prog/show.ts";
export { writeVisual } from "./prog/visual.ts";
export { type ListingOptions, listingJson, listingPlain } from "./prog/xlated.ts";
