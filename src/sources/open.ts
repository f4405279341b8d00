/** Which source a name stands for. A file is told by its first bytes, never by its name. */
import { basename } from "node:path";
import { fromByteText } from "../bytes/text.ts";
import { errnoOf, InspectError, ioError, unsupportedError } from "../errors.ts";
import type { ObjectSource } from "../model/source.ts";
import { strerror } from "../uapi/errno.ts";
import { bundledSnapshot, bundledSnapshots } from "./bundled.ts";
import { isFolder, readFile, readStart } from "./read-file.ts";

/** Names of files with raw instructions have one of these in front, by the byte order. `-` is standard input. */
const INSNS = { "insns:": true, "insns-be:": false } as const satisfies Record<string, boolean>;

/** First bytes of the files that people may hand us. */
const MAGIC: readonly (readonly [bytes: readonly number[], what: "zip" | "elf" | "btf"])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "zip"],
  [[0x7f, 0x45, 0x4c, 0x46], "elf"],
  [[0x9f, 0xeb], "btf"],
  [[0xeb, 0x9f], "btf"],
];
const LONGEST_MAGIC = 4;

/** `live`, the name of a bundled snapshot, `insns:FILE`, or the path of a snapshot or an object file (byte text). */
export async function openSource(spec: string): Promise<ObjectSource> {
  if (spec === "live") return (await import("./live/source.ts")).liveSource();
  for (const [prefix, littleEndian] of Object.entries(INSNS))
    if (spec.startsWith(prefix)) return openInsns(spec, spec.slice(prefix.length), littleEndian);
  const place = bundledSnapshot(spec) ?? fromByteText(spec);
  const kind = reading(spec, () => kindOf(place));
  switch (kind) {
    case "elf": {
      const { objectSource } = await import("./object/source.ts");
      return objectSource(
        reading(spec, () => readFile(place)),
        spec,
      );
    }
    case "folder":
    case "zip": {
      const { snapshotSource } = await import("./snapshot/source.ts");
      const files =
        kind === "folder"
          ? (await import("./snapshot/folder.ts")).folderFiles(place, spec)
          : (await import("./snapshot/zip.ts")).zipFiles(place, spec);
      return snapshotSource(files, spec);
    }
    case "btf":
      throw cannotOpen(spec, "it is raw BTF, types without programs or maps: 'btf dump file' shows them");
    default:
      throw cannotOpen(
        spec,
        "it is neither a snapshot (a folder or a zip file) nor an ELF object; instructions are 'insns:FILE'",
      );
  }
}

async function openInsns(spec: string, path: string, littleEndian: boolean): Promise<ObjectSource> {
  const { insnsSource } = await import("./object/insns.ts");
  const content = reading(spec, () => readFile(path === "-" ? 0 : fromByteText(path)));
  if (content.length === 0) throw cannotOpen(spec, "it is empty");
  return insnsSource(content, spec, littleEndian);
}

function kindOf(place: string): "folder" | "zip" | "elf" | "btf" | "unknown" {
  if (isFolder(place)) return "folder";
  const start = readStart(place, LONGEST_MAGIC);
  return MAGIC.find(([bytes]) => bytes.every((byte, i) => start[i] === byte))?.[1] ?? "unknown";
}

function cannotOpen(spec: string, why: string) {
  return unsupportedError(`Cannot open source '${spec}': ${why}`);
}

/** Errors of the file system say which source was to be opened. */
function reading<T>(spec: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InspectError) throw cannotOpen(spec, error.message);
    const errno = errnoOf(error);
    const why = errno === undefined ? String(error) : strerror(errno);
    const near = basename(spec) === spec ? ` (bundled snapshots: ${bundledSnapshots().join(", ")})` : "";
    throw ioError(`Cannot open source '${spec}': ${why}${near}`, error);
  }
}
