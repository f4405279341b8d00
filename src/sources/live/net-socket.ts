/** Dumps over a route netlink socket. */
import { InspectError, syscallError } from "../../errors.ts";
import { type Decoder, encodeRouteDump, type RouteDump } from "../../sys/netlink-route.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EAGAIN } from "../../uapi/errno.ts";
import { DumpAnswer } from "./net-answer.ts";

/** The kernel makes no larger pieces than 32 KiB. */
const BUFFER_SIZE = 1 << 16;
/** More than any machine has to tell. */
const MAX_PIECES = 1 << 16;
const MAX_ITEMS = 1 << 20;
/** How often a dump is begun that something changes under. */
const MAX_ATTEMPTS = 3;

export interface Dump<T> {
  readonly items: readonly T[];
  /** Why there may be more. */
  readonly problem?: InspectError;
}

/** Belongs to the network namespace that the thread is in at its dumps: one socket, one namespace. */
export class RouteSocket {
  readonly #sys: Syscalls;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  #fd: number | undefined;
  #seq = 0;

  constructor(sys: Syscalls) {
    this.#sys = sys;
  }

  /** `what` is asked for, in words. Items that decode to undefined are left out. */
  dump<T>(what: string, request: RouteDump, decode: Decoder<T | undefined>): Dump<T> {
    const action = `can't read all ${what}`;
    for (let attempts = 1; ; attempts++) {
      const answer = new DumpAnswer<T>({ action, request, seq: ++this.#seq, decode });
      this.#run(action, encodeRouteDump(request, this.#seq), answer);
      const { items, problem, interrupted } = answer;
      if (problem) return { items, problem };
      if (!interrupted) return { items };
      if (attempts === MAX_ATTEMPTS) return { items, problem: unquiet(action) };
    }
  }

  close(): void {
    if (this.#fd !== undefined) this.#sys.close(this.#fd);
    this.#fd = undefined;
  }

  #run<T>(action: string, request: Uint8Array, answer: DumpAnswer<T>): void {
    try {
      const fd = this.#open(action);
      const sent = this.#sys.send(fd, request);
      if (sent < 0) throw syscallError(action, -sent);
      for (let pieces = 0; pieces < MAX_PIECES && answer.items.length < MAX_ITEMS; pieces++) {
        const size = this.#receive(fd, action);
        if (size > BUFFER_SIZE) answer.note(cutShort(action));
        if (answer.take(this.#buffer.subarray(0, Math.min(size, BUFFER_SIZE)))) return;
      }
      throw new InspectError("syscall", `${action}: the kernel does not come to an end`);
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      answer.note(error);
      this.close(); // the kernel may still be at this dump: the next one needs another socket
    }
  }

  #open(action: string): number {
    const fd = this.#fd ?? this.#sys.openRouteSocket();
    if (fd < 0) throw syscallError(action, -fd);
    this.#fd = fd;
    return fd;
  }

  /** Bytes of the next piece of the answer, which may be more than the buffer has. */
  #receive(fd: number, action: string): number {
    const size = this.#sys.receive(fd, this.#buffer);
    if (size > 0) return size;
    throw size === 0 || size === -EAGAIN ? cutShort(action) : syscallError(action, -size);
  }
}

function cutShort(action: string): InspectError {
  return new InspectError("malformed", `${action}: the answer of the kernel is cut short`);
}

function unquiet(action: string): InspectError {
  return new InspectError("syscall", `${action}: something changed at each of ${MAX_ATTEMPTS} attempts`);
}
