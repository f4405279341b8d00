/** Bytes of a file or of stdin, as many as a classic program can have in any form. */
import { closeSync, openSync, readSync } from "node:fs";
import { fromByteText } from "../../bytes/text.ts";
import { errnoOf, InspectError, ioError } from "../../errors.ts";
import { strerror } from "../../uapi/errno.ts";

/** 64 characters for each instruction that a program can have. */
const MAX_SIZE = 1 << 22;
const CHUNK = 1 << 16;
const RETRY_MS = 5;
const STDIN = 0;

/** `path` is byte text; without it stdin is read to its end. Throws an io error. */
export function readInput(path?: string): Uint8Array {
  const name = path === undefined ? "stdin" : `'${path}'`;
  try {
    const fd = path === undefined ? STDIN : openSync(fromByteText(path), "r");
    try {
      return readAll(fd, name);
    } finally {
      if (path !== undefined) closeSync(fd);
    }
  } catch (error) {
    if (error instanceof InspectError) throw error;
    throw ioError(`Cannot read ${name}: ${strerror(errnoOf(error) ?? 0)}`, error);
  }
}

function readAll(fd: number, name: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = readSome(fd, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    size += count;
    if (size > MAX_SIZE) throw ioError(`Cannot read ${name}: larger than any classic program`);
  }
}

/** 0 at the end. */
function readSome(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EOF") return 0; // how Windows tells the end of a pipe
      if (code !== "EAGAIN") throw error;
      // A pipe that another process has made non-blocking, and that is empty.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
