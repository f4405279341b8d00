/**
 * JSON in bpftool's layout (json_writer.c): compact without any blanks, or indented by 4 where a newline
 * stands only before a key and before the end of a non-empty container.
 *
 * Differs in one thing, listed in docs/compat.md: the text is always valid JSON. Control characters and
 * bytes that are not UTF-8 leave as \u00XX escapes.
 *
 * Nothing is held back: what was called for is in the sink at once, so the caller may write there, too (see `element`).
 */
import { ByteSink, type TextSink } from "../bytes/sink.ts";
import { byteText } from "../bytes/text.ts";
import { jsonQuote, type Piece, piece, type QuotedKey } from "./quote.ts";

const NULL = piece("null");
const TRUE = piece("true");
const FALSE = piece("false");
const [QUOTE, COMMA, MINUS, ZERO, BACKSLASH] = [0x22, 0x2c, 0x2d, 0x30, 0x5c];
const [OBJECT_START, OBJECT_END, ARRAY_START, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What stands before a key or an end, by depth; the same behind another key's value. */
const breakAt = byDepth((depth) => indent(depth));
const commaBreakAt = byDepth((depth) => `,${indent(depth)}`);

function indent(depth: number): string {
  return `\n${"    ".repeat(depth)}`;
}

const CACHED_DEPTHS = 64;

function byDepth(text: (depth: number) => string): (depth: number) => Piece {
  const cache: Piece[] = [];
  return (depth) => {
    const known = cache[depth];
    if (known !== undefined) return known;
    const made = piece(text(depth));
    if (depth < CACHED_DEPTHS) cache[depth] = made;
    return made;
  };
}

export class JsonWriter {
  /** Indented, not compact. */
  readonly pretty: boolean;
  readonly #out: Output;
  /** Nothing stands before the next element: it follows an opening or a key. */
  #first = true;
  /** A key waits for its value. */
  #pendingKey = false;
  /** How the open containers end, innermost last: character codes. */
  readonly #open: number[] = [];
  /** How many of them are not of the document under way: see `nested`. */
  #floor = 0;

  /** A byte sink gets its bytes without calls of `write`. */
  constructor(sink: TextSink, options: { pretty?: boolean } = {}) {
    this.#out =
      sink instanceof ByteSink && sink.bytes.length >= MIN_BUFFER
        ? new ByteOutput(sink)
        : new TextOutput(sink);
    this.pretty = options.pretty ?? false;
  }

  /** How many containers are open. */
  get depth(): number {
    return this.#open.length;
  }

  startObject(): this {
    return this.#start(OBJECT_START, OBJECT_END);
  }

  endObject(): this {
    return this.#end(OBJECT_END);
  }

  startArray(): this {
    return this.#start(ARRAY_START, ARRAY_END);
  }

  endArray(): this {
    return this.#end(ARRAY_END);
  }

  /** A key; the next call writes its value. */
  key(name: string): this {
    this.#beforeKey();
    this.#out.text(jsonQuote(name));
    this.#out.text(this.pretty ? ": " : ":");
    return this;
  }

  /** A key that was quoted before, once for all times that it is written. */
  rawKey(key: QuotedKey): this {
    this.#beforeKey();
    this.#out.piece(this.pretty ? key.pretty : key.compact);
    return this;
  }

  string(value: string): this {
    return this.raw(jsonQuote(value));
  }

  /** A string whose byte text stands in `bytes`. */
  stringBytes(bytes: Uint8Array, from: number, to: number): this {
    this.#separate();
    this.#out.string(bytes, from, to);
    return this;
  }

  /** u64 values are bigint and print in full. */
  number(value: number | bigint): this {
    this.#separate();
    if (Number.isSafeInteger(value)) this.#out.integer(value as number);
    else this.#out.text(value.toString());
    return this;
  }

  bool(value: boolean): this {
    return this.#piece(value ? TRUE : FALSE);
  }

  null(): this {
    return this.#piece(NULL);
  }

  /** A value that is JSON text already. */
  raw(json: string): this {
    this.#separate();
    this.#out.text(json);
    return this;
  }

  /**
   * A value that the caller itself writes to the sink, as JSON text, before the next call: the element of an open
   * array, or the value of the key before. Writes the comma that it needs, if any.
   *
   *     json.startArray();
   *     for (const row of rows) {
   *       json.element();
   *       sink.write(textOf(row));
   *     }
   *     json.endArray();
   *
   * Inside the value, `lineBreak` tells what stands before its keys and ends.
   */
  element(): this {
    this.#separate();
    return this;
  }

  /** Newline and indentation `deeper` levels inside the innermost open container; "" in compact form. */
  lineBreak(deeper = 0): string {
    return this.pretty ? indent(this.depth + deeper) : "";
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
    if (this.#pendingKey && this.depth > this.#floor) this.null();
    while (this.depth > this.#floor + 1) this.#close();
    if (this.depth > this.#floor && this.#open.at(-1) === OBJECT_END) this.stringField("error", message);
    else this.startObject().stringField("error", message).endObject();
    this.closeAll();
  }

  /** Ends all open containers: the document is valid from here on. */
  closeAll(): void {
    if (this.#pendingKey) this.null();
    while (this.depth > this.#floor) this.#close();
  }

  /**
   * The value of the key before is a document of its own, written by `write`: failures and ends do not reach out of it,
   * and where nothing is written it is null.
   */
  async nested<T>(write: () => Promise<T>): Promise<T> {
    const floor = this.#floor;
    this.#floor = this.depth;
    try {
      return await write();
    } finally {
      this.closeAll();
      this.#floor = floor;
    }
  }

  #close(): void {
    this.#end(this.#open.at(-1) ?? ARRAY_END);
  }

  #start(open: number, close: number): this {
    this.#separate();
    this.#out.byte(open);
    this.#open.push(close);
    this.#first = true;
    return this;
  }

  #end(close: number): this {
    this.#open.pop();
    if (this.pretty && !this.#first) this.#out.piece(breakAt(this.depth));
    this.#out.byte(close);
    this.#first = false;
    return this;
  }

  #piece(value: Piece): this {
    this.#separate();
    this.#out.piece(value);
    return this;
  }

  #beforeKey(): void {
    if (this.pretty) this.#out.piece(this.#first ? breakAt(this.depth) : commaBreakAt(this.depth));
    else if (!this.#first) this.#out.byte(COMMA);
    this.#first = true;
    this.#pendingKey = true;
  }

  #separate(): void {
    if (!this.#first) this.#out.byte(COMMA);
    this.#first = false;
    this.#pendingKey = false;
  }
}

interface Output {
  /** One ASCII character. */
  byte(code: number): void;
  piece(piece: Piece): void;
  text(text: string): void;
  /** Byte text, quoted. */
  string(bytes: Uint8Array, from: number, to: number): void;
  /** A safe integer in decimal. */
  integer(value: number): void;
}

class TextOutput implements Output {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  byte(code: number): void {
    this.#sink.write(String.fromCharCode(code));
  }

  piece({ text }: Piece): void {
    this.#sink.write(text);
  }

  text(text: string): void {
    this.#sink.write(text);
  }

  string(bytes: Uint8Array, from: number, to: number): void {
    this.#sink.write(jsonQuote(byteText(bytes, from, to)));
  }

  integer(value: number): void {
    this.#sink.write(String(value));
  }
}

/** Texts up to this length are faster written character by character than by the sink. */
const MAX_SHORT = 24;
/** What ByteOutput makes room for at once. */
const MIN_BUFFER = 32;
/** Of a safe integer, sign included. */
const MAX_DIGITS = 17;

class ByteOutput implements Output {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  byte(code: number): void {
    const sink = this.#sink;
    sink.reserve(1);
    sink.bytes[sink.at++] = code;
  }

  piece({ bytes, text }: Piece): void {
    const sink = this.#sink;
    if (bytes.length > sink.bytes.length) return sink.write(text);
    sink.reserve(bytes.length);
    sink.bytes.set(bytes, sink.at);
    sink.at += bytes.length;
  }

  text(text: string): void {
    const { length } = text;
    const sink = this.#sink;
    if (length > MAX_SHORT) return sink.write(text);
    sink.reserve(length);
    const { bytes, at } = sink;
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    sink.at = at + length;
  }

  string(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > MAX_SHORT || !this.#plainString(bytes, from, to))
      this.text(jsonQuote(byteText(bytes, from, to)));
  }

  /** False, with nothing written, where a character needs more than a copy. */
  #plainString(bytes: Uint8Array, from: number, to: number): boolean {
    const sink = this.#sink;
    sink.reserve(to - from + 2);
    let at = sink.at;
    sink.bytes[at++] = QUOTE;
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false;
      sink.bytes[at++] = byte;
    }
    sink.bytes[at++] = QUOTE;
    sink.at = at;
    return true;
  }

  integer(value: number): void {
    const sink = this.#sink;
    sink.reserve(MAX_DIGITS);
    const { bytes } = sink;
    if (value < 0) bytes[sink.at++] = MINUS;
    let rest = Math.abs(value);
    let at = sink.at + digitCount(rest);
    sink.at = at;
    // Nine digits at a time are a 32-bit integer, which is far quicker to divide.
    for (; rest >= 1e9; at -= 9) {
      const upper = Math.floor(rest / 1e9);
      putDigits(bytes, at - 9, at, rest - upper * 1e9);
      rest = upper;
    }
    putDigits(bytes, at - digitCount(rest), at, rest);
  }
}

/** `value`, less than 2 ** 31, with as many digits as there are bytes. */
function putDigits(bytes: Uint8Array, from: number, to: number, value: number): void {
  let rest = value | 0;
  for (let at = to - 1; at >= from; at--) {
    const upper = (rest / 10) | 0;
    bytes[at] = ZERO + rest - upper * 10;
    rest = upper;
  }
}

function digitCount(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
