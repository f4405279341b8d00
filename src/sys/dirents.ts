/** Directory entries as the kernel writes them (struct linux_dirent64 of include/linux/dirent.h). */
import { cString } from "../bytes/text.ts";
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import type { DirectoryEntry } from "./syscalls.ts";

const RECLEN = 16;
const TYPE = 18;
const NAME = 19;

/** DT_* values. */
const TYPES: Readonly<Record<number, DirectoryEntry["type"]>> = { 4: "directory", 8: "file" };

/** Bytes of the longest entry: the name has 255 and a NUL, and all is rounded up to 8. */
export const MAX_DIRENT = 280;

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

/** The names in the first `size` bytes that are numbers. */
export function decodeNumbers(bytes: Uint8Array, size: number): number[] {
  const numbers: number[] = [];
  forEachEntry(bytes, size, (at) => {
    const number = numberAt(bytes, at + NAME);
    if (number !== undefined) numbers.push(number);
  });
  return numbers;
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

const ZERO = 0x30;

/** Decimal digits up to a NUL; undefined where anything else is there. */
function numberAt(bytes: Uint8Array, start: number): number | undefined {
  let number = 0;
  for (let at = start; bytes[at] !== 0; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
