/** Writes snapshots/book anew (`npm run book`). The same files come out on every machine and at any time. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Registry } from "../../src/model/registry.ts";
import { MANIFEST, type Manifest } from "../../src/sources/snapshot/format.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { type SnapshotSink, saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { bookSource } from "./source.ts";

/** From dist/scripts/book. */
const TARGET = fileURLToPath(new URL("../../../snapshots/book", import.meta.url));
const NOW = new Date("2019-06-18T21:41:00Z");
const DESCRIPTION =
  "The BPF objects whose listings a study note on the book 'BPF Performance Tools' prints, rebuilt by scripts/book";

const RECONSTRUCTED = [
  "nothing was captured: what the article prints is exact, the rest is reconstructed (snapshots/README.md)",
  "progs 26, 27, 28: the article shows where they are attached; the programs themselves are made up",
  "progs 232, 258: instructions reconstructed; their SHA-1 gives the tags that the article shows",
  "prog 234: the first seven instructions are the article's, the rest is reconstructed",
  "prog 263: prototype and first five instructions are the article's, the rest is reconstructed; tag not matched",
  "maps: the article shows ids only; no contents",
  "btf 5: reconstructed around prog 263",
  "JIT images: the article shows their sizes only",
  "kallsyms: the article shows how far bpf_probe_read lies from __bpf_call_base; all else is made up",
  "host: made up",
];

function main(): void {
  const registry = new Registry(bookSource());
  const { counts } = writeTarget(TARGET, { force: true, now: NOW }, (sink) =>
    saveSnapshot(registry, withNotes(sink), {
      ...{ now: NOW, description: DESCRIPTION },
      ...{ maxEntries: 0, maxBytes: 0, kernelBtf: false },
    }),
  );
  makeReadable(TARGET);
  const saved = Object.entries(counts).map(([table, count]) => `${count} ${table}`);
  process.stdout.write(`wrote snapshots/book: ${saved.join(", ")}\n`);
}

/** Says in the manifest who made the snapshot and what is reconstructed. */
function withNotes(sink: SnapshotSink): SnapshotSink {
  return {
    put(name, bytes) {
      if (name !== MANIFEST) return sink.put(name, bytes);
      const manifest = JSON.parse(Buffer.from(bytes).toString("utf8")) as Manifest;
      const noted = {
        ...manifest,
        by: "bpflens scripts/book",
        leftOut: [...manifest.leftOut, ...RECONSTRUCTED],
      };
      sink.put(name, Buffer.from(`${JSON.stringify(noted, undefined, 2)}\n`));
    },
  };
}

/** Snapshots are private to who saves them; this one is for all. */
function makeReadable(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(place);
    else fs.chmodSync(place, 0o644);
  }
}

main();
