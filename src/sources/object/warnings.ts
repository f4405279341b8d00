/** What is wrong with a file that can be shown all the same: each thing once, and not without end. */
const MOST = 20;
/** Names in a file may be as long as the file. */
const LONGEST = 300;

export class Warnings {
  readonly #texts = new Set<string>();
  #more = 0;

  add(whole: string): void {
    const text = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}...` : whole;
    if (this.#texts.has(text)) return;
    if (this.#texts.size < MOST) this.#texts.add(text);
    else this.#more++;
  }

  list(): readonly string[] {
    return this.#more === 0 ? [...this.#texts] : [...this.#texts, `${this.#more} more of them`];
  }
}
