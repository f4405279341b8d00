/**
 * stdout and stderr of the process: the only place that writes to them. Synchronous, since an exit status is
 * worth nothing when output may still be lost after it.
 */
import { writeSync } from "node:fs";
import type { TextSink } from "../bytes/sink.ts";
import { errnoOf, ioError } from "../errors.ts";
import { strerror } from "../uapi/errno.ts";

export interface Output extends TextSink {
  /** Everything written so far has left. Throws BrokenPipe when nobody reads any more. */
  flush(): void;
}

export interface Io {
  readonly out: Output;
  readonly err: Output;
}

/** The reader of our output has gone: the process ends quietly, as one killed by SIGPIPE would. */
export class BrokenPipe extends Error {}

const BUFFER_SIZE = 1 << 16;
const RETRY_MS = 1;

export function processIo(): Io {
  const out = new FdOutput(1, BUFFER_SIZE);
  return { out, err: new FdOutput(2, 0) };
}

/** Byte text, collected up to `bufferSize` characters. */
class FdOutput implements Output {
  readonly #fd: number;
  readonly #bufferSize: number;
  #parts: string[] = [];
  #size = 0;

  constructor(fd: number, bufferSize: number) {
    this.#fd = fd;
    this.#bufferSize = bufferSize;
  }

  write(text: string): void {
    this.#parts.push(text);
    this.#size += text.length;
    if (this.#size > this.#bufferSize) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#parts.join(""), "latin1");
    this.#parts = [];
    this.#size = 0;
    for (let sent = 0; sent < bytes.length; ) sent += writeSome(this.#fd, bytes, sent);
  }
}

function writeSome(fd: number, bytes: Uint8Array, from: number): number {
  try {
    return writeSync(fd, bytes, from);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EPIPE") throw new BrokenPipe();
    if (code !== "EAGAIN") throw ioError(`Cannot write output: ${strerror(errnoOf(error) ?? 0)}`, error);
    // A pipe that another process has made non-blocking, and that is full.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    return 0;
  }
}
