/** relocateBtf() gives what bpftool 7.8.0 gives for an ELF file with .BTF and .BTF.base. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { relocateBtf } from "../../../src/btf/merge/relocate.ts";
import { InspectError } from "../../../src/errors.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { inspectErrorOf } from "../../support/outcome.ts";
import { rawText } from "./raw-text.ts";
import { blob, RECORDED_RELOCATIONS } from "./recorded.ts";
import { SplitBuilder } from "./split-builder.ts";

test.each(RECORDED_RELOCATIONS)("as recorded: $name", ({ distilled, split, base, dump }) => {
  const distilledBtf = new Btf(blob(distilled));
  const relocate = () => relocateBtf(new Btf(blob(split), distilledBtf), distilledBtf, new Btf(blob(base)));
  if (dump === null) expect(relocate).toThrow(InspectError);
  else expect(rawText(relocate())).toBe(dump.join("\n"));
});

type Build = (builder: BtfBuilder) => unknown;

function relocated({ distilled, split, base }: { distilled: Build; split: Build; base: Build }): Btf {
  const build = (make: Build, builder: BtfBuilder) => {
    make(builder);
    return builder.build();
  };
  const distilledBtf = new Btf(build(distilled, new BtfBuilder()));
  const splitBtf = new Btf(build(split, new SplitBuilder(distilledBtf)), distilledBtf);
  return relocateBtf(splitBtf, distilledBtf, new Btf(build(base, new BtfBuilder())));
}

test("ids and names move along", () => {
  const btf = relocated({
    distilled: (b) => {
      b.int("int", 4);
      b.composite("STRUCT", "file", 8, []);
    },
    split: (b) => b.composite("STRUCT", "file", 8, [["count", b.ref("PTR", 2), 0]]),
    base: (b) => {
      b.ref("PTR", b.composite("STRUCT", "file", 8, [["other", 3, 0]]));
      b.int("int", 4);
    },
  });
  expect(rawText(btf)).toBe(
    "[4] PTR '(anon)' type_id=1\n[5] STRUCT 'file' size=8 vlen=1\n\t'count' type_id=4 bits_offset=0\n",
  );
});

describe("errors name the type", () => {
  const struct: Build = (b) => b.composite("STRUCT", "s", 8, []);

  test.each<[what: string, distilled: Build, split: Build, base: Build, message: string]>([
    [
      "of another name",
      struct,
      (b) => b.ref("PTR", 1),
      (b) => b.composite("STRUCT", "t", 8, []),
      "Cannot parse BTF: type [1] 's' of the distilled base has no counterpart in the base",
    ],
    [
      "of another size, as a member",
      struct,
      (b) => b.composite("STRUCT", "outer", 8, [["m", b.ref("CONST", b.array(1, 2)), 0]]),
      (b) => b.composite("STRUCT", "s", 16, []),
      "Cannot parse BTF: type [1] 's' of the distilled base has no counterpart in the base",
    ],
    [
      "of another encoding",
      (b) => b.int("int", 4),
      (b) => b.ref("PTR", 1),
      (b) => b.int("int", 4, { encoding: 1 }),
      "Cannot parse BTF: type [1] 'int' of the distilled base has no counterpart in the base",
    ],
    [
      "that the base has twice",
      struct,
      (b) => b.ref("PTR", 1),
      (b) => {
        b.composite("STRUCT", "s", 8, []);
        b.composite("STRUCT", "s", 4, []);
        b.composite("STRUCT", "s", 8, [["m", 0, 0]]);
      },
      "Cannot parse BTF: type [1] 's' of the distilled base could be type [1] or [3] of the base",
    ],
    [
      "of a kind that is not distilled",
      (b) => b.ref("PTR", 0),
      () => undefined,
      struct,
      "Cannot parse BTF: type [1] '' of the distilled base has the kind 2",
    ],
    [
      "without a name",
      (b) => b.composite("STRUCT", "", 8, []),
      () => undefined,
      struct,
      "Cannot parse BTF: type [1] '' of the distilled base has no name",
    ],
    [
      "with a name that is not one of a distilled type",
      (b) => b.composite("STRUCT", "s", 8, [["member", 1, 0]]),
      (b) => b.ref("TYPEDEF", 1, "member"),
      struct,
      "Cannot parse BTF: type [2] has the name 'member', which no distilled type has",
    ],
    [
      "that leads to itself",
      struct,
      (b) => {
        b.ref("CONST", 3);
        b.ref("VOLATILE", 2);
        b.composite("STRUCT", "outer", 8, [["m", 2, 0]]);
      },
      struct,
      "Cannot parse BTF: type [2] refers to itself",
    ],
  ])("%s", (_, distilled, split, base, message) => {
    expect(inspectErrorOf(() => relocated({ distilled, split, base })).message).toBe(message);
  });

  test("a pointer to a struct of another size is none", () => {
    const btf = relocated({
      distilled: struct,
      split: (b) => b.composite("STRUCT", "outer", 8, [["m", b.ref("PTR", 1), 0]]),
      base: (b) => b.composite("STRUCT", "s", 16, []),
    });
    expect(btf.type(2)).toMatchObject({ kind: "PTR", type: 1 });
  });

  test("another base than the one that is relocated", () => {
    const builder = new BtfBuilder();
    const [one, other] = [new Btf(builder.build()), new Btf(builder.build())];
    const split = new Btf(new SplitBuilder(one).build(), one);
    expect(inspectErrorOf(() => relocateBtf(split, other, one)).code).toBe("unsupported");
  });
});
