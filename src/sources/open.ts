/** Which source a name stands for. A file is told by its first bytes, never by its name. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fromByteText } from "../bytes/text.ts";
import { errnoOf, ioError, unsupportedError } from "../errors.ts";
import type { ObjectSource } from "../model/source.ts";
import { strerror } from "../uapi/errno.ts";
import { bundledSnapshot, bundledSnapshots } from "./bundled.ts";

/** First bytes of the files that people may hand us. */
const MAGIC: readonly (readonly [bytes: readonly number[], what: "zip" | "elf" | "btf"])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "zip"],
  [[0x7f, 0x45, 0x4c, 0x46], "elf"],
  [[0x9f, 0xeb], "btf"],
  [[0xeb, 0x9f], "btf"],
];

/** `live`, the name of a bundled snapshot, or the path (byte text) of a snapshot. */
export async function openSource(spec: string): Promise<ObjectSource> {
  if (spec === "live") return (await import("./live/source.ts")).liveSource();
  const place = bundledSnapshot(spec) ?? fromByteText(spec);
  const kind = kindOf(place, spec);
  const { snapshotSource } = await import("./snapshot/source.ts");
  if (kind === "folder")
    return snapshotSource((await import("./snapshot/folder.ts")).folderFiles(place, spec), spec);
  if (kind === "zip") return snapshotSource((await import("./snapshot/zip.ts")).zipFiles(place, spec), spec);
  const what = { elf: "is an ELF object", btf: "is raw BTF", unknown: "is neither a folder nor a zip file" }[
    kind
  ];
  throw unsupportedError(`Cannot open source '${spec}': a snapshot is wanted, and this ${what}`);
}

function kindOf(place: string, spec: string): "folder" | "zip" | "elf" | "btf" | "unknown" {
  try {
    if (statSync(place).isDirectory()) return "folder";
    const start = Buffer.alloc(4);
    const fd = openSync(place, "r");
    try {
      readSync(fd, start, 0, start.length, 0);
    } finally {
      closeSync(fd);
    }
    return MAGIC.find(([bytes]) => bytes.every((byte, i) => start[i] === byte))?.[1] ?? "unknown";
  } catch (error) {
    const errno = errnoOf(error);
    const why = errno === undefined ? String(error) : strerror(errno);
    const near = basename(spec) === spec ? ` (bundled snapshots: ${bundledSnapshots().join(", ")})` : "";
    throw ioError(`Cannot open source '${spec}': ${why}${near}`, error);
  }
}
