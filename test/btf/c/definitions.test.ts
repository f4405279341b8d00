/** The module that writes definitions: its bounds, what it hands on, and that it agrees with TypeScript. */
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { type CDumpOptions, writeC } from "../../../src/btf/c/dump.ts";
import { BTF_KIND } from "../../../src/btf/kinds.ts";
import { TextBuffer, type TextSink } from "../../../src/bytes/sink.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { inspectErrorOf } from "../../support/outcome.ts";

const ASSEMBLY = path.resolve(import.meta.dirname, "../../../src/btf/c/assembly");

function built(make: (builder: BtfBuilder) => void): Btf {
  const builder = new BtfBuilder();
  make(builder);
  return new Btf(builder.build());
}

/** What stands between the head of a header and its declarations of kfuncs. */
function definitions(btf: Btf, options: CDumpOptions = { unsorted: true }): string {
  const out = new TextBuffer();
  writeC(out, btf, options);
  const text = out.toString();
  return text.slice(
    text.lastIndexOf("#endif\n\n", text.indexOf("/* BPF kfuncs")) + 8,
    text.indexOf("\n/* BPF"),
  );
}

function enumOf(builder: BtfBuilder, name: string, items: readonly (readonly [string, number])[]): void {
  const tail = items.flatMap(([item, value]) => [builder.string(item), value]);
  builder.raw("ENUM", { name, vlen: items.length, sizeOrType: 4, tail });
}

describe("text", () => {
  test.each([0, 7, 10, 99, 1000, 2147483647, 2147483648, 4294967295])("%i", (value) => {
    expect(definitions(built((b) => enumOf(b, "e", [["A", value]])))).toBe(
      `enum e {\n\tA = ${value},\n};\n\n`,
    );
  });

  test("a long definition, and many", () => {
    const items = Array.from({ length: 1_500 }, (_, i) => [`I${i}`.padEnd(200, "_"), i] as const);
    const names = Array.from({ length: 1_500 }, (_, i) => `s${i}`.padEnd(100, "_"));
    const btf = built((b) => {
      enumOf(b, "long", items);
      for (const name of names) b.composite("STRUCT", name, 0, []);
    });
    const long = `enum long {\n${items.map(([name, value]) => `\t${name} = ${value},\n`).join("")}};\n\n`;
    expect(definitions(btf)).toBe(long + names.map((name) => `struct ${name} {};\n\n`).join(""));
  });

  test("lines deep inside have no more than 13 tabs", () => {
    const depth = 20;
    const btf = built((b) => {
      for (let i = 0; i < depth; i++) b.composite("STRUCT", i === 0 ? "top" : "", 4, [["m", i + 2, 0]]);
      b.int("int", 4);
    });
    const lines = definitions(btf).split("\n");
    expect(Math.max(...lines.map((line) => /^\t*/.exec(line)?.[0].length ?? 0))).toBe(13);
  });
});

describe("bounds", () => {
  test.each([
    [4096, undefined],
    [4097, "Cannot parse BTF: the name at offset 1 of the strings has 4097 bytes"],
  ])("a name of %i bytes", (length, message) => {
    const btf = built((b) => b.composite("STRUCT", "n".repeat(length), 0, []));
    if (message === undefined) expect(definitions(btf)).toHaveLength(length + "struct  {};\n\n".length);
    else expect(inspectErrorOf(() => definitions(btf)).message).toBe(message);
  });

  test("a definition", () => {
    const name = "n".repeat(4000);
    const btf = built((b) =>
      enumOf(
        b,
        "e",
        Array.from({ length: 9_000 }, () => [name, 1] as const),
      ),
    );
    const { code, message } = inspectErrorOf(() => definitions(btf));
    expect(code).toBe("malformed");
    expect(message).toBe("Cannot parse BTF: type [1] takes more than 16777216 bytes of C");
  });
});

describe("order of a sorted dump", () => {
  /** Few letters, so that names have much in common; bytes from 0x80 on come last. */
  const name = fc.string({ unit: fc.constantFrom("a", "b", "_", "\xff"), minLength: 1, maxLength: 12 });
  const alike = fc
    .tuple(fc.constantFrom("", "bpf_", "trace_event_raw_"), name)
    .map((parts) => parts.join(""));

  test("names by their bytes", () => {
    fc.assert(
      fc.property(fc.uniqueArray(alike, { maxLength: 200 }), (names) => {
        const btf = built((b) => {
          for (const name of names) b.composite("STRUCT", name, 0, []);
        });
        const written = [...definitions(btf, {}).matchAll(/^struct (.*) \{\};$/gm)].map(([, name]) => name);
        expect(written).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });

  test("typedefs by what they stand for, then by their own names", () => {
    fc.assert(
      fc.property(fc.uniqueArray(alike, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (names, picks) => {
        const rows = names.map((name, i) => ({
          name: `t${name}`,
          target: (picks.next().value as number) % (i + 1),
        }));
        const btf = built((b) => {
          for (const name of names) b.composite("STRUCT", name, 4, []);
          for (const { name, target } of rows) b.ref("TYPEDEF", target + 1, name);
        });
        const text = definitions(btf, {});
        const written = [...text.matchAll(/^typedef struct (.*) (t.*);$/gm)].map(([, target, own]) => [
          target,
          own,
        ]);
        const wanted = rows.map(({ name, target }) => [names[target] as string, name] as const);
        wanted.sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1));
        expect(written).toEqual(wanted);
      }),
    );
  });

  test("names that have much in common have a price", () => {
    const count = 200;
    const builder = new BtfBuilder();
    for (let i = 0; i < count; i++) builder.composite("STRUCT", i === 0 ? "x".repeat(4_000_000) : "", 0, []);
    const bytes = Buffer.from(builder.build());
    for (let i = 0; i < count; i++) bytes.writeUInt32LE(1 + i, 24 + 12 * i);
    const { message } = inspectErrorOf(() => definitions(new Btf(bytes), {}));
    expect(message).toMatch(/^Cannot parse BTF: type \[\d+\] is too much to write: types multiply$/);
  });
});

test("a definition that fails in the middle is not handed on, those before it are", () => {
  const btf = built((b) => {
    b.composite("STRUCT", "first", 0, []);
    b.composite("STRUCT", "second", 4, [["m", 3, 0]]);
    b.raw("DECL_TAG", { name: "no C", sizeOrType: 1, tail: [0] });
  });
  const out = new TextBuffer();
  expect(inspectErrorOf(() => writeC(out, btf, { unsorted: true })).code).toBe("malformed");
  const text = out.toString();
  expect(text.slice(text.lastIndexOf("#endif"))).toBe("#endif\n\nstruct first {};\n\n");
});

test("dumps within dumps do not know of one another", () => {
  const inner = built((b) => b.composite("STRUCT", "inner", 0, []));
  const outer = built((b) => b.composite("STRUCT", "outer", 0, []));
  const texts: string[] = [];
  let text = "";
  const out: TextSink = {
    write(part) {
      texts.push(definitions(inner));
      text += part;
    },
  };
  writeC(out, outer, { unsorted: true });
  expect(text).toContain("struct outer {};\n");
  expect(text).not.toContain("inner");
  expect(new Set(texts)).toEqual(new Set(["struct inner {};\n\n"]));
});

test("kinds have the numbers that they have in TypeScript", () => {
  const source = fs.readFileSync(path.join(ASSEMBLY, "kinds.ts"), "utf8");
  const constants = [...source.matchAll(/^export const (\w+): u32 = (\d+);$/gm)];
  const kinds = constants.filter(([, name = ""]) => name in BTF_KIND);
  expect(kinds.length).toBe(19);
  for (const [, name, value] of kinds) expect([name, Number(value)]).toEqual([name, BTF_KIND[name as "INT"]]);
});
