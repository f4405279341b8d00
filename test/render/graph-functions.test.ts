import { describe, expect, it } from "vitest";
import { chooseFunctions, namedFunctions } from "../../src/render/graph/functions.ts";
import { EXIT, insn } from "../support/insns.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { graphCode } from "./graph-program.ts";

const call = (off: number) => insn(0x85, { src: 1, off });

const functions = namedFunctions(
  graphCode([call(2), call(2), EXIT, EXIT, EXIT], {
    funcs: [
      [0, "entry"],
      [3, "twin"],
    ],
  }),
);

describe("namedFunctions()", () => {
  it("has names and signatures from BTF, and numbers without", () => {
    expect(functions).toEqual([
      { number: 0, start: 0, end: 3, name: "entry", proto: "int entry()" },
      { number: 1, start: 3, end: 4, name: "twin", proto: "int twin()" },
      { number: 2, start: 4, end: 5, name: "func_2" },
    ]);
  });
});

describe("chooseFunctions()", () => {
  const rows: [wanted: string, starts: number[]][] = [
    ["entry", [0]],
    ["twin", [3]],
    ["func_2", [4]],
    ["func_1", [3]],
    ["0", [0]],
    ["2", [4]],
  ];
  it.each(rows)("finds '%s'", (wanted, starts) => {
    expect(chooseFunctions(functions, wanted).map(({ start }) => start)).toEqual(starts);
  });

  it("finds all functions of a name", () => {
    const twins = namedFunctions(
      graphCode([call(1), EXIT, EXIT, EXIT], {
        funcs: [
          [2, "twin"],
          [3, "twin"],
        ],
      }),
    );
    expect(chooseFunctions(twins, "twin").map(({ start }) => start)).toEqual([2, 3]);
  });

  it("lists what there is", () => {
    const error = inspectErrorOf(() => chooseFunctions(functions, "nope"));
    expect([error.code, error.message]).toEqual([
      "not-found",
      "no function 'nope', there is: entry, twin, func_2",
    ]);
  });

  it("lists twenty at most", () => {
    const many = namedFunctions(graphCode(Array.from({ length: 50 }, () => [call(1), EXIT]).flat()));
    expect(inspectErrorOf(() => chooseFunctions(many, "x")).message).toMatch(/func_19 and 30 more$/);
  });
});
