/** Builds BTF that is split from a base: own ids and strings come after those of the base. */
import type { Btf } from "../../../src/btf/btf.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";

export class SplitBuilder extends BtfBuilder {
  readonly #base: Btf;

  constructor(base: Btf) {
    super();
    this.#base = base;
  }

  /** In the base, where it has such a string. */
  override string(text: string): number {
    if (text === "") return 0;
    const strings = Buffer.from(this.#base.sections.strings).toString("latin1");
    const known = strings.indexOf(`\0${text}\0`);
    return known >= 0 ? known + 1 : this.#base.stringsEnd + super.string(text);
  }

  override raw(...type: Parameters<BtfBuilder["raw"]>): number {
    return this.#base.typeCount - 1 + super.raw(...type);
  }
}
