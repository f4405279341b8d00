/** Broken BTF gives a value or an InspectError, and an end. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { mergeBtf } from "../../../src/btf/merge/merge.ts";
import { relocateBtf } from "../../../src/btf/merge/relocate.ts";
import { InspectError } from "../../../src/errors.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { inspectErrorOf, seededRandom, valueOrInspectError } from "../../support/outcome.ts";
import { rawText } from "./raw-text.ts";
import { blob, RECORDED_MERGES, RECORDED_RELOCATIONS } from "./recorded.ts";

/** A copy in which some bytes behind the header are others. */
function mutated(bytes: Buffer, random: (limit: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let flips = random(4); flips > 0 && copy.length > 24; flips--) {
    const at = 24 + random(copy.length - 24);
    // Small numbers are ids that exist.
    copy[at] = random(3) === 0 ? random(256) : random(24);
  }
  return copy;
}

describe("flipped bytes", () => {
  test("in what is merged", () => {
    const random = seededRandom(1);
    let values = 0;
    for (let round = 0; round < 40; round++) {
      for (const { base, parts } of RECORDED_MERGES) {
        const outcome = valueOrInspectError(() => {
          const btf = new Btf(mutated(blob(base), random));
          return rawText(
            mergeBtf(
              btf,
              parts.map((part) => new Btf(mutated(blob(part), random), btf)),
            ),
          );
        });
        if (!(outcome instanceof InspectError)) values++;
      }
    }
    expect(values).toBeGreaterThan(200); // or the flips do too much
  });

  test("in what is relocated", () => {
    const random = seededRandom(2);
    let values = 0;
    for (let round = 0; round < 40; round++) {
      for (const { distilled, split, base } of RECORDED_RELOCATIONS) {
        const outcome = valueOrInspectError(() => {
          const btf = new Btf(mutated(blob(distilled), random));
          const other = new Btf(mutated(blob(base), random));
          return rawText(relocateBtf(new Btf(mutated(blob(split), random), btf), btf, other));
        });
        if (!(outcome instanceof InspectError)) values++;
      }
    }
    expect(values).toBeGreaterThan(100);
  });
});

const EMPTY = new Btf(new BtfBuilder().build());

/** BTF without a base may be merged, too. */
function part(build: (builder: BtfBuilder) => unknown): Btf {
  const builder = new BtfBuilder();
  build(builder);
  return new Btf(builder.build());
}

const many = (count: number, make: (n: number) => unknown) => {
  for (let n = 0; n < count; n++) make(n);
};

describe("crafted BTF is an error", () => {
  test.each<[what: string, build: (builder: BtfBuilder) => unknown, message: string]>([
    [
      "an id that does not exist",
      (b) => b.ref("PTR", 2),
      "Cannot parse BTF: type [1] refers to type [2], which does not exist",
    ],
    [
      "an id that does not exist, in a FWD",
      (b) => b.raw("FWD", { name: "f", sizeOrType: 0xffffffff }),
      "Cannot parse BTF: type [1] refers to type [4294967295], which does not exist",
    ],
    [
      "a name past the strings",
      (b) => b.raw("ENUM", { name: "e", vlen: 1, sizeOrType: 4, tail: [1000, 0] }),
      "Cannot parse BTF: type [1] has a name at offset 1000, past the end of the strings",
    ],
    ["a modifier of itself", (b) => b.ref("CONST", 1), "Cannot parse BTF: type [1] refers to itself"],
    [
      "a ring",
      (b) => {
        b.ref("PTR", 2);
        b.proto(0, [["p", 3]]);
        b.array(1, 1);
      },
      "Cannot parse BTF: type [1] refers to itself",
    ],
    [
      "a long ring",
      (b) => many(100_000, (n) => b.ref("PTR", n === 0 ? 100_000 : n)),
      "Cannot parse BTF: type [1] refers to itself",
    ],
    [
      "rings that are compared with each other",
      (b) => {
        b.ref("PTR", 1);
        b.ref("PTR", 2);
        b.ref("PTR", 3);
        b.composite("STRUCT", "s", 8, [
          ["a", 1, 0],
          ["b", 1, 32],
        ]);
        b.composite("STRUCT", "s", 8, [
          ["a", 2, 0],
          ["b", 3, 32],
        ]);
      },
      "Cannot parse BTF: type [2] refers to itself",
    ],
    [
      "a tag as a member",
      (b) => {
        many(2, () => b.raw("DECL_TAG", { name: "t", sizeOrType: 0, tail: [0] }));
        b.composite("STRUCT", "s", 4, [["a", 1, 0]]);
        b.composite("STRUCT", "s", 4, [["a", 2, 0]]);
      },
      "Cannot parse BTF: type [2] cannot be part of another type",
    ],
    [
      "structs that are almost the same",
      (b) =>
        many(10_000, (n) => {
          b.raw("INT", { sizeOrType: 4, tail: [n] });
          b.composite("STRUCT", "s", 4, [["a", 2 * n + 1, 0]]);
        }),
      "is too much to compare: too many types are alike",
    ],
    [
      "structs that hold the ones below many times",
      (b) => {
        const [levels, width] = [14, 10];
        const outer = (x: number, y: number) =>
          b.composite("STRUCT", "outer", 8, [
            ["x", x, 0],
            ["y", y, 32],
          ]);
        // Three copies of all; the outermost come first, so that nothing is known of the others when they are compared.
        outer(3, 3);
        outer(4, 5);
        many(3 * levels, (n) => {
          const members = Array.from({ length: width }, (_, m) => ["m", n + 6, m * 32] as const);
          b.composite("STRUCT", `level${Math.floor(n / 3)}`, 4 * width, members);
        });
        many(3, () => b.int("int", 4));
      },
      "is too much to compare: too many types are alike",
    ],
  ])("%s", (_, build, message) => {
    expect(inspectErrorOf(() => mergeBtf(EMPTY, [part(build)])).message).toContain(message);
  });

  test("names in names", () => {
    const builder = new BtfBuilder();
    const length = 20_000;
    builder.string("a".repeat(length));
    many(length, () => builder.raw("FLOAT", { sizeOrType: 4 }));
    const bytes = Buffer.from(builder.build());
    many(length, (n) => bytes.writeUInt32LE(n + 1, 24 + 12 * n));
    const error = inspectErrorOf(() => mergeBtf(EMPTY, [new Btf(bytes)]));
    expect(error.message).toBe("Cannot parse BTF: too many names begin inside of others");
  });

  test("an id in the base that does not exist", () => {
    const base = part((b) => b.array(2, 1));
    const error = inspectErrorOf(() => mergeBtf(base, []));
    expect(error.message).toBe("Cannot parse BTF: type [1] refers to type [2], which does not exist");
  });
});

describe("crafted BTF that is large", () => {
  test.each<[what: string, build: (builder: BtfBuilder) => unknown, types: number]>([
    ["a long chain", (b) => many(200_000, (n) => b.ref("PTR", n)), 200_000],
    [
      "a long chain, backwards",
      (b) => many(200_000, (n) => b.ref("PTR", n === 199_999 ? 0 : n + 2)),
      200_000,
    ],
    [
      "two long chains in structs of one name",
      (b) => {
        many(100_000, (n) => b.ref("PTR", n));
        many(100_000, (n) => b.ref("PTR", n === 0 ? 0 : 100_000 + n));
        b.composite("STRUCT", "s", 8, [["a", 100_000, 0]]);
        b.composite("STRUCT", "s", 8, [["a", 200_000, 0]]);
      },
      100_001,
    ],
    [
      "many members",
      (b) => {
        const members = Array.from({ length: 100_000 }, () => ["m", 0, 0] as const);
        many(2, () => b.composite("STRUCT", "s", 8, members));
      },
      1,
    ],
    [
      "many enums without names",
      (b) => many(3000, (n) => b.raw("ENUM", { vlen: 1, sizeOrType: 4, tail: [b.string("X"), n] })),
      3000,
    ],
  ])("%s", (_, build, types) => {
    expect(mergeBtf(EMPTY, [part(build)]).typeCount - 1).toBe(types);
  });
});
