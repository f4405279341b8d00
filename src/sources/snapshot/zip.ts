/** A snapshot that is one zip file of the same tree. */
import { readFileSync, statSync } from "node:fs";
import { unzipSync } from "fflate";
import { snapshotError } from "../../errors.ts";
import { MAX_FILE_SIZE, type SnapshotFiles } from "./files.ts";

/** End of central directory: signature, then the number of entries at 10 and the directory's offset at 16. */
const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

export function zipFiles(place: string, label: string): SnapshotFiles {
  if (statSync(place).size > MAX_FILE_SIZE)
    throw snapshotError(label, `the zip file is larger than ${MAX_FILE_SIZE} bytes`);
  const archive = readFileSync(place);
  checkDirectory(archive, label);
  const sizes = new Map<string, number>();
  unzip(archive, label, ({ name, originalSize, compression }) => {
    if (sizes.has(name)) throw snapshotError(label, `${name} is in the zip file twice`);
    if (compression === STORED || compression === DEFLATED) sizes.set(name, originalSize);
    return false;
  });
  return {
    size: (name) => sizes.get(name),
    read(name) {
      const size = sizes.get(name);
      if (size === undefined) throw snapshotError(label, `${name} is not in the zip file`);
      if (size > MAX_FILE_SIZE) throw snapshotError(label, `${name} is larger than ${MAX_FILE_SIZE} bytes`);
      const bytes = unzip(archive, label, (file) => file.name === name)[name];
      if (bytes?.length !== size) throw snapshotError(label, `${name} does not unpack to ${size} bytes`);
      return bytes;
    },
  };
}

type Filter = NonNullable<NonNullable<Parameters<typeof unzipSync>[1]>["filter"]>;

function unzip(archive: Uint8Array, label: string, filter: Filter): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter });
  } catch (error) {
    if (error instanceof Error && error.name === "InspectError") throw error;
    throw snapshotError(label, `broken zip file: ${error instanceof Error ? error.message : error}`, error);
  }
}

/**
 * The library trusts the entry count; a count without entries would keep it busy for minutes. Archives of 65,535
 * entries and more (zip64) are not snapshots of ours.
 */
function checkDirectory(archive: Buffer, label: string): void {
  const lowest = Math.max(0, archive.length - END_SIZE - MAX_COMMENT);
  for (let at = archive.length - END_SIZE; at >= lowest; at--) {
    if (archive.readUInt32LE(at) !== END_SIGNATURE) continue;
    const entries = archive.readUInt16LE(at + 10);
    const directory = archive.readUInt32LE(at + 16);
    if (entries === 0xffff || directory >= archive.length)
      throw snapshotError(label, "broken zip file: no directory");
    return;
  }
  throw snapshotError(label, "broken zip file: it has no end (truncated?)");
}
