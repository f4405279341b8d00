/** Broken BTF gives text or an InspectError, and an end. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { writeC } from "../../../src/btf/c/dump.ts";
import type { TextSink } from "../../../src/bytes/sink.ts";
import type { BtfKind } from "../../../src/btf/kinds.ts";
import { InspectError } from "../../../src/errors.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { dataFile } from "../../support/data.ts";
import { inspectErrorOf, valueOrInspectError } from "../../support/outcome.ts";
import { CRAFTED } from "./crafted.ts";

/** Counts what is written. */
function writtenBytes(btf: Btf, unsorted: boolean): number {
  let count = 0;
  const out: TextSink = {
    write(text) {
      count += text.length;
    },
  };
  writeC(out, btf, { unsorted });
  return count;
}

function built(make: (builder: BtfBuilder) => void): Btf {
  const builder = new BtfBuilder();
  make(builder);
  return new Btf(builder.build());
}

const REFERENCES = ["PTR", "TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"] as const;

const LOOPS: readonly (readonly [what: string, make: (builder: BtfBuilder) => void])[] = [
  ...REFERENCES.map((kind) => [`a ${kind} of itself`, (b: BtfBuilder) => void b.ref(kind, 1, "t")] as const),
  [
    "a ring of references",
    (b) => {
      REFERENCES.forEach((kind, i) => void b.ref(kind, ((i + 1) % REFERENCES.length) + 1, "t"));
    },
  ],
  ["an array of itself", (b) => b.array(1, 2)],
  [
    "a nameless reference to itself, in structs whose hashes tell them apart",
    (b) => {
      const loop = b.ref("VOLATILE", 1);
      for (let i = 0; i < 2; i++) b.composite("STRUCT", "s", 4, [["m", loop, 0]]);
    },
  ],
  ["a typedef of arrays of itself", (b) => b.ref("TYPEDEF", b.array(2, 2), "t")],
  ["a struct in itself", (b) => b.composite("STRUCT", "s", 4, [["s", 1, 0]])],
  ["an anonymous struct in itself", (b) => b.composite("STRUCT", "", 4, [["s", 1, 0]])],
  ["a union in an array in itself", (b) => b.composite("UNION", "u", 4, [["u", b.array(2, 1), 0]])],
  [
    "an anonymous struct that points to itself",
    (b) => b.composite("STRUCT", "", 8, [["p", b.ref("PTR", 2), 0]]),
  ],
  ["a prototype that returns itself", (b) => b.proto(1, [])],
  ["a prototype that takes itself", (b) => b.proto(0, [["", 1]])],
  ["a prototype that takes a pointer to itself", (b) => b.proto(0, [["", b.ref("PTR", 2)]])],
  [
    "a typedef of a function that takes it",
    (b) => b.ref("TYPEDEF", b.ref("PTR", b.proto(0, [["f", 3]])), "t"),
  ],
];

describe.each([true, false])("unsorted: %s", (unsorted) => {
  test.each(LOOPS)("%s", (_, make) => {
    const error = inspectErrorOf(() => writtenBytes(built(make), unsorted));
    expect(error.code).toBe("malformed");
    expect(error.message).toMatch(
      /^Cannot parse BTF: type \[\d\] (contains itself|is nested more than \d+ deep)$/,
    );
  });

  test("a declaration tag of itself is no C", () => {
    const btf = built((b) => b.raw("DECL_TAG", { name: "t", sizeOrType: 1, tail: [0] }));
    expect(() => writtenBytes(btf, unsorted)).not.toThrow(RangeError);
  });

  test.each([
    ["PTR", (b: BtfBuilder, id: number) => b.ref("PTR", id)],
    ["TYPEDEF", (b: BtfBuilder, id: number) => b.ref("TYPEDEF", id, "t")],
    ["FUNC", (b: BtfBuilder, id: number) => b.raw("FUNC", { name: "f", sizeOrType: id })],
    ["VAR", (b: BtfBuilder, id: number) => b.variable("v", id)],
    ["DECL_TAG", (b: BtfBuilder, id: number) => b.raw("DECL_TAG", { sizeOrType: id, tail: [0] })],
    ["ARRAY of", (b: BtfBuilder, id: number) => b.array(id, 1, 0)],
    ["ARRAY by", (b: BtfBuilder, id: number) => b.array(0, 1, id)],
    ["STRUCT", (b: BtfBuilder, id: number) => b.composite("STRUCT", "s", 4, [["m", id, 0]])],
    ["UNION", (b: BtfBuilder, id: number) => b.composite("UNION", "u", 4, [["m", id, 0]])],
    ["FUNC_PROTO returns", (b: BtfBuilder, id: number) => b.proto(id, [])],
    ["FUNC_PROTO takes", (b: BtfBuilder, id: number) => b.proto(0, [["p", id]])],
    ["DATASEC", (b: BtfBuilder, id: number) => b.section(".s", 4, [[id, 0, 4]])],
  ])("%s a type that does not exist", (_, make) => {
    for (const id of [2, 0xffff_ffff]) {
      const error = inspectErrorOf(() =>
        writtenBytes(
          built((b) => make(b, id)),
          unsorted,
        ),
      );
      expect(error.message).toBe(`Cannot parse BTF: type [1] refers to type [${id}], which does not exist`);
    }
  });

  test.each(["FUNC", "VAR", "DATASEC", "DECL_TAG"] satisfies BtfKind[])("a member that is a %s", (kind) => {
    const tail = kind === "VAR" || kind === "DECL_TAG" ? [0] : [];
    const btf = built((b) => b.composite("STRUCT", "s", 4, [["m", b.raw(kind, { name: "x", tail }), 0]]));
    const error = inspectErrorOf(() => writtenBytes(btf, unsorted));
    expect(error.message).toBe(`Cannot parse BTF: type [1] (${kind}) is no type of a variable`);
  });

  describe("deep, but with an end", () => {
    const chain = (b: BtfBuilder, length: number, link: (id: number) => number) => {
      let id = b.int("int", 4);
      for (let i = 0; i < length; i++) id = link(id);
      return id;
    };

    test.each([
      ["pointers", 500, (b: BtfBuilder) => (id: number) => b.ref("PTR", id)],
      ["typedefs", 500, (b: BtfBuilder) => (id: number) => b.ref("TYPEDEF", id, "t")],
      ["structs", 500, (b: BtfBuilder) => (id: number) => b.composite("STRUCT", "s", 4, [["m", id, 0]])],
      [
        "anonymous structs",
        200,
        (b: BtfBuilder) => (id: number) => b.composite("STRUCT", "", 4, [["m", id, 0]]),
      ],
      ["function pointers", 200, (b: BtfBuilder) => (id: number) => b.ref("PTR", b.proto(id, []))],
      ["arrays", 200, (b: BtfBuilder) => (id: number) => b.array(id, 1)],
    ])("%s are written", (_, length, link) => {
      const btf = built((b) => b.composite("STRUCT", "last", 8, [["m", chain(b, length, link(b)), 0]]));
      expect(writtenBytes(btf, unsorted)).toBeGreaterThan(length);
      // The last one first: nothing is known yet.
      expect(() => writeC({ write: () => {} }, btf, { rootIds: [btf.typeCount - 1] })).not.toThrow();
    });

    test.each([
      ["pointers", (b: BtfBuilder) => (id: number) => b.ref("PTR", id)],
      ["typedefs", (b: BtfBuilder) => (id: number) => b.ref("TYPEDEF", id, "t")],
      ["structs", (b: BtfBuilder) => (id: number) => b.composite("STRUCT", "s", 4, [["m", id, 0]])],
      ["anonymous structs", (b: BtfBuilder) => (id: number) => b.composite("STRUCT", "", 4, [["m", id, 0]])],
      ["functions", (b: BtfBuilder) => (id: number) => b.proto(id, [["p", id]])],
      ["function pointers", (b: BtfBuilder) => (id: number) => b.ref("PTR", b.proto(0, [["p", id]]))],
      ["arrays", (b: BtfBuilder) => (id: number) => b.array(id, 1)],
      ["type tags", (b: BtfBuilder) => (id: number) => b.ref("TYPE_TAG", id, "t")],
    ])("%s of any depth end", (_, link) => {
      for (const length of [255, 256, 257, 511, 512, 513, 5000]) {
        const btf = built((b) => b.composite("STRUCT", "last", 8, [["m", chain(b, length, link(b)), 0]]));
        valueOrInspectError(() => writtenBytes(btf, unsorted));
        valueOrInspectError(() => writeC({ write: () => {} }, btf, { rootIds: [btf.typeCount - 1] }));
      }
    });
  });

  describe("more text than there are bytes", () => {
    const failure = (make: (builder: BtfBuilder) => void) =>
      inspectErrorOf(() => writtenBytes(built(make), unsorted)).message;

    test("anonymous structs that double at each level", () => {
      const message = failure((b) => {
        let id = b.int("int", 4);
        for (let i = 0; i < 100; i++)
          id = b.composite("STRUCT", "", 4, [
            ["a", id, 0],
            ["b", id, 0],
          ]);
        b.composite("STRUCT", "s", 4, [["m", id, 0]]);
      });
      expect(message).toContain("types multiply");
    });

    test("prototypes that double at each level", () => {
      const message = failure((b) => {
        let id = b.composite("STRUCT", "weak", 0, []);
        for (let i = 0; i < 100; i++)
          id = b.proto(id, [
            ["a", id],
            ["b", id],
          ]);
        b.ref("TYPEDEF", b.ref("PTR", id), "t");
      });
      expect(message).toContain("types multiply");
    });

    test("padding of 512 MiB", () => {
      expect(failure((b) => b.composite("STRUCT", "s", 0xffff_ffff, []))).toMatch(
        /type \[1\] is too much|takes more/,
      );
    });

    test("gaps of 512 MiB between members", () => {
      const message = failure((b) => {
        const int = b.int("int", 4);
        b.composite(
          "STRUCT",
          "s",
          4,
          Array.from({ length: 1000 }, (_, i) => ["m", int, i % 2 ? 0xffff_ffe0 : 0]),
        );
      });
      expect(message).toMatch(/type \[2\] is too much|takes more/);
    });

    test("anonymous enums in many places", () => {
      const message = failure((b) => {
        const values = Array.from({ length: 5000 }, () => [b.string("VALUE"), 0]).flat();
        const type = b.raw("ENUM", { vlen: 5000, sizeOrType: 4, tail: values });
        b.composite(
          "STRUCT",
          "s",
          4,
          Array.from({ length: 5000 }, () => ["m", type, 0]),
        );
      });
      expect(message).toMatch(/too much|takes more/);
    });

    test("a long name", () => {
      expect(failure((b) => b.composite("STRUCT", "x".repeat(5000), 4, []))).toBe(
        "Cannot parse BTF: the name at offset 1 of the strings has 5000 bytes",
      );
    });

    test("long names that have much in common", () => {
      const b = new BtfBuilder();
      const offset = b.string("x".repeat(4000));
      for (let i = 0; i < 4000; i++) b.raw("STRUCT", { sizeOrType: 0 });
      const bytes = Buffer.from(b.build());
      for (let i = 0; i < 4000; i++) bytes.writeUInt32LE(offset + ((i * 7) % 4000), 24 + i * 12);
      valueOrInspectError(() => writtenBytes(new Btf(bytes), unsorted));
    });
  });
});

describe("mutated BTF", () => {
  const files = [
    ...["all_kinds", "c/layout", "c/declarators", "c/names", "c/tags"].map((name) =>
      dataFile(import.meta.url, `../data/${name}.btf`),
    ),
    ...CRAFTED.map(({ bytes }) => Buffer.from(bytes)),
  ];
  const mutation = fc.record({
    at: fc.nat(),
    value: fc.oneof(fc.nat(64), fc.integer({ min: 0, max: 0xffff_ffff })),
  });

  test("words of types changed", () => {
    let written = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (file, mutations) => {
          const bytes = Buffer.from(file);
          const words = bytes.readUInt32LE(12) / 4;
          for (const { at, value } of mutations) bytes.writeUInt32LE(value, 24 + (at % words) * 4);
          const btf = valueOrInspectError(() => new Btf(bytes));
          if (btf instanceof InspectError) return;
          for (const unsorted of [true, false]) {
            const result = valueOrInspectError(() => writtenBytes(btf, unsorted));
            if (typeof result === "number") written++;
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(written).toBeGreaterThan(200); // or mutations reach no further than the parser
  });

  test("references among random types", () => {
    const kind = fc.constantFrom<BtfKind>(
      ...(["INT", "PTR", "ARRAY", "STRUCT", "UNION", "ENUM", "FWD", "TYPEDEF", "VOLATILE", "CONST"] as const),
      ...(["FUNC", "FUNC_PROTO", "VAR", "DATASEC", "FLOAT", "DECL_TAG", "TYPE_TAG", "ENUM64"] as const),
    );
    const type = fc.record({
      kind,
      name: fc.constantFrom("", "a", "b"),
      flag: fc.boolean(),
      ids: fc.array(fc.nat(), { maxLength: 3 }),
      size: fc.constantFrom(0, 1, 4, 8, 16),
    });
    fc.assert(
      fc.property(fc.array(type, { minLength: 1, maxLength: 20 }), fc.boolean(), (types, unsorted) => {
        const btf = built((b) => {
          for (const { kind, name, flag, ids, size } of types) {
            const [first = 0, ...rest] = ids.map((id) => id % (types.length + 1));
            addType(b, kind, { name, flag, ids: [first, ...rest], size });
          }
        });
        valueOrInspectError(() => writtenBytes(btf, unsorted));
      }),
      { numRuns: 2000 },
    );
  });
});

/** A type of a kind whose references are `ids`, as far as it has any. */
function addType(
  b: BtfBuilder,
  kind: BtfKind,
  { name, flag, ids, size }: { name: string; flag: boolean; ids: readonly number[]; size: number },
): void {
  const [first = 0] = ids;
  switch (kind) {
    case "INT":
      return void b.int(name, size);
    case "ARRAY":
      return void b.array(first, size);
    case "STRUCT":
    case "UNION": {
      const tail = ids.flatMap((id, i) => [b.string(name), id, flag ? (i * 8) | (i << 24) : i * 32]);
      return void b.raw(kind, { name, flag, vlen: ids.length, sizeOrType: size, tail });
    }
    case "ENUM":
    case "ENUM64": {
      const tail = ids.flatMap((id) => [b.string(name || "c"), id, ...(kind === "ENUM64" ? [id] : [])]);
      return void b.raw(kind, { name, flag, vlen: ids.length, sizeOrType: size, tail });
    }
    case "FUNC_PROTO":
      return void b.proto(
        first,
        ids.map((id) => [name, id]),
      );
    case "DATASEC":
      return void b.section(
        name,
        size,
        ids.map((id) => [id, 0, size]),
      );
    case "FLOAT":
    case "FWD":
      return void b.raw(kind, { name, flag, sizeOrType: size });
    case "VAR":
    case "DECL_TAG":
      return void b.raw(kind, { name, flag, sizeOrType: first, tail: [0xffff_ffff] });
    default:
      return void b.raw(kind, { name, flag, sizeOrType: first });
  }
}
