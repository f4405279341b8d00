/** What BPF iterators print (kernel/bpf/bpf_iter.c): each descriptor of one walks all objects once. */
import { syscallError } from "../../errors.ts";
import { BPF, ITER_ATTR, makeAttr } from "../../sys/attr.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EAGAIN, EINTR } from "../../uapi/errno.ts";
import { withObject } from "./objects.ts";

const PIECE = 1 << 16;

/** The output of a new iterator of the link. Pieces are good until the next is asked for. */
export function* readIterator(sys: Syscalls, linkId: number): Generator<Uint8Array> {
  const fd = withObject(sys, "link", linkId, (linkFd) =>
    sys.bpf(BPF.ITER_CREATE, makeAttr(ITER_ATTR, { linkFd })),
  );
  if (fd < 0) throw syscallError(`can't create an iterator of link ${linkId}`, -fd);
  const buffer = new Uint8Array(PIECE);
  try {
    for (;;) {
      const size = sys.read(fd, buffer);
      if (size === 0) return;
      // A million objects about which the program printed nothing: the next read goes on behind them.
      if (size === -EAGAIN || size === -EINTR) continue;
      if (size < 0) throw syscallError(`can't read the iterator of link ${linkId}`, -size);
      yield buffer.subarray(0, size);
    }
  } finally {
    sys.close(fd);
  }
}
