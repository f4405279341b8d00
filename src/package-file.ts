/** Files that come with the package, beside its code. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Sources, compiled library and bundled command line lie at different depths below the package. */
const MAX_DEPTH = 5;

/** Where a file or folder of this package lies; undefined where it was left out. */
export function packageFile(name: string): string | undefined {
  let folder = import.meta.dirname;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const place = join(folder, name);
    if (existsSync(place)) return place;
    folder = dirname(folder);
  }
  return undefined;
}
