/**
 * The answer to one dump, piece by piece. What is broken, cut short or ends in an error gives what came of it, and why
 * that is not all (bpftool net.c:netlink_recv gives up instead).
 */
import { InspectError, syscallError } from "../../errors.ts";
import { answerReader, errnoIn, messages, NLM_F_DUMP_INTR, NLMSG } from "../../sys/netlink.ts";
import { answerType, type Decoder, type RouteDump } from "../../sys/netlink-route.ts";

/** What was asked for under a number. */
export interface AskedDump<T> {
  /** What fails, in words. */
  readonly action: string;
  readonly request: RouteDump;
  readonly seq: number;
  /** Items that decode to undefined are left out. */
  readonly decode: Decoder<T | undefined>;
}

export class DumpAnswer<T> {
  readonly items: T[] = [];
  readonly #asked: AskedDump<T>;
  #problem: InspectError | undefined;
  #interrupted = false;

  constructor(asked: AskedDump<T>) {
    this.#asked = asked;
  }

  /** The first reason why there may be more items. */
  get problem(): InspectError | undefined {
    return this.#problem;
  }

  /** The kernel says that something changed meanwhile. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Takes the messages of a piece; true where the dump is over. */
  take(piece: Uint8Array): boolean {
    const { action, request, seq, decode } = this.#asked;
    const type = answerType(request);
    const answer = answerReader(piece);
    let over = false;
    this.#attempt(() => {
      for (const message of messages(answer)) {
        if (message.seq !== seq) continue;
        if (message.flags & NLM_F_DUMP_INTR) this.#interrupted = true;
        if (message.type === NLMSG.DONE || message.type === NLMSG.ERROR) {
          const errno = errnoIn(answer, message);
          if (errno !== 0) this.note(syscallError(action, errno));
          over = true;
          return;
        }
        if (message.type === type) this.#attempt(() => this.#add(decode(answer, message)));
      }
    });
    return over;
  }

  note(problem: InspectError): void {
    this.#problem ??= problem;
  }

  #add(item: T | undefined): void {
    if (item !== undefined) this.items.push(item);
  }

  /** A message that cannot be read does not hide those behind it. */
  #attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      this.note(new InspectError(error.code, `${this.#asked.action}: ${error.message}`, { cause: error }));
    }
  }
}
