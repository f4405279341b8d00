/** Plans of sound and of broken BTF. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { type BtfValue, decodeValue } from "../../src/btf/value.ts";
import { writeValue } from "../../src/btf/value-json.ts";
import { planValue, type ValueNode, type ValuePlan, valueLimit } from "../../src/btf/value-plan.ts";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

function planOf(make: (builder: BtfBuilder) => number): ValueNode {
  const builder = new BtfBuilder();
  const id = make(builder);
  return planValue(new Btf(builder.build()), id).root;
}

function partsOf(node: ValueNode): readonly ValueNode[] {
  switch (node.kind) {
    case "list":
      return [node.item];
    case "text":
      return [node.list];
    case "parts":
      return node.parts.map((part) => part.node);
    case "fields":
      return node.fields.map((field) => field.node);
    default:
      return [];
  }
}

/** All nodes, each once. */
function nodesOf(root: ValueNode): ReadonlySet<ValueNode> {
  const nodes = new Set([root]);
  for (const node of nodes) for (const part of partsOf(node)) nodes.add(part);
  return nodes;
}

function levelsOf(node: ValueNode): number {
  const below = partsOf(node).map(levelsOf);
  return node.kind === "text" ? Math.max(...below) : below.length === 0 ? 0 : 1 + Math.max(...below);
}

/** `levels` structs, one in the other, around an INT. */
function nested(builder: BtfBuilder, levels: number): number {
  let type = builder.int("i", 4);
  for (let i = 0; i < levels; i++) type = builder.composite("STRUCT", "S", 4, [["m", type, 0]]);
  return type;
}

describe("planValue()", () => {
  test("a type has one node, through whatever it is reached", () => {
    const root = planOf((b) => {
      const inner = b.composite("STRUCT", "I", 4, [["i", b.int("int", 4), 0]]);
      const name = b.ref("TYPEDEF", b.ref("CONST", inner), "inner_t");
      return b.composite("STRUCT", "S", 16, [
        ["a", inner, 0],
        ["b", name, 32],
        ["c", b.array(b.ref("VOLATILE", name), 2), 64],
      ]);
    });
    const [a, b, c] = partsOf(root);
    expect(b).toBe(a);
    expect(c && partsOf(c)[0]).toBe(a);
    expect(nodesOf(root).size).toBe(4);
  });

  test("structs that multiply make no large plan", () => {
    const root = planOf((b) => {
      let type = b.int("i", 1);
      for (let i = 0; i < 40; i++) {
        type = b.composite("UNION", "U", 1, [
          ["a", type, 0],
          ["b", type, 0],
        ]);
      }
      return type;
    });
    expect(nodesOf(root).size).toBe(41);
  });

  const LOOPS: readonly (readonly [what: string, make: (builder: BtfBuilder) => number])[] = [
    ["a struct", (b) => b.composite("STRUCT", "S", 4, [["s", 1, 0]])],
    ["a variable", (b) => b.variable("v", 1)],
    ["a section", (b) => b.section(".s", 4, [[1, 0, 4]])],
    ["an array", (b) => b.array(1, 2)],
  ];
  test.each(LOOPS)("%s in itself is none", (_, make) => {
    const nodes = [...nodesOf(planOf(make))];
    expect(nodes.length).toBeLessThanOrEqual(3);
    expect(nodes.at(-1)?.kind).toBe("none");
  });

  test("values nest 64 levels deep, and no deeper", () => {
    expect(levelsOf(planOf((b) => nested(b, 10)))).toBe(10);
    expect(levelsOf(planOf((b) => nested(b, 64)))).toBe(64);
    expect(levelsOf(planOf((b) => nested(b, 65)))).toBe(64);
    expect(levelsOf(planOf((b) => nested(b, 10_000)))).toBe(64);
  });

  test("also where the inner ones are planned first", () => {
    const root = planOf((b) => {
      const types = [b.int("i", 4)];
      for (let i = 1; i < 500; i++) types.push(b.composite("STRUCT", "S", 4, [["m", types[i - 1] ?? 0, 0]]));
      const inner = types.filter((_, i) => i % 20 === 0);
      return b.composite(
        "STRUCT",
        "S",
        4,
        inner.map((type) => ["m", type, 0] as const),
      );
    });
    expect(levelsOf(root)).toBeLessThanOrEqual(64);
  });

  test("is plain data: quoted names, offsets in bytes", () => {
    const root = planOf((b) => {
      const type = b.raw("ENUM", { vlen: 1, sizeOrType: 4, tail: [b.string('a"b'), 7] });
      return b.composite("STRUCT", "S", 8, [["\xff", type, 32]]);
    });
    const quoted = (text: string) => ({ text, bytes: new Uint8Array(Buffer.from(text, "latin1")) });
    const names = new Map([[7, { name: 'a"b', quoted: '"a\\"b"' }]]);
    expect(root).toEqual({
      kind: "fields",
      size: 0,
      levels: 1,
      fields: [
        {
          name: "\xff",
          key: { compact: quoted('"\\u00ff":'), pretty: quoted('"\\u00ff": ') },
          offset: 4,
          node: { kind: "enum", size: 4, signed: false, names },
        },
      ],
    });
  });
});

/** Values in a tree, lists and structs included. */
function countValues(value: BtfValue): number {
  let count = 0;
  for (const open = [value]; open.length > 0; count++) {
    const next = open.pop();
    if (next?.kind === "list") for (const item of next.items) open.push(item);
    if (next?.kind === "fields") for (const field of next.fields) open.push(field.value);
  }
  return count;
}

describe("values of one type", () => {
  function written(plan: ValuePlan, bytes: Uint8Array): string {
    const out = new ByteBuffer();
    writeValue(new JsonWriter(out), plan, bytes, 0, { plain: false });
    return out.toString();
  }

  function unions(members: number, levels: number): Btf {
    const builder = new BtfBuilder();
    let type = builder.int("i", 1);
    for (let i = 0; i < levels; i++) {
      const all = Array.from({ length: members }, () => ["", type, 0] as const);
      type = builder.composite("UNION", "U", 1, all);
    }
    return new Btf(builder.build());
  }

  test.each([
    [2, 40],
    [1000, 3],
  ])("are bounded: unions of %d members, %d levels deep", (members, levels) => {
    const btf = unions(members, levels);
    const value = decodeValue(btf, levels + 1, Uint8Array.of(1));
    const limit = valueLimit(1);
    expect(limit).toBeLessThan(2000);
    expect(countValues(value)).toBe(limit);
    const json = written(planValue(btf, levels + 1), Uint8Array.of(1));
    expect(json.split(/[{1]/).length - 1).toBe(limit);
    expect(json.endsWith("}".repeat(levels))).toBe(true);
  });

  test("are not bounded where the bytes are so many", () => {
    const builder = new BtfBuilder();
    const count = 1 << 21;
    const id = builder.array(builder.int("u8", 1), count);
    const json = written(planValue(new Btf(builder.build()), id), new Uint8Array(count));
    expect(json.length).toBe(2 * count + 1);
    expect(valueLimit(count)).toBeGreaterThan(count);
  });
});
