import type { TextSink } from "../../bytes/sink.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import type { ListingOptions } from "./xlated.ts";
export function writeVisual(_out: TextSink, _code: ProgramCode, _options: ListingOptions): void {}
