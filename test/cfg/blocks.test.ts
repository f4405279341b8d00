import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlFlow, type FunctionGraph } from "../../src/cfg/blocks.ts";
import { findFunctions } from "../../src/cfg/functions.ts";
import type { Outside } from "../../src/cfg/outside.ts";
import type { EdgeKind, FlowHints } from "../../src/cfg/ways-out.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";

const goto = (off: number) => insn(0x05, { off });
const gotol = (imm: number) => insn(0x06, { imm });
const gotox = insn(0x0d, { dst: 1 });
const jeq = (off: number) => insn(0x15, { dst: 1, off });
const jlt32 = (off: number) => insn(0xa6, { dst: 1, off });
const mayGoto = (off: number) => insn(0xe5, { off });
const helper = insn(0x85, { imm: 5 });
const call = (off: number) => insn(0x85, { src: 1, off });
const callNear = (imm: number) => insn(0x85, { src: 1, imm });
const callback = (imm: number) => insns(insn(0x18, { dst: 1, src: 4, imm }), insn(0));
const imm64 = insns(insn(0x18, { dst: 1, imm: 7 }), insn(0));

const throws = insn(0x85, { src: 2, imm: 99 });

function mainGraph(slots: readonly Uint8Array[], hints?: FlowHints): FunctionGraph {
  const array = new InsnArray(insns(...slots));
  const [main] = findFunctions(array);
  if (!main) throw new Error("no function");
  return controlFlow(array, main, hints);
}

/** `start-end` of each block and `from>to` of each edge, with a letter for its kind, the first function's. */
function shape(slots: readonly Uint8Array[], hints?: FlowHints): { blocks: string; edges: string } {
  const { blocks, edges } = mainGraph(slots, hints);
  return {
    blocks: blocks.map(({ start, end }) => `${start}-${end}`).join(" "),
    edges: edges
      .map(({ from, to, kind, back }) => `${from}>${to}${LETTERS[kind]}${back ? "!" : ""}`)
      .join(" "),
  };
}

const LETTERS = {
  entry: "",
  next: "n",
  fallthrough: "f",
  taken: "t",
  goto: "g",
  indirect: "i",
  exit: "x",
  throw: "w",
} as const satisfies Record<EdgeKind, string>;

describe("controlFlow()", () => {
  const rows: [behaviour: string, slots: Uint8Array[], blocks: string, edges: string][] = [
    ["keeps straight code in one block", [MOV_R0_0, MOV_R0_0, EXIT], "0-3", "0>2 2>1x"],
    ["does not end a block at a call", [helper, MOV_R0_0, EXIT], "0-3", "0>2 2>1x"],
    [
      "gives a conditional jump two edges, the next block first",
      [jeq(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>3f 2>4t 3>4n 4>1x",
    ],
    ["knows 32-bit jumps", [jlt32(1), MOV_R0_0, EXIT], "0-1 1-2 2-3", "0>2 2>3f 2>4t 3>4n 4>1x"],
    ["gives a jump to the next instruction both its edges", [jeq(0), EXIT], "0-1 1-2", "0>2 2>3f 2>3t 3>1x"],
    [
      "follows goto, and does not fall through it",
      [goto(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>4g 3>4n 4>1x",
    ],
    ["makes a loop of a jump backwards", [MOV_R0_0, jeq(-2), EXIT], "0-2 2-3", "0>2 2>3f 2>2t! 3>1x"],
    ["splits a block that a jump leads into", [MOV_R0_0, MOV_R0_0, goto(-2)], "0-1 1-3", "0>2 2>3n 3>3g!"],
    ["leads every exit to EXIT", [jeq(1), EXIT, MOV_R0_0, EXIT], "0-1 1-2 2-4", "0>2 2>3f 2>4t 3>1x 4>1x"],
    ["knows exits of the 32-bit class", [insn(0x96), EXIT], "0-1 1-2", "0>2 2>1x 3>1x"],
    [
      "starts a block after an exit that nothing jumps over",
      [EXIT, MOV_R0_0, EXIT],
      "0-1 1-3",
      "0>2 2>1x 3>1x",
    ],
    ["follows the immediate of gotol", [gotol(1), MOV_R0_0, EXIT], "0-1 1-2 2-3", "0>2 2>4g 3>4n 4>1x"],
    [
      "takes may_goto for a conditional jump",
      [mayGoto(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>3f 2>4t 3>4n 4>1x",
    ],
    ["knows no targets of gotox", [gotox, EXIT], "0-1 1-2", "0>2 3>1x"],
    ["counts both slots of a 64-bit load", [jeq(2), imm64, EXIT], "0-1 1-3 3-4", "0>2 2>3f 2>4t 3>4n 4>1x"],
    [
      "has one place outside for each target",
      [jeq(9), jeq(8), EXIT],
      "0-1 1-2 2-3",
      "0>2 2>3f 2>5t 3>4f 3>5t 4>1x",
    ],
    ["leads code without an exit outside", [MOV_R0_0], "0-1", "0>2 2>3n"],
  ];
  it.each(rows)("%s", (_behaviour, slots, blocks, edges) => {
    expect(shape(slots)).toEqual({ blocks, edges });
  });

  const outside: [behaviour: string, slots: Uint8Array[], places: Outside[]][] = [
    ["behind the program", [jeq(9), EXIT], [{ number: 4, target: 10, what: "nothing" }]],
    ["before the program", [goto(-7)], [{ number: 3, target: -6, what: "nothing" }]],
    ["in the middle of an instruction", [jeq(1), imm64, EXIT], [{ number: 4, target: 2, what: "half" }]],
    ["in another function", [call(1), goto(1), EXIT, EXIT], [{ number: 3, target: 3, what: "function" }]],
    ["behind the last instruction", [call(1), MOV_R0_0, EXIT], [{ number: 3, target: 2, what: "function" }]],
  ];
  it.each(outside)("tells of a place %s", (_where, slots, places) => {
    expect(mainGraph(slots).outside).toEqual(places);
  });

  it("takes the targets of gotox from whoever knows them", () => {
    const jumpTargets = (pc: number) => (pc === 1 ? [2, 4, 2, 77] : undefined);
    expect(shape([MOV_R0_0, gotox, MOV_R0_0, MOV_R0_0, EXIT], { jumpTargets })).toEqual({
      blocks: "0-2 2-4 4-5",
      edges: "0>2 2>3i 2>4i 2>5i 3>4n 4>1x",
    });
  });

  it("ends a block at a call that does not return", () => {
    expect(shape([throws, EXIT], { isThrow: ({ imm }) => imm === 99 })).toEqual({
      blocks: "0-1 1-2",
      edges: "0>2 2>1w 3>1x",
    });
  });

  const reach: [behaviour: string, slots: Uint8Array[], reach: string, unknown: number[]][] = [
    ["marks what is not reached", [goto(1), MOV_R0_0, EXIT], "reached unreachable reached", []],
    ["marks a loop that is not reached", [EXIT, MOV_R0_0, goto(-2)], "reached unreachable", []],
    ["does not know what gotox reaches", [gotox, EXIT], "reached unknown", [2]],
    [
      "does not wonder about gotox that is not reached",
      [EXIT, gotox, EXIT],
      "reached unreachable unreachable",
      [3],
    ],
  ];
  it.each(reach)("%s", (_behaviour, slots, expected, unknown) => {
    const { blocks } = mainGraph(slots);
    expect(blocks.map((block) => block.reach).join(" ")).toBe(expected);
    expect(blocks.filter(({ targetsUnknown }) => targetsUnknown).map(({ number }) => number)).toEqual(
      unknown,
    );
  });

  it("has nothing but an edge for no instructions", () => {
    expect(controlFlow(new InsnArray(new Uint8Array(7)), { number: 0, start: 0, end: 0 })).toMatchObject({
      blocks: [],
      edges: [{ from: 0, to: 1, kind: "entry", back: false }],
    });
  });

  const slot = fc.record({
    code: fc.constantFrom(0x05, 0x06, 0x0d, 0x15, 0x1d, 0x18, 0x85, 0x95, 0xb7, 0xe5, 0x16, 0x61),
    src: fc.nat(5),
    off: fc.integer({ min: -6, max: 6 }),
    imm: fc.integer({ min: -6, max: 6 }),
  });
  const anyBytes = fc.oneof(
    fc
      .array(slot, { minLength: 1, maxLength: 16 })
      .map((slots) => insns(...slots.map(({ code, ...rest }) => insn(code, rest)))),
    fc.uint8Array({ minLength: 8, maxLength: 256 }),
  );

  it("covers every slot once, whatever the bytes", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const array = new InsnArray(bytes);
        const covered = findFunctions(array).flatMap((range) =>
          controlFlow(array, range).blocks.flatMap(({ start, end }) =>
            Array.from({ length: end - start }, (_, i) => start + i),
          ),
        );
        expect(covered).toEqual(Array.from({ length: array.length }, (_, i) => i));
      }),
    );
  });

  it("has edges between known places only, and marks what they do not reach", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const array = new InsnArray(bytes);
        for (const range of findFunctions(array)) {
          const { blocks, outside, edges } = controlFlow(array, range);
          const numbers = [
            0,
            1,
            ...blocks.map(({ number }) => number),
            ...outside.map(({ number }) => number),
          ];
          expect(numbers).toEqual(numbers.map((_, i) => i));
          expect(edges.filter(({ from, to }) => !numbers.includes(from) || !numbers.includes(to))).toEqual(
            [],
          );
          const reached = reachable(edges);
          expect(blocks.filter((block) => (block.reach === "reached") !== reached.has(block.number))).toEqual(
            [],
          );
        }
      }),
    );
  });
});

/** Slow, and plain to see. */
function reachable(edges: readonly { from: number; to: number }[]): Set<number> {
  const reached = new Set([0]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
  }
  return reached;
}

describe("findFunctions()", () => {
  const rows: [behaviour: string, slots: Uint8Array[], funcs: number[], expected: string][] = [
    ["has the main function alone", [MOV_R0_0, EXIT], [], "0:0-2"],
    ["finds what is called", [call(1), EXIT, MOV_R0_0, EXIT], [], "0:0-2 1:2-4"],
    [
      "numbers by discovery, orders by address",
      [call(3), call(1), EXIT, EXIT, EXIT],
      [],
      "0:0-3 2:3-4 1:4-5",
    ],
    ["finds callbacks", [callback(2), EXIT, MOV_R0_0, EXIT], [], "0:0-3 1:3-5"],
    ["does not take helper calls for functions", [helper, EXIT], [], "0:0-2"],
    ["adds what func_info names", [MOV_R0_0, EXIT, EXIT], [0, 2], "0:0-2 1:2-3"],
    ["leaves out targets past the end", [call(9), call(-9), EXIT], [7], "0:0-3"],
    ["does not begin inside an instruction", [call(1), imm64, EXIT, EXIT], [2, 4], "0:0-4 1:4-5"],
    ["reads the immediate of a call that is not loaded yet", [callNear(1), EXIT, EXIT], [], "0:0-2 1:2-3"],
    [
      "takes a distance that was cut to 16 bits for the function with that index",
      [insn(0x85, { src: 1, off: 1, imm: 1 }), ...Array.from({ length: 65_537 }, () => EXIT), EXIT],
      [0, 65_538],
      "0:0-65538 1:65538-65539",
    ],
  ];
  it.each(rows)("%s", (_behaviour, slots, funcs, expected) => {
    const found = findFunctions(
      new InsnArray(insns(...slots)),
      funcs.map((insnOff) => ({ insnOff, typeId: 1 })),
    );
    expect(found.map(({ number, start, end }) => `${number}:${start}-${end}`).join(" ")).toBe(expected);
  });
});
