/** Lines and keys of an iterator: those of its link, and the name of its program. */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { IterView } from "../../model/views.ts";
import { linkJson, linkPlain } from "../link/show.ts";

export function iterPlain(out: TextSink, view: IterView): void {
  linkPlain(out, view, view.progName === undefined ? "" : `\n\tprog_name ${view.progName}`);
}

export function iterJson(json: JsonWriter, view: IterView): void {
  linkJson(json, view, () => {
    if (view.progName !== undefined) json.stringField("prog_name", view.progName);
  });
}
