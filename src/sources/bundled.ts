/** The snapshots that come with bpflens. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Sources, compiled library and bundled command line lie at different depths below the package. */
const MAX_DEPTH = 4;

/** The folder `snapshots` of this package; undefined where it was left out. */
function snapshotsFolder(): string | undefined {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    folder = path.dirname(folder);
    const candidate = path.join(folder, "snapshots");
    if (fs.existsSync(path.join(candidate, "README.md"))) return candidate;
  }
  return undefined;
}

/** Where a bundled snapshot lies; undefined where `name` is none. */
export function bundledSnapshot(name: string): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  const folder = snapshotsFolder();
  const place = folder && path.join(folder, name);
  return place && fs.existsSync(path.join(place, "snapshot.json")) ? place : undefined;
}

/** All of them, by name. */
export function bundledSnapshots(): string[] {
  const folder = snapshotsFolder();
  if (!folder) return [];
  return fs.readdirSync(folder).filter((name) => bundledSnapshot(name) !== undefined);
}
