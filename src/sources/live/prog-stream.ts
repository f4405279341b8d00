/** What programs print with bpf_stream_vprintk, and what the kernel says of them (kernel/bpf/stream.c, Linux 6.17). */
import { syscallError } from "../../errors.ts";
import { BPF, makeAttr, STREAM_ATTR } from "../../sys/attr.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EINVAL } from "../../uapi/errno.ts";
import { openObject } from "./objects.ts";

const PIECE = 1 << 16;

/** Takes out what is in the stream until it is empty. Pieces are good until the next is asked for. */
export function* readProgStream(sys: Syscalls, id: number, stream: number): Generator<Uint8Array> {
  const progFd = openObject(sys, "prog", id);
  const buffer = new Uint8Array(PIECE);
  try {
    for (;;) {
      const attr = makeAttr(STREAM_ATTR, { bufferSize: PIECE, stream, progFd });
      const pointers = [{ holder: attr, offset: STREAM_ATTR.buffer.offset, target: buffer }];
      const size = sys.bpf(BPF.PROG_STREAM_READ_BY_FD, attr, pointers);
      if (size === 0) return;
      if (size < 0) {
        const hint = size === -EINVAL ? " -- kernel too old?" : "";
        throw syscallError(`can't read stream ${stream} of program ${id}`, -size, { hint });
      }
      yield buffer.subarray(0, size);
    }
  } finally {
    sys.close(progFd);
  }
}
