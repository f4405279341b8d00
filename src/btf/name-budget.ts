/** Names may share bytes of the string section, and so be many times what the BTF has: what they take is bounded. */
import { malformedError } from "../errors.ts";

export class NameBudget {
  #characters: number;

  /** How many characters may be given out. */
  constructor(characters: number) {
    this.#characters = characters;
  }

  /** The name itself. Throws a malformed error where names grow out of proportion to the BTF. */
  take(name: string): string {
    this.#characters -= name.length;
    if (this.#characters < 0) throw malformedError("BTF", "its names take too much memory");
    return name;
  }
}
