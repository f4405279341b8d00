/** An end for what broken or hostile BTF makes long: types that are all alike but not the same, graphs that multiply. */
import { malformedError } from "../../errors.ts";

export class Steps {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** `id` is the type at work. */
  spend(id: number, steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0)
      throw malformedError("BTF", `type [${id}] is too much to compare: too many types are alike`);
  }
}
