/**
 * Output that comes in pieces: bytes for bytes on the sink; in JSON an array of its lines with their newlines, the form
 * that bpftool has for the trace pipe.
 */
import { takeLines } from "../bytes/lines.ts";
import type { ByteSink } from "../bytes/sink.ts";
import { byteText } from "../bytes/text.ts";
import type { JsonWriter } from "../json/writer.ts";

/** A line that is longer becomes several strings. */
const LONGEST_LINE = 1 << 20;

/** Each piece is on its way before the next is asked for. */
export function writePieces(pieces: Iterable<Uint8Array>, out: ByteSink): void {
  for (const piece of pieces) {
    out.writeBytes(piece);
    out.flush();
  }
}

export function writeLines(pieces: Iterable<Uint8Array>, json: JsonWriter): void {
  json.startArray();
  let rest = "";
  for (const piece of pieces) {
    const taken = takeLines(rest + byteText(piece));
    for (const line of taken.lines) json.string(line);
    rest = taken.rest;
    if (rest.length < LONGEST_LINE) continue;
    json.string(rest);
    rest = "";
  }
  if (rest !== "") json.string(rest);
  json.endArray();
}
