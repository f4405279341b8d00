/** Where text goes. Renderers write to a sink, the command line owns the one that reaches stdout. */
export interface TextSink {
  /** Byte text (see text.ts): one character is one byte. */
  write(text: string): void;
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
