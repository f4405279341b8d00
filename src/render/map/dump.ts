/** All entries of a map (bpftool map.c:map_dump). */
import type { ByteSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { EntryBatch, MapContents } from "../../model/contents.ts";
import type { MapInfo } from "../../model/records.ts";
import { isEmptySlot, type JsonEntryWriter, plainEntryWriter, plainError } from "./entry.ts";

/**
 * Visits at most `limit` entries, empty slots of maps of maps and programs left out, and tells how many of them could
 * be read.
 */
export function forEachEntry(
  map: MapInfo,
  { batches }: MapContents,
  limit: number,
  visit: (batch: EntryBatch, at: number, errno?: number) => void,
): number {
  let read = 0;
  let left = limit;
  if (left <= 0) return 0;
  for (const batch of batches) {
    const { count, errors } = batch;
    const flawless = errors === undefined || errors.size === 0;
    for (let at = 0; at < count; at++) {
      const errno = flawless ? undefined : errors.get(at);
      if (errno !== undefined && isEmptySlot(map, errno)) continue;
      visit(batch, at, errno);
      if (errno === undefined) read++;
      if (--left === 0) return read;
    }
  }
  return read;
}

export function dumpPlain(
  out: ByteSink,
  map: MapInfo,
  contents: MapContents,
  limit: number,
  littleEndian: boolean,
): void {
  const write = plainEntryWriter(out, map, littleEndian);
  const count = forEachEntry(map, contents, limit, (batch, at, errno) => {
    if (errno === undefined) write(batch, at);
    else plainError(out, map, batch, at, errno);
  });
  out.write(`Found ${count} element${count === 1 ? "" : "s"}\n`);
}

/** The array of entries, left open: what went wrong may have to be said in it. */
export function dumpJson(
  json: JsonWriter,
  map: MapInfo,
  contents: MapContents,
  limit: number,
  write: JsonEntryWriter,
): void {
  json.startArray();
  forEachEntry(map, contents, limit, write);
}
