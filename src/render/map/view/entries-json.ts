/** The entries of a map as objects: flat as the rows of a table, or by the types of keys and values. */
import { writeBtfValue } from "../../../btf/value-json.ts";
import type { JsonWriter } from "../../../json/writer.ts";
import type { MapContents } from "../../../model/contents.ts";
import { strerror } from "../../../uapi/errno.ts";
import type { Column } from "./columns.ts";
import { CPU, type EntriesView, entryColumns, forEachViewedRow } from "./entries.ts";
import { writeNode } from "./read.ts";
import type { RowParts } from "./rows.ts";

/** Elements of an open array: `{"pid":1,"count":2}`. What an entry does not have is left out. */
export function entriesFlatJson(json: JsonWriter, view: EntriesView, contents: MapContents): void {
  const { keys, values } = entryColumns(view);
  writeEntries(json, view, contents, (part, parts) => {
    for (const column of part === "key" ? keys : values) writeColumn(json, column, parts);
  });
}

function writeColumn(json: JsonWriter, { heading, part, node, offset }: Column, parts: RowParts): void {
  const { budget } = parts;
  if (node.kind !== "leaf") return writeNode(json.key(heading), node, parts[part], offset, budget);
  const value = parts[part].read(node, offset, budget);
  if (value.kind !== "none") writeBtfValue(json.key(heading), value, { plain: false });
}

/** Elements of an open array: `{"key":{"pid":1},"cpu":0,"value":{"count":2}}`. */
export function entriesTypedJson(json: JsonWriter, view: EntriesView, contents: MapContents): void {
  writeEntries(json, view, contents, (part, parts) => {
    const node = view.nodes[part];
    if (node) writeNode(json.key(part), node, parts[part], 0, parts.budget);
  });
}

function writeEntries(
  json: JsonWriter,
  view: EntriesView,
  contents: MapContents,
  write: (part: "key" | "value", parts: RowParts) => void,
): void {
  forEachViewedRow(view, contents, ({ cpu, errno }, parts) => {
    json.startObject();
    write("key", parts);
    if (cpu !== undefined) json.numberField(CPU, cpu);
    if (errno === undefined) write("value", parts);
    else json.stringField("error", strerror(errno));
    json.endObject();
  });
}
