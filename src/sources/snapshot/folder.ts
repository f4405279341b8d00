/** A snapshot that is a folder. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, snapshotError } from "../../errors.ts";
import { strerror } from "../../uapi/errno.ts";
import { MAX_FILE_SIZE, type SnapshotFiles } from "./files.ts";

export function folderFiles(folder: string, label: string): SnapshotFiles {
  const root = realpathSync.native(folder);
  return {
    size(name) {
      return attempt(name, () => {
        const stat = statSync(join(root, name), { throwIfNoEntry: false });
        return stat?.isFile() ? stat.size : undefined;
      });
    },
    read(name) {
      const file = join(root, name);
      return attempt(name, () => {
        // A link in somebody else's snapshot must not lead to a file of ours.
        if (realpathSync.native(file) !== file) throw snapshotError(label, `${name} is a link`);
        if (statSync(file).size > MAX_FILE_SIZE)
          throw snapshotError(label, `${name} is larger than ${MAX_FILE_SIZE} bytes`);
        return readFileSync(file);
      });
    },
  };

  function attempt<T>(name: string, access: () => T): T {
    try {
      return access();
    } catch (error) {
      const errno = errnoOf(error);
      throw errno === undefined ? error : snapshotError(label, `${name}: ${strerror(errno)}`, error);
    }
  }
}
