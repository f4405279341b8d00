/**
 * JSON in bpftool's layout (json_writer.c): compact without any blanks, or indented by 4 where a newline
 * stands only before a key and before the end of a non-empty container.
 *
 * Differs in one thing, listed in docs/compat.md: the text is always valid JSON. Control characters and
 * bytes that are not UTF-8 leave as \u00XX escapes.
 */
import type { TextSink } from "../bytes/sink.ts";
import { jsonQuote } from "./quote.ts";

export class JsonWriter {
  readonly #sink: TextSink;
  readonly #pretty: boolean;
  /** Nothing stands before the next element: it follows an opening or a key. */
  #first = true;
  /** A key waits for its value. */
  #pendingKey = false;
  /** How the open containers end, innermost last. */
  readonly #open: ("}" | "]")[] = [];

  constructor(sink: TextSink, options: { pretty?: boolean } = {}) {
    this.#sink = sink;
    this.#pretty = options.pretty ?? false;
  }

  /** How many containers are open. */
  get depth(): number {
    return this.#open.length;
  }

  startObject(): this {
    return this.#start("{", "}");
  }

  endObject(): this {
    return this.#end("}");
  }

  startArray(): this {
    return this.#start("[", "]");
  }

  endArray(): this {
    return this.#end("]");
  }

  /** A key; the next call writes its value. */
  key(name: string): this {
    this.#separate();
    this.#newline();
    this.#first = true;
    this.#pendingKey = true;
    this.#sink.write(`${jsonQuote(name)}${this.#pretty ? ": " : ":"}`);
    return this;
  }

  string(value: string): this {
    return this.raw(jsonQuote(value));
  }

  /** u64 values are bigint and print in full. */
  number(value: number | bigint): this {
    return this.raw(value.toString());
  }

  bool(value: boolean): this {
    return this.raw(value ? "true" : "false");
  }

  null(): this {
    return this.raw("null");
  }

  /** A value that is JSON text already. */
  raw(json: string): this {
    this.#separate();
    this.#sink.write(json);
    return this;
  }

  stringField(name: string, value: string): this {
    return this.key(name).string(value);
  }

  numberField(name: string, value: number | bigint): this {
    return this.key(name).number(value);
  }

  boolField(name: string, value: boolean): this {
    return this.key(name).bool(value);
  }

  /** A type name, or its number where no name is known. */
  nameField(name: string, value: string | number): this {
    return typeof value === "string" ? this.stringField(name, value) : this.numberField(name, value);
  }

  numberArrayField(name: string, values: Iterable<number>): this {
    this.key(name).startArray();
    for (const value of values) this.number(value);
    return this.endArray();
  }

  stringArrayField(name: string, values: Iterable<string>): this {
    this.key(name).startArray();
    for (const value of values) this.string(value);
    return this.endArray();
  }

  /**
   * `{"error": message}` at the current point of the document: inside the outermost array, if one is open. All
   * containers are closed, so that the document is valid whatever was under way.
   */
  fail(message: string): void {
    if (this.#pendingKey) this.null();
    while (this.depth > 1) this.#close();
    if (this.#open[0] === "}") this.stringField("error", message);
    else this.startObject().stringField("error", message).endObject();
    if (this.depth > 0) this.#close();
  }

  #close(): void {
    this.#end(this.#open.at(-1) ?? "]");
  }

  #start(open: string, close: "}" | "]"): this {
    this.#separate();
    this.#sink.write(open);
    this.#open.push(close);
    this.#first = true;
    return this;
  }

  #end(close: "}" | "]"): this {
    this.#open.pop();
    if (!this.#first) this.#newline();
    this.#sink.write(close);
    this.#first = false;
    return this;
  }

  #separate(): void {
    if (!this.#first) this.#sink.write(",");
    this.#first = false;
    this.#pendingKey = false;
  }

  #newline(): void {
    if (this.#pretty) this.#sink.write(`\n${"    ".repeat(this.depth)}`);
  }
}
