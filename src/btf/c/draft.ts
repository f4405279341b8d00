/**
 * Text in the making, as bytes: a kernel's C has 3 MB of names, and no JavaScript string is made of them.
 *
 * Whoever writes only tells which pieces come next; one loop puts them together. So the many functions that know C are
 * small for a compiler, and the loop is compiled at once.
 */
import { type TextSink, writeBytesTo } from "../../bytes/sink.ts";
import { definitionTooLong, MAX_DEFINITION, MAX_NAME, nameTooLong } from "./limits.ts";
import { TOKEN, TOKEN_BYTES, type Token } from "./tokens.ts";

/** Pieces that are put together at once. */
const PIECES = 1 << 10;
/** In place of a piece: the next one is a number. */
const NUMBER = 0xffff_ffff;
/** Whole definitions are handed on when they have so many bytes. */
const ENOUGH = 1 << 16;
/** What one piece needs, at most. */
const ROOM = MAX_NAME;
/** Bytes for prefixes of a BTF without names. */
const LEAST_PREFIXES = 1 << 16;

const ZERO = 0x30;

/** Definitions; one that fails in the middle is not handed on. */
export class Draft {
  readonly #out: TextSink;
  /** Where names start in `#names`, tokens and prefixes from `#ownFrom` on, and numbers. */
  readonly #pieces = new Uint32Array(PIECES);
  #count = 0;
  /** The strings of the BTF. */
  readonly #names: Uint8Array;
  /** Tokens, then prefixes: each has a NUL behind it. Prefixes get as much room as names have, and no more. */
  readonly #own: Uint8Array;
  #ownEnd = TOKEN_BYTES.length;
  readonly #ownFrom: number;
  #bytes = new Uint8Array(2 * ENOUGH);
  /** Where the next byte goes. */
  #at = 0;
  /** The type that is being defined, and where its definition starts. */
  #id = 0;
  #start = 0;

  constructor(out: TextSink, names: Uint8Array) {
    this.#out = out;
    this.#names = names;
    this.#own = new Uint8Array(TOKEN_BYTES.length + LEAST_PREFIXES + names.length);
    this.#own.set(TOKEN_BYTES);
    this.#ownFrom = names.length;
  }

  /** The definition of type `id` starts here. */
  begin(id: number): void {
    this.#id = id;
    this.#start = this.length;
  }

  /** It ends here. */
  end(): void {
    this.#start = this.length;
    if (this.#start >= ENOUGH) this.flush();
  }

  /** Hands on all whole definitions. */
  flush(): void {
    writeBytesTo(this.#out, this.#bytes.subarray(0, this.#start));
    this.#start = 0;
    this.#at = 0;
    this.#count = 0;
  }

  /** Bytes that have not been handed on. Throws as whatever puts pieces together does: where a name or all is too long. */
  get length(): number {
    this.#assemble();
    return this.#at;
  }

  /** The name that starts at an offset of the strings. */
  name(offset: number): void {
    if (this.#count === PIECES) this.#assemble();
    this.#pieces[this.#count++] = offset;
  }

  token(token: Token): void {
    this.name(this.#ownFrom + token);
  }

  /** What `keepPrefix` has returned. */
  prefix(prefix: number): void {
    this.name(this.#ownFrom + prefix);
  }

  number(value: number): void {
    if (value < 0) this.token(TOKEN.minus);
    if (this.#count + 1 >= PIECES) this.#assemble();
    this.#pieces[this.#count++] = NUMBER;
    this.#pieces[this.#count++] = Math.abs(value);
  }

  /** Short byte text. */
  text(text: string): void {
    this.#assemble();
    if (this.#at + ROOM > this.#bytes.length) this.#grow();
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i);
  }

  /** Remembers what was written since there were `start` bytes, to be written again; 0 where there is no room for that. */
  keepPrefix(start: number): number {
    const { length } = this;
    const prefix = this.#ownEnd;
    if (length - start > MAX_NAME || prefix + length - start >= this.#own.length) return 0;
    this.#own.set(this.#bytes.subarray(start, length), prefix);
    this.#ownEnd += length - start + 1;
    return prefix;
  }

  #assemble(): void {
    const pieces = this.#pieces;
    const names = this.#names;
    const own = this.#own;
    const ownFrom = this.#ownFrom;
    const count = this.#count;
    let to = this.#bytes;
    let at = this.#at;
    this.#count = 0;
    for (let i = 0; i < count; i++) {
      if (at + ROOM > to.length) {
        this.#at = at;
        to = this.#grow();
      }
      const piece = pieces[i] as number;
      if (piece === NUMBER) at = putNumber(to, at, pieces[++i] as number);
      else {
        const from = piece < ownFrom ? names : own;
        let next = piece < ownFrom ? piece : piece - ownFrom;
        const last = next + MAX_NAME;
        let byte = from[next] as number;
        while (byte !== 0 && next < last) {
          to[at++] = byte;
          byte = from[++next] as number;
        }
        if (byte !== 0) throw nameTooLong(names, piece);
      }
    }
    this.#at = at;
  }

  #grow(): Uint8Array<ArrayBuffer> {
    if (this.#at - this.#start > MAX_DEFINITION) throw definitionTooLong(this.#id);
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes);
    this.#bytes = larger;
    return larger;
  }
}

/** An unsigned number in decimal: returns where it ends. */
function putNumber(to: Uint8Array, start: number, value: number): number {
  let end = start + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let rest = value;
  for (let at = end - 1; at >= start; at--) {
    const next = Math.floor(rest / 10);
    to[at] = ZERO + rest - 10 * next;
    rest = next;
  }
  return end;
}
