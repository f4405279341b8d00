/** Directory entries as the kernel writes them (struct linux_dirent64 of include/linux/dirent.h). */
import { cString } from "../bytes/text.ts";
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import type { DirectoryEntry } from "./syscalls.ts";

const RECLEN = 16;
const TYPE = 18;
const NAME = 19;

/** DT_* values. */
const TYPES: Readonly<Record<number, DirectoryEntry["type"]>> = { 4: "directory", 8: "file" };

const ZERO = 0x30;

/** The entries in the first `size` bytes, without `.` and `..`. */
export function decodeDirents(bytes: Uint8Array, size: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  forEachEntry(bytes, size, (at, end) => {
    const name = cString(bytes, at + NAME, end);
    if (name !== "." && name !== "..")
      entries.push({ name, type: TYPES[bytes[at + TYPE] as number] ?? "other" });
  });
  return entries;
}

/** Appends the names in the first `size` bytes that are numbers. There may be thousands, and the code is cold: one loop, no calls. */
export function appendNumbers(numbers: number[], bytes: Uint8Array, size: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + NAME < size; ) {
    const end = at + view.getUint16(at + RECLEN, HOST_LITTLE_ENDIAN);
    if (end <= at + NAME) break;
    let number = 0;
    let next = at + NAME;
    let digit = (bytes[next] as number) - ZERO;
    while (digit >= 0 && digit <= 9) {
      number = number * 10 + digit;
      digit = (bytes[++next] as number) - ZERO;
    }
    if (digit === -ZERO && next > at + NAME) numbers.push(number);
    at = end;
  }
}

function forEachEntry(bytes: Uint8Array, size: number, use: (at: number, end: number) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + NAME < size; ) {
    const end = at + view.getUint16(at + RECLEN, HOST_LITTLE_ENDIAN);
    if (end <= at + NAME) break;
    use(at, end);
    at = end;
  }
}
