/** mergeBtf() gives what bpftool 7.8.0 gives for the same files. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { mergeBtf } from "../../../src/btf/merge/merge.ts";
import { InspectError } from "../../../src/errors.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { inspectErrorOf } from "../../support/outcome.ts";
import { buildCase, CASES } from "./cases.ts";
import { rawText } from "./raw-text.ts";
import { blob, madeDumps, RECORDED_MERGES } from "./recorded.ts";
import { SplitBuilder } from "./split-builder.ts";

function merged(baseBytes: Uint8Array, parts: readonly Uint8Array[]): Btf {
  const base = new Btf(baseBytes);
  return mergeBtf(
    base,
    parts.map((part) => new Btf(part, base)),
  );
}

describe("as recorded", () => {
  const dumps = madeDumps();

  test.each(Object.keys(CASES))("%s", (name) => {
    const { base, parts } = buildCase(CASES[name] as (typeof CASES)[string]);
    expect(rawText(merged(base, parts))).toBe(dumps.get(name));
  });

  test.each(RECORDED_MERGES)("$name", ({ base, parts, dump }) => {
    const merge = () => merged(blob(base), parts.map(blob));
    if (dump === null) expect(merge).toThrow(InspectError);
    else expect(rawText(merge())).toBe(dump.join("\n"));
  });
});

describe("what is merged", () => {
  const intOnly = new BtfBuilder();
  intOnly.int("int", 4);
  const base = new Btf(intOnly.build());

  function part(build: (builder: SplitBuilder) => unknown, littleEndian = true): Btf {
    const builder = new SplitBuilder(base);
    build(builder);
    return new Btf(builder.build(littleEndian), base);
  }

  test("nothing", () => {
    expect(mergeBtf(base, []).typeCount).toBe(base.typeCount);
    // bpftool fails here if the part is the first: libbpf takes it for a lack of memory.
    expect(mergeBtf(base, [part(() => undefined), part((b) => b.ref("PTR", 1))]).typeCount).toBe(3);
  });

  test("BTF of another byte order", () => {
    const pointers = [true, false].map((littleEndian) => part((b) => b.ref("PTR", 1), littleEndian));
    expect(rawText(mergeBtf(base, pointers))).toBe("[2] PTR '(anon)' type_id=1\n");
  });

  test("BTF without a base", () => {
    const builder = new BtfBuilder();
    builder.ref("PTR", builder.int("int", 4));
    expect(rawText(mergeBtf(base, [new Btf(builder.build())]))).toBe("[2] PTR '(anon)' type_id=1\n");
  });

  test("split BTF on a base that is split itself", () => {
    const middle = part((b) => b.composite("STRUCT", "s", 4, [["member", 1, 0]]));
    const copy = part((b) => b.ref("PTR", b.composite("STRUCT", "s", 4, [["member", 1, 0]])));
    const builder = new BtfBuilder();
    const struct = builder.composite("STRUCT", "s", 4, [["member", builder.int("int", 4), 0]]);
    builder.ref("PTR", struct);
    expect(rawText(mergeBtf(middle, [new Btf(builder.build())]))).toBe("[3] PTR '(anon)' type_id=2\n");
    expect(inspectErrorOf(() => mergeBtf(middle, [copy])).code).toBe("unsupported");
  });

  test("strings: none that the base has, each one once, none that no type has", () => {
    const both = mergeBtf(base, [
      part((b) => {
        b.string("unused");
        b.ref("TYPEDEF", 1, "name");
      }),
      part((b) => b.composite("STRUCT", "name", 4, [["int", 1, 0]])),
    ]);
    expect(Buffer.from(both.sections.strings).toString()).toBe("name\0");
    expect(both.type(3)).toMatchObject({ kind: "STRUCT", name: "name", members: [{ name: "int" }] });
  });
});

const REFERENCES = ["PTR", "CONST", "VOLATILE", "RESTRICT", "TYPEDEF", "TYPE_TAG"] as const;

/** A type that refers to others by numbers, which are cut to the ids there are. */
const TYPE = fc.record({
  make: fc.constantFrom(...REFERENCES, "INT", "ARRAY", "STRUCT", "STRUCT", "UNION", "FWD", "PROTO", "ENUM"),
  name: fc.constantFrom("a", "b", "c", "d"),
  held: fc.array(fc.nat(200), { maxLength: 3 }),
  small: fc.nat(2),
});
const PART = fc.array(TYPE, { maxLength: 40 });
type Made = typeof PART extends fc.Arbitrary<infer Types> ? Types : never;

/** Only structs and unions refer to types behind them, so there are no rings of others. */
function build(builder: BtfBuilder, firstId: number, types: Made): void {
  for (const [i, { make, name, held, small }] of types.entries()) {
    const [first = 0, second = 0] = held.map((id) => id % (firstId + i));
    switch (make) {
      case "INT":
        builder.int(name, 1 << small);
        break;
      case "ARRAY":
        builder.array(first, small, second);
        break;
      case "FWD":
        builder.raw("FWD", { name, flag: small === 0 });
        break;
      case "ENUM":
        builder.raw("ENUM", {
          name,
          sizeOrType: 4,
          ...(small > 0 && { vlen: 1, tail: [builder.string(name), small] }),
        });
        break;
      case "PROTO":
        builder.proto(first, [[name, second]]);
        break;
      case "STRUCT":
      case "UNION": {
        const members = held.map((id, n) => [`m${n}`, id % (firstId + types.length), n * 32] as const);
        builder.composite(make, small === 0 ? "" : name, 4 * held.length, members);
        break;
      }
      default:
        builder.ref(make, first, make === "TYPEDEF" || make === "TYPE_TAG" ? name : "");
    }
  }
}

/**
 * Whether an enum without values could be either of two that have values: then it is the one that comes next to it
 * (libbpf btf.c:btf_dedup_prim_type), and another order gives another result.
 */
function isAmbiguous(types: Made): boolean {
  const sizesOf = (name: string) =>
    new Set(types.flatMap((type) => (type.make === "ENUM" && type.name === name ? [type.small] : [])));
  return types.some(({ name }) => sizesOf(name).size === 3);
}

describe("properties", () => {
  const builder = new BtfBuilder();
  builder.ref("PTR", builder.composite("STRUCT", "a", 4, [["m0", builder.int("a", 4), 0]]));
  const base = new Btf(builder.build());

  function part(types: Made): Btf {
    const split = new SplitBuilder(base);
    build(split, base.typeCount, types);
    return new Btf(split.build(), base);
  }

  test("a part once more changes nothing", () => {
    fc.assert(
      fc.property(PART, PART, (first, second) => {
        fc.pre(!isAmbiguous([...first, ...second]));
        const parts = [part(first), part(second)];
        expect(rawText(mergeBtf(base, [...parts, ...parts]))).toBe(rawText(mergeBtf(base, parts)));
      }),
      { numRuns: 500 },
    );
  });

  test("what is merged cannot be merged further", () => {
    fc.assert(
      fc.property(PART, PART, (first, second) => {
        fc.pre(!isAmbiguous([...first, ...second]));
        const once = mergeBtf(base, [part(first), part(second)]);
        expect(rawText(mergeBtf(base, [once]))).toBe(rawText(once));
      }),
      { numRuns: 500 },
    );
  });

  test("a part adds no more types than it has", () => {
    fc.assert(
      fc.property(PART, PART, (first, second) => {
        const parts = [part(first), part(second)];
        const added = parts.reduce((count, { typeCount, firstId }) => count + typeCount - firstId, 0);
        expect(mergeBtf(base, parts).typeCount).toBeLessThanOrEqual(base.typeCount + added);
      }),
    );
  });
});
