/** Tables of kernel names that are ordered by value. */

/** The value of each name: `byName(["unspec", "hash"])` is `{ unspec: 0, hash: 1 }`. */
export function byName<const Names extends readonly string[]>(
  names: Names,
): Readonly<Record<Names[number], number>> {
  return Object.fromEntries(names.map((name, value) => [name, value])) as Record<Names[number], number>;
}

/** The name of a value, or the value itself where the table has none: never an error, kernels grow. */
export function nameOrNumber(names: readonly string[], value: number): string | number {
  return names[value] ?? value;
}

/** As bpftool prints it in plain text: the name, or `type 99`. */
export function typeText(names: readonly string[], value: number): string {
  return names[value] ?? `type ${value}`;
}
