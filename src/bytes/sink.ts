import { byteText, writeByteText } from "./text.ts";

/** Where text goes. Renderers write to a sink, the command line owns the one that reaches stdout. */
export interface TextSink {
  /** Byte text (see text.ts): one character is one byte. */
  write(text: string): void;
}

const SIZE = 1 << 16;

/**
 * A sink that collects bytes in one buffer and hands the buffer on whenever it is full. What writes a lot asks for room
 * and writes there byte by byte:
 *
 *     out.reserve(2);
 *     out.bytes[out.at++] = 0x0a;
 */
export class ByteSink implements TextSink {
  readonly bytes: Buffer;
  /** The same bytes. */
  readonly view: DataView;
  /** Where the next byte goes. */
  at = 0;
  readonly #drain: (bytes: Uint8Array) => void;

  /** `drain` must be done with the bytes when it returns. */
  constructor(drain: (bytes: Uint8Array) => void, size = SIZE) {
    this.#drain = drain;
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
  }

  /** Makes room for `count` bytes, at most the buffer's size. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.flush();
  }

  write(text: string): void {
    for (let from = 0; from < text.length; ) {
      if (this.at === this.bytes.length) this.flush();
      const room = this.bytes.length - this.at;
      const part = from === 0 && text.length <= room ? text : text.slice(from, from + room);
      this.at += writeByteText(this.bytes, part, this.at);
      from += part.length;
    }
  }

  /** `from` and `to` are offsets into `bytes`. */
  writeBytes(bytes: Uint8Array, from = 0, to = bytes.length): void {
    if (to - from > this.bytes.length) {
      this.flush();
      return this.#drain(bytes.subarray(from, to));
    }
    this.reserve(to - from);
    this.bytes.set(bytes.subarray(from, to), this.at);
    this.at += to - from;
  }

  /** Hands on what was written so far. */
  flush(): void {
    if (this.at === 0) return;
    const { at } = this;
    this.at = 0;
    this.#drain(this.bytes.subarray(0, at));
  }
}

/** Byte text that is there as bytes, without a string where the sink takes them. */
export function writeBytesTo(out: TextSink, bytes: Uint8Array): void {
  if (out instanceof ByteSink) out.writeBytes(bytes);
  else out.write(byteText(bytes));
}

/** A sink that keeps what it is given. */
export class TextBuffer implements TextSink {
  #parts: string[] = [];

  write(text: string): void {
    this.#parts.push(text);
  }

  toString(): string {
    return this.#parts.join("");
  }
}

/** A byte sink that keeps what it is given. */
export class ByteBuffer extends ByteSink {
  readonly #pieces: Buffer[];

  constructor() {
    const pieces: Buffer[] = [];
    super((bytes) => void pieces.push(Buffer.from(bytes)));
    this.#pieces = pieces;
  }

  toBytes(): Buffer {
    this.flush();
    return Buffer.concat(this.#pieces);
  }

  /** As byte text. */
  override toString(): string {
    return this.toBytes().toString("latin1");
  }
}
