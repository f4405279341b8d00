/** Directory entries as the kernel writes them (struct linux_dirent64 of include/linux/dirent.h). */
import { cString } from "../bytes/text.ts";
import { HOST_LITTLE_ENDIAN } from "./struct.ts";
import type { DirectoryEntry } from "./syscalls.ts";

const RECLEN = 16;
const TYPE = 18;
const NAME = 19;

/** DT_* values. */
const TYPES: Readonly<Record<number, DirectoryEntry["type"]>> = { 4: "directory", 8: "file" };

/** The entries in `bytes`, without `.` and `..`. */
export function decodeDirents(bytes: Uint8Array): DirectoryEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at + NAME < bytes.length; ) {
    const length = view.getUint16(at + RECLEN, HOST_LITTLE_ENDIAN);
    if (length <= NAME) break;
    const name = cString(bytes, at + NAME, at + length);
    if (name !== "." && name !== "..")
      entries.push({ name, type: TYPES[bytes[at + TYPE] as number] ?? "other" });
    at += length;
  }
  return entries;
}
