import { describe, expect, test } from "vitest";
import { type ClassicFlow, classicFlow } from "../../src/cbpf/blocks.ts";
import type { ClassicInsn } from "../../src/cbpf/insn.ts";
import { FILTERS, insnsOfNumbers } from "./recorded.ts";

const load: ClassicInsn = { code: 0x28, jt: 0, jf: 0, k: 12 };
const ret: ClassicInsn = { code: 6, jt: 0, jf: 0, k: 0 };
const jump = (jt: number, jf: number): ClassicInsn => ({ code: 0x15, jt, jf, k: 0 });
const always = (k: number): ClassicInsn => ({ code: 5, jt: 0, jf: 0, k: k >>> 0 });
const strange = (code: number): ClassicInsn => ({ code, jt: 0, jf: 1, k: 0 });

/** `0-2 3-3r`: first and last instruction of each block; r returns, ! is unreachable. Edges: `0t1`, `0fx9` to nowhere. */
function shape({ blocks, edges }: ClassicFlow): [blocks: string, edges: string] {
  const letters = { true: "t", false: "f", either: "e", always: "a", next: "n" };
  return [
    blocks
      .map(({ start, end, returns, reachable }) => {
        return `${start}-${end - 1}${returns ? "r" : ""}${reachable ? "" : "!"}`;
      })
      .join(" "),
    edges.map(({ from, target, to, when }) => `${from}${letters[when]}${to ?? `x${target}`}`).join(" "),
  ];
}

describe("classicFlow()", () => {
  const rows: readonly (readonly [what: string, insns: ClassicInsn[], blocks: string, edges: string])[] = [
    ["nothing", [], "", ""],
    ["a return", [ret], "0-0r", ""],
    ["a straight line", [load, load, ret], "0-2r", ""],
    ["a condition", [load, jump(0, 1), ret, ret], "0-1 2-2r 3-3r", "0t1 0f2"],
    ["two ways that are one", [jump(0, 0), ret], "0-0 1-1r", "0e1"],
    ["two ways that are one, elsewhere", [jump(1, 1), ret, ret], "0-0 1-1r! 2-2r", "0e2"],
    ["a jump", [always(1), load, ret], "0-0 1-1! 2-2r", "0a2 1n2"],
    ["a jump into a line", [jump(0, 1), load, load, ret], "0-0 1-1 2-3r", "0t1 0f2 1n2"],
    ["a jump over a jump", [jump(2, 0), jump(0, 0), ret, ret], "0-0 1-1 2-2r 3-3r", "0t3 0f1 1e2"],
    ["a loop", [load, always(-2), ret], "0-1 2-2r!", "0a0"],
    ["a loop of one", [always(-1)], "0-0", "0a0"],
    ["unreachable, with a loop of its own", [ret, load, always(-2)], "0-0r 1-2!", "1a1"],
    ["no return at the end", [load, load], "0-1", "0nx2"],
    ["jumps out", [jump(0, 9), ret], "0-0 1-1r", "0t1 0fx10"],
    ["both ways out", [jump(8, 9)], "0-0", "0tx9 0fx10"],
    ["a jump before the start", [always(-9)], "0-0", "0ax-8"],
    ["an opcode without meaning", [strange(0xff), ret], "0-1r", ""],
    ["a condition without meaning", [strange(0x55), ret, ret], "0-0 1-1r 2-2r", "0t1 0f2"],
    ["no return: ret x", [strange(0x0e), ret], "0-1r", ""],
  ];
  test.each(rows)("%s", (_, insns, blocks, edges) => {
    expect(shape(classicFlow(insns))).toEqual([blocks, edges]);
  });

  test("what tcpdump compiles is covered by its blocks, reachable and never left", () => {
    for (const { heading, numbers } of FILTERS) {
      const insns = insnsOfNumbers(numbers);
      const { blocks, edges } = classicFlow(insns);
      const covered = blocks.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, index) => start + index),
      );
      expect(covered, heading).toEqual(insns.map((_, pc) => pc));
      expect(edges.filter(({ to }) => to === undefined)).toEqual([]);
      if (!heading.includes("-O"))
        expect(
          blocks.filter(({ reachable }) => !reachable),
          heading,
        ).toEqual([]);
      for (const [index, { returns }] of blocks.entries()) {
        expect(edges.some(({ from }) => from === index)).toBe(!returns);
      }
    }
  });
});
