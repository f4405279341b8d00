/** Where the fixtures are: sources, compiled scripts and copies of them elsewhere lie at different depths. */
import fs from "node:fs";
import path from "node:path";

/** The root of the work tree: BPFLENS_FUZZ_ROOT, else the nearest folder above this file or the current one. */
export function repositoryRoot(): string {
  const given = process.env.BPFLENS_FUZZ_ROOT;
  const starts = given === undefined ? [import.meta.dirname, process.cwd()] : [given];
  const found = starts
    .flatMap(ancestors)
    .find((folder) => fs.existsSync(path.join(folder, "snapshots", "README.md")));
  if (found === undefined) throw new Error(`no repository above ${starts.join(" or ")}`);
  return found;
}

function ancestors(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

/** Files below a folder whose name fits, sorted; none where the folder is not there. */
export function filesBelow(folder: string, fits: RegExp): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fits.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
