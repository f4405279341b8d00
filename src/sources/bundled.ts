/** The snapshots that come with bpflens. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageFile } from "../package-file.ts";

/** The folder `snapshots` of this package; undefined where it was left out. */
function snapshotsFolder(): string | undefined {
  const readme = packageFile("snapshots/README.md");
  return readme && dirname(readme);
}

/** Where a bundled snapshot lies; undefined where `name` is none. */
export function bundledSnapshot(name: string): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  const folder = snapshotsFolder();
  const place = folder && join(folder, name);
  return place && existsSync(join(place, "snapshot.json")) ? place : undefined;
}

/** All of them, by name. */
export function bundledSnapshots(): string[] {
  const folder = snapshotsFolder();
  if (!folder) return [];
  return readdirSync(folder).filter((name) => bundledSnapshot(name) !== undefined);
}
