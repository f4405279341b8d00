/**
 * stdout and stderr of the process: the only place that writes to them. Synchronous, since an exit status is
 * worth nothing when output may still be lost after it.
 */
import { writeSync } from "node:fs";
import { ByteSink } from "../bytes/sink.ts";
import { errnoOf, ioError } from "../errors.ts";
import { strerror } from "../uapi/errno.ts";

export interface Io {
  readonly out: ByteSink;
  readonly err: ByteSink;
}

/** The reader of our output has gone: the process ends quietly, as one killed by SIGPIPE would. */
export class BrokenPipe extends Error {}

const RETRY_MS = 1;

/** Both throw BrokenPipe when nobody reads any more. What is said on stderr is said at once. */
export function processIo(): Io {
  return {
    out: new ByteSink((bytes) => writeAll(1, bytes)),
    err: new PromptSink((bytes) => writeAll(2, bytes)),
  };
}

class PromptSink extends ByteSink {
  override write(text: string): void {
    super.write(text);
    this.flush();
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) sent += writeSome(fd, bytes, sent);
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
