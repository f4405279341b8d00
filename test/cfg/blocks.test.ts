import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlFlow } from "../../src/cfg/blocks.ts";
import { findFunctions } from "../../src/cfg/functions.ts";
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
const callback = (imm: number) => insns(insn(0x18, { dst: 1, src: 4, imm }), insn(0));
const imm64 = insns(insn(0x18, { dst: 1, imm: 7 }), insn(0));

/** `start-end` of each block and `from>to` of each edge, the first function's. */
function shape(...slots: Uint8Array[]): { blocks: string; edges: string } {
  const array = new InsnArray(insns(...slots));
  const [main] = findFunctions(array);
  if (!main) throw new Error("no function");
  const { blocks, edges } = controlFlow(array, main);
  return {
    blocks: blocks.map(({ start, end }) => `${start}-${end}`).join(" "),
    edges: edges.map(({ from, to }) => `${from}>${to}`).join(" "),
  };
}

describe("controlFlow()", () => {
  const rows: [behaviour: string, slots: Uint8Array[], blocks: string, edges: string][] = [
    ["keeps straight code in one block", [MOV_R0_0, MOV_R0_0, EXIT], "0-3", "0>2 2>1"],
    ["does not end a block at a call", [helper, MOV_R0_0, EXIT], "0-3", "0>2 2>1"],
    [
      "gives a conditional jump two edges, the next block first",
      [jeq(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>3 2>4 3>4 4>1",
    ],
    ["knows 32-bit jumps", [jlt32(1), MOV_R0_0, EXIT], "0-1 1-2 2-3", "0>2 2>3 2>4 3>4 4>1"],
    ["gives a jump to the next instruction one edge", [jeq(0), EXIT], "0-1 1-2", "0>2 2>3 3>1"],
    [
      "follows goto, and does not fall through it",
      [goto(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>4 3>4 4>1",
    ],
    ["makes a loop of a jump backwards", [MOV_R0_0, jeq(-2), EXIT], "0-2 2-3", "0>2 2>3 2>2 3>1"],
    ["leads every exit to EXIT", [jeq(1), EXIT, MOV_R0_0, EXIT], "0-1 1-2 2-4", "0>2 2>3 2>4 3>1 4>1"],
    [
      "starts a block after an exit that nothing jumps over",
      [EXIT, MOV_R0_0, EXIT],
      "0-1 1-3",
      "0>2 2>1 3>1",
    ],
    ["follows the immediate of gotol", [gotol(1), MOV_R0_0, EXIT], "0-1 1-2 2-3", "0>2 2>4 3>4 4>1"],
    [
      "takes may_goto for a conditional jump",
      [mayGoto(1), MOV_R0_0, EXIT],
      "0-1 1-2 2-3",
      "0>2 2>3 2>4 3>4 4>1",
    ],
    ["knows no targets of gotox", [gotox, EXIT], "0-1 1-2", "0>2 3>1"],
    ["counts both slots of a 64-bit load", [jeq(2), imm64, EXIT], "0-1 1-3 3-4", "0>2 2>3 2>4 3>4 4>1"],
    ["makes no block in the middle of an instruction", [jeq(1), imm64, EXIT], "0-1 1-4", "0>2 2>3 2>1 3>1"],
    ["lets a jump out of the program go to EXIT", [jeq(9), EXIT], "0-1 1-2", "0>2 2>3 2>1 3>1"],
    ["lets code without an exit fall into EXIT", [MOV_R0_0], "0-1", "0>2 2>1"],
  ];
  it.each(rows)("%s", (_behaviour, slots, blocks, edges) => {
    expect(shape(...slots)).toEqual({ blocks, edges });
  });

  it("covers every slot once and has edges between blocks only, whatever the bytes", () => {
    const slot = fc.record({
      code: fc.constantFrom(0x05, 0x06, 0x0d, 0x15, 0x1d, 0x18, 0x85, 0x95, 0xb7, 0xe5, 0x16, 0x61),
      src: fc.nat(5),
      off: fc.integer({ min: -6, max: 6 }),
      imm: fc.integer({ min: -6, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(slot, { minLength: 1, maxLength: 12 }), (slots) => {
        const array = new InsnArray(insns(...slots.map(({ code, ...rest }) => insn(code, rest))));
        const covered = findFunctions(array).flatMap((range) => {
          const { blocks, edges } = controlFlow(array, range);
          const numbers = new Set([0, 1, ...blocks.map(({ number }) => number)]);
          for (const { from, to } of edges) expect(numbers.has(from) && numbers.has(to)).toBe(true);
          return blocks.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
        });
        expect(covered).toEqual(Array.from({ length: array.length }, (_, i) => i));
      }),
    );
  });
});

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
  ];
  it.each(rows)("%s", (_behaviour, slots, funcs, expected) => {
    const found = findFunctions(
      new InsnArray(insns(...slots)),
      funcs.map((insnOff) => ({ insnOff, typeId: 1 })),
    );
    expect(found.map(({ number, start, end }) => `${number}:${start}-${end}`).join(" ")).toBe(expected);
  });
});
