/** What a renderer writes, as text. */
import { TextBuffer, type TextSink } from "../../src/bytes/sink.ts";
import { JsonWriter } from "../../src/json/writer.ts";

export function plainText(write: (out: TextSink) => void): string {
  const out = new TextBuffer();
  write(out);
  return out.toString();
}

export function jsonText(write: (json: JsonWriter) => void, { pretty = false } = {}): string {
  return plainText((out) => write(new JsonWriter(out, { pretty })));
}
