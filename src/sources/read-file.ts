/** Files that somebody names, of bounded size: whatever they are, a pipe or a device too. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { unsupportedError } from "../errors.ts";

/** No object file of the kernel's users is as large. */
const MAX_SIZE = 1 << 28;
const PIECE = 1 << 16;

export function isFolder(place: string): boolean {
  return statSync(place).isDirectory();
}

/** The first bytes, fewer where the file has no more. */
export function readStart(place: string, size: number): Uint8Array {
  return withFile(place, (fd) => {
    const start = Buffer.alloc(size);
    return start.subarray(0, readSync(fd, start, 0, size, 0));
  });
}

/** A path or an open descriptor. Throws an unsupported error where the file is too large to be what is wanted. */
export function readFile(place: string | number): Uint8Array {
  return typeof place === "number" ? readAll(place) : withFile(place, readAll);
}

function withFile<T>(place: string, read: (fd: number) => T): T {
  const fd = openSync(place, "r");
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}

/** In pieces, since only regular files tell their size. */
function readAll(fd: number): Uint8Array {
  const { size } = fstatSync(fd);
  checkSize(size);
  const pieces: Buffer[] = [];
  for (let total = 0; ; ) {
    const piece = Buffer.allocUnsafe(Math.max(PIECE, size - total + 1));
    const count = readSync(fd, piece, 0, piece.length, null);
    if (count === 0) return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    total += count;
    checkSize(total);
    pieces.push(piece.subarray(0, count));
  }
}

function checkSize(size: number): void {
  if (size > MAX_SIZE) throw unsupportedError(`it is larger than ${MAX_SIZE} bytes`);
}
