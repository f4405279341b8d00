/** Names as they stand in C: with their number where they are not the first, tags behind their keyword. */
import { BTF_KIND } from "../kinds.ts";
import type { Draft } from "./draft.ts";
import type { Names } from "./names.ts";
import type { RawTypes } from "./raw-types.ts";
import { TOKEN, type Token } from "./tokens.ts";

const { STRUCT, UNION, FWD } = BTF_KIND;

export class NameWriter {
  readonly #types: RawTypes;
  readonly #draft: Draft;
  readonly #names: Names;

  constructor(types: RawTypes, draft: Draft, names: Names) {
    this.#types = types;
    this.#draft = draft;
    this.#names = names;
  }

  /** The name at an offset, in its use of such a number. */
  name(offset: number, use: number): void {
    this.#draft.name(offset);
    if (use === 1) return;
    this.#draft.token(TOKEN.use);
    this.#draft.number(use);
  }

  /** `struct S` */
  tag(id: number): void {
    const types = this.#types;
    this.#draft.token(this.#keyword(id));
    if (!types.hasName(id)) return;
    this.#draft.token(TOKEN.blank);
    this.name(types.nameOffset(id), this.#names.tag(id));
  }

  #keyword(id: number): Token {
    switch (this.#types.kind(id)) {
      case STRUCT:
        return TOKEN.struct;
      case UNION:
        return TOKEN.union;
      case FWD:
        return this.#types.flag(id) ? TOKEN.union : TOKEN.struct;
      default:
        return TOKEN.enum;
    }
  }
}
