/** Keys and values as columns: members flattened as `a.b`, and headings that tell them apart. */
import type { ViewNode } from "./node.ts";

export interface Column {
  /** Byte text; no two columns have the same. */
  readonly heading: string;
  readonly part: "key" | "value";
  /** In bytes from the start of the key or value. */
  readonly offset: number;
  readonly node: ViewNode;
}

export interface KeyAndValue {
  readonly key: ViewNode | undefined;
  readonly value: ViewNode | undefined;
}

/** What has more members keeps its inner structs together, each in one column. */
const MAX_COLUMNS = 512;

interface Member {
  /** Names from the outermost in; members of anonymous structs are those of what is around them. */
  readonly path: readonly string[];
  readonly offset: number;
  readonly node: ViewNode;
}

/**
 * Columns of the key, then those of the value. A member's heading is its name, with `key.` or `value.` before it where
 * the other part, or `reserved`, has that name, too. What is no struct is called `key` or `value`.
 */
export function columnsOf({ key, value }: KeyAndValue, reserved: readonly string[] = []): Column[] {
  const keys = key ? flatten(key) : [];
  const values = value ? flatten(value) : [];
  const headings = new Headings([...reserved, ...keys.map(nameIn("key")), ...values.map(nameIn("value"))]);
  return [
    ...keys.map((member) => headings.column(member, "key")),
    ...values.map((member) => headings.column(member, "value")),
  ];
}

/** The members of a value that are no structs, by their headings in a table of values. */
export function valueColumns(value: ViewNode): Column[] {
  return columnsOf({ key: undefined, value });
}

function flatten(root: ViewNode): Member[] {
  let members: Member[] = [{ path: [], offset: 0, node: root }];
  for (;;) {
    if (!members.some(({ node }) => node.kind === "fields")) return members;
    const size = members.reduce(
      (sum, { node }) => sum + (node.kind === "fields" ? node.fields.length : 1),
      0,
    );
    if (size > MAX_COLUMNS) return members;
    members = members.flatMap(expand);
  }
}

function expand(member: Member): Member[] {
  const { path, offset, node } = member;
  if (node.kind !== "fields") return [member];
  return node.fields.map((field) => ({
    path: field.name === "" ? path : [...path, field.name],
    offset: offset + field.offset,
    node: field.node,
  }));
}

function nameIn(part: "key" | "value"): (member: Member) => string {
  return ({ path }) => (path.length === 0 ? part : path.join("."));
}

class Headings {
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set<string>();

  /** `names`: of all columns, without prefixes. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  column({ path, offset, node }: Member, part: "key" | "value"): Column {
    const name = nameIn(part)({ path, offset, node });
    const ambiguous = path.length > 0 && (this.#counts.get(name) ?? 0) > 1;
    return { heading: this.#take(ambiguous ? `${part}.${name}` : name), part, offset, node };
  }

  /** A broken BTF may have a name twice. */
  #take(wanted: string): string {
    let heading = wanted;
    for (let copy = 2; this.#taken.has(heading); copy++) heading = `${wanted}#${copy}`;
    this.#taken.add(heading);
    return heading;
  }
}
