/**
 * Lists by id in the order of libbpf's chained hash table (hashmap.c), which bpftool prints pins and users in:
 * newest first, and every list turned around whenever the table grows.
 */
export class GrowingTable<T> {
  readonly #lists = new Map<number, T[]>();
  #size = 0;
  #capacity = 0;

  get size(): number {
    return this.#size;
  }

  add(id: number, value: T): void {
    if (this.#capacity === 0 || Math.floor(((this.#size + 1) * 4) / 3) > this.#capacity) {
      this.#capacity = Math.max(4, this.#capacity * 2);
      for (const list of this.#lists.values()) list.reverse();
    }
    const list = this.#lists.get(id);
    if (list) list.unshift(value);
    else this.#lists.set(id, [value]);
    this.#size++;
  }

  of(id: number): readonly T[] {
    return this.#lists.get(id) ?? [];
  }
}
