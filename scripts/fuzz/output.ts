/** Where targets write: text is kept as long as it is in proportion to the input. */
import { ByteSink } from "../../src/bytes/sink.ts";

/** Thrown into whatever writes too much. */
export class TooMuchOutput extends Error {}

export class Output {
  readonly sink: ByteSink;
  readonly #pieces: Buffer[] = [];
  #left = 0;

  constructor() {
    this.sink = new ByteSink((bytes) => {
      this.#left -= bytes.length;
      if (this.#left < 0) throw new TooMuchOutput("more output than the input warrants");
      this.#pieces.push(Buffer.from(bytes));
    });
  }

  /** The bytes that `write` writes, at most `limit`. */
  of(limit: number, write: (sink: ByteSink) => void): Buffer {
    this.sink.at = 0;
    this.#pieces.length = 0;
    this.#left = limit;
    write(this.sink);
    this.sink.flush();
    return this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Throws unless the bytes are a JSON document; in the plain form numbers may be bare hex. */
export function checkJson(bytes: Uint8Array, { plain = false } = {}): void {
  const text = utf8.decode(bytes);
  JSON.parse(plain ? withoutBareHex(text) : text);
}

function withoutBareHex(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?0x[0-9a-f]+/g, (match) => (match.startsWith('"') ? match : "0"));
}
