/** Definitions of enumerations (libbpf btf_dump.c:btf_dump_emit_enum_def). */
import { BTF_KIND } from "../kinds.ts";
import type { Draft } from "./draft.ts";
import type { Budget } from "./limits.ts";
import type { NameWriter } from "./name-writer.ts";
import type { Names } from "./names.ts";
import { ENUMERATOR64_WORDS, ENUMERATOR_WORDS, type RawTypes } from "./raw-types.ts";
import { lineStart, TOKEN } from "./tokens.ts";

interface Parts {
  readonly types: RawTypes;
  readonly budget: Budget;
  readonly draft: Draft;
  readonly names: Names;
  readonly writer: NameWriter;
  /** In bytes. */
  readonly pointerSize: number;
}

export class Enumerations {
  readonly #types: RawTypes;
  readonly #budget: Budget;
  readonly #draft: Draft;
  readonly #names: Names;
  readonly #writer: NameWriter;
  readonly #pointerSize: number;

  constructor({ types, budget, draft, names, writer, pointerSize }: Parts) {
    this.#types = types;
    this.#budget = budget;
    this.#draft = draft;
    this.#names = names;
    this.#writer = writer;
    this.#pointerSize = pointerSize;
  }

  /** `level` is how many braces are open around it. */
  write(id: number, level: number): void {
    const types = this.#types;
    const draft = this.#draft;
    const isWide = types.kind(id) === BTF_KIND.ENUM64;
    const signed = types.flag(id);
    const end = isWide ? (signed ? TOKEN.endOfSignedWide : TOKEN.endOfWide) : TOKEN.endOfValue;
    const itemWords = isWide ? ENUMERATOR64_WORDS : ENUMERATOR_WORDS;
    const first = types.tail(id);
    const last = first + types.vlen(id) * itemWords;
    this.#writer.tag(id);
    if (first === last) return;
    this.#budget.spend(id, types.vlen(id));
    draft.token(TOKEN.openBrace);
    for (let at = first; at < last; at += itemWords) {
      const name = types.offsetAt(at);
      draft.token(lineStart(level + 1));
      this.#writer.name(name, this.#names.enumerator(name, id));
      draft.token(TOKEN.value);
      if (isWide) draft.text(String(types.value64(at, signed)));
      else draft.number(types.value(at, signed));
      draft.token(end);
    }
    draft.token(lineStart(level));
    draft.token(TOKEN.closeBrace);
    this.#mode(id);
  }

  /** The attribute for a size that a compiler would not choose; where pointers have 32 bits, no word has 64. */
  #mode(id: number): void {
    const types = this.#types;
    const size = types.size(id);
    if (size === 1) return this.#draft.token(TOKEN.byteMode);
    if (size !== 8 || this.#pointerSize !== 8) return;
    if (types.kind(id) === BTF_KIND.ENUM64) {
      const last = types.tail(id) + types.vlen(id) * ENUMERATOR64_WORDS;
      for (let at = types.tail(id); at < last; at += ENUMERATOR64_WORDS)
        if (types.words[at + 2] !== 0) return;
    }
    this.#draft.token(TOKEN.wordMode);
  }
}
