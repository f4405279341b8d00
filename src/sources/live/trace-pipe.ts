/** Lines of the kernel's trace pipe: what bpf_printk writes (bpftool tracelog.c:do_tracelog). Nothing is mounted. */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { takeLines } from "../../bytes/lines.ts";
import { fromByteText } from "../../bytes/text.ts";
import { errnoOf, ioError } from "../../errors.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EAGAIN, ENOENT, strerror } from "../../uapi/errno.ts";
import { readMounts } from "./mounts.ts";

const KNOWN_PLACES = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
const PIECE = 1 << 16;
/** How long an empty pipe is left alone. */
const PAUSE_MS = 50;

/** Lines as byte text with their newlines, read as they come, until `stop` is aborted. The pipe hands out each line once. */
export async function* traceLines(sys: Syscalls, stop: AbortSignal): AsyncGenerator<string> {
  const fd = openPipe(sys);
  const piece = Buffer.allocUnsafe(PIECE);
  let rest = "";
  try {
    while (!stop.aborted) {
      const size = readSome(fd, piece);
      if (size === 0) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        continue;
      }
      const taken = takeLines(rest + piece.toString("latin1", 0, size));
      rest = taken.rest;
      yield* taken.lines;
    }
    if (rest !== "") yield rest;
  } finally {
    closeSync(fd);
  }
}

function openPipe(sys: Syscalls): number {
  const mounted = readMounts(sys).filter(({ type }) => type === "tracefs");
  const places = [...KNOWN_PLACES, ...mounted.map(({ path }) => fromByteText(path))];
  for (const place of new Set(places)) {
    try {
      return openSync(`${place}/trace_pipe`, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === ENOENT) continue;
      throw ioError(`could not open trace pipe: ${strerror(errno ?? 0)}`, error);
    }
  }
  throw ioError("could not find tracefs: mount -t tracefs tracefs /sys/kernel/tracing");
}

/** 0 where there is nothing now. */
function readSome(fd: number, piece: Buffer): number {
  try {
    return readSync(fd, piece);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === EAGAIN) return 0;
    throw ioError(`failed to read content from trace pipe: ${strerror(errno ?? 0)}`, error);
  }
}
