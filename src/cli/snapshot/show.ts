/** `snapshot show [SOURCE]`: what a snapshot holds; without a source, the bundled ones. */
import Table from "cli-table3";
import { toByteText } from "../../bytes/text.ts";
import { usageError } from "../../errors.ts";
import { bundledSnapshots } from "../../sources/bundled.ts";
import { openSource } from "../../sources/open.ts";
import type { SnapshotSource } from "../../sources/snapshot/source.ts";
import { TABLES, type TableName } from "../../sources/snapshot/format.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

export async function snapshotShow(words: Words, { json, out, options }: Context): Promise<void> {
  const asked =
    words.left > 0 ? [words.take()] : options.from === "live" ? bundledSnapshots() : [options.from];
  words.end();
  const snapshots = await Promise.all(asked.map(open));
  if (json) {
    json.startArray();
    for (const { label, manifest, ...snapshot } of snapshots.map(describe)) {
      json.startObject().stringField("snapshot", label).stringField("taken", manifest.taken);
      json.stringField("release", manifest.host.release).stringField("machine", manifest.host.machine);
      for (const table of TABLE_NAMES) json.numberField(table, snapshot.counts[table]);
      json
        .stringField("description", manifest.description ?? "")
        .stringArrayField("left_out", manifest.leftOut)
        .endObject();
    }
    json.endArray();
    return;
  }
  const table = new Table({
    head: ["snapshot", "taken", "kernel", ...TABLE_NAMES],
    style: { head: [], border: [] },
  });
  for (const { label, manifest, counts } of snapshots.map(describe)) {
    const kernel = `${manifest.host.release} ${manifest.host.machine}`;
    table.push([label, manifest.taken.slice(0, 10), kernel, ...TABLE_NAMES.map((name) => counts[name])]);
  }
  out.write(`${toByteText(table.toString())}\n`);
  for (const { label, manifest } of snapshots.map(describe)) {
    if (manifest.description) out.write(`${label}: ${manifest.description}\n`);
  }
}

async function open(spec: string): Promise<SnapshotSource> {
  const source = await openSource(spec);
  if (source.kind !== "snapshot") throw usageError(`'${spec}' is not a snapshot`);
  return source as SnapshotSource;
}

function describe(snapshot: SnapshotSource) {
  const counts = Object.fromEntries(TABLE_NAMES.map((name) => [name, snapshot.count(name)])) as Record<
    TableName,
    number
  >;
  return { label: snapshot.label, manifest: snapshot.manifest, counts };
}
