import { describe, expect, it } from "vitest";
import { lineText } from "../../src/render/graph/lines.ts";
import { type Arrow, arrowLabel } from "../../src/render/graph/picture.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";
import { graphCode, picture } from "./graph-program.ts";

const jeq = (off: number) => insn(0x15, { dst: 1, off });
const goto = (off: number) => insn(0x05, { off });
const gotox = insn(0x0d);
const call = (off: number) => insn(0x85, { src: 1, off });
const callback = (imm: number) => insns(insn(0x18, { dst: 2, src: 4, imm }), insn(0));

function boxes(...args: Parameters<typeof graphCode>) {
  return picture(graphCode(...args)).functions[0]?.boxes ?? [];
}

/** The text of block 2. */
function text(
  code: ReturnType<typeof graphCode>,
  options: { linum?: boolean; opcodes?: boolean } = {},
): string[] {
  const block = picture(code, options).functions[0]?.boxes[1];
  return block?.lines.map(lineText) ?? [];
}

/** In words, of a program whose indirect jumps lead to `targets`. */
function arrows(slots: readonly Uint8Array[], targets: readonly number[]): string[] {
  const code = { ...graphCode(slots), jumpTargets: { of: () => targets, all: () => targets } };
  const [main] = picture(code).functions;
  return (main?.arrows ?? []).map((arrow) => `${arrow.from}>${arrow.to} ${arrowLabel(arrow)}`.trimEnd());
}

describe("programPicture()", () => {
  const marks: [behaviour: string, slots: Uint8Array[], headings: string[]][] = [
    ["numbers blocks", [jeq(0), EXIT], ["ENTRY", "block 2", "block 3", "EXIT"]],
    ["marks loops", [jeq(-1), EXIT], ["ENTRY", "block 2, head of a loop", "block 3", "EXIT"]],
    [
      "marks loops with several entries",
      [jeq(1), jeq(0), jeq(-2), EXIT],
      [
        "ENTRY",
        "block 2",
        "block 3, head of a loop that is entered elsewhere, too",
        "block 4",
        "block 5",
        "EXIT",
      ],
    ],
    ["marks what is not reached", [EXIT, EXIT], ["ENTRY", "block 2", "block 3, unreachable", "EXIT"]],
    [
      "does not pretend to know where gotox leads",
      [gotox, EXIT],
      ["ENTRY", "block 2, jump targets unknown", "block 3, reached by gotox at most", "EXIT"],
    ],
    ["has places outside", [goto(5)], ["ENTRY", "block 2", "EXIT", "pc 6: no instruction"]],
  ];
  it.each(marks)("%s", (_behaviour, slots, headings) => {
    expect(boxes(slots).map(({ heading }) => heading)).toEqual(headings);
  });

  it("tells of each function: signature or number, extent, counts", () => {
    const code = graphCode([call(1), EXIT, jeq(-1), EXIT], { funcs: [[0, "entry"]] });
    expect(picture(code).functions.map(({ number, title, about }) => [number, title, about])).toEqual([
      [0, "int entry()", "function 0, pc 0..1: 1 block"],
      [1, "func_1", "function 1, pc 2..3: 2 blocks, 1 loop"],
    ]);
  });

  it("counts the loops around a block", () => {
    const nested = boxes([MOV_R0_0, MOV_R0_0, jeq(-2), jeq(-4), EXIT]);
    expect(nested.map(({ loopDepth }) => loopDepth)).toEqual([0, 1, 2, 1, 0, 0]);
  });

  it("marks the blocks that end the function", () => {
    expect(boxes([jeq(1), EXIT, EXIT]).map(({ exits }) => exits)).toEqual([false, false, true, true, false]);
  });

  it("links calls and callbacks to the functions that are drawn", () => {
    const code = graphCode([call(3), callback(2), EXIT, EXIT, EXIT]);
    const [lines] = picture(code).functions.map((func) => func.boxes.flatMap((box) => box.lines.flat()));
    expect(lines?.flatMap(({ kind, func }) => (func === undefined ? [] : [[kind, func]]))).toEqual([
      ["call", 1],
      ["call", 1],
    ]);
  });

  it("tells what kind of instruction a line has", () => {
    const [, block] = boxes([MOV_R0_0, insn(0x85, { imm: 5 }), insn(0x95)]);
    expect(block?.lines.map((line) => line.map(({ kind }) => kind).join(" "))).toEqual([
      "pc insn",
      "pc call",
      "pc exit",
    ]);
  });

  it("prints notes and opcodes", () => {
    const code = graphCode([MOV_R0_0, EXIT], { notes: [[0, "x"]] });
    expect(text(code, { opcodes: true })).toEqual([
      "0: (b7) r0 = 0 -> x",
      "    b7 00 00 00 00 00 00 00",
      "1: (95) exit",
      "    95 00 00 00 00 00 00 00",
    ]);
  });

  const lines = [
    { pc: 0, text: "one();", line: 1, column: 5 },
    { pc: 1, text: "one();", line: 1, column: 9 },
    { pc: 2, text: "two();", line: 2 },
  ];
  it("prints a source line once where its columns alone differ", () => {
    const code = graphCode([MOV_R0_0, MOV_R0_0, EXIT], { lines });
    expect(text(code)).toEqual(["; one();", "0: (b7) r0 = 0", "1: (b7) r0 = 0", "; two();", "2: (95) exit"]);
  });

  it("prints it for each column where columns are asked for", () => {
    const code = graphCode([MOV_R0_0, MOV_R0_0, EXIT], { lines });
    expect(text(code, { linum: true })).toEqual([
      "; [a.c line:1 col:5]",
      "; one();",
      "0: (b7) r0 = 0",
      "; [a.c line:1 col:9]",
      "; one();",
      "1: (b7) r0 = 0",
      "; [a.c line:2 col:5]",
      "; two();",
      "2: (95) exit",
    ]);
  });

  it("does not lend a function the last line of the one before", () => {
    const code = graphCode([call(1), EXIT, EXIT], { lines: [{ pc: 0, text: "x" }] });
    const second = picture(code).functions[1]?.boxes[1];
    expect(second?.lines.map(lineText)).toEqual(["2: (95) exit"]);
  });

  const texts: [behaviour: string, source: string, shown: string][] = [
    ["reads UTF-8", "caf\xc3\xa9", "; café"],
    ["shows bytes that are none", "a\xffb", "; a\\xffb"],
    ["shows control characters", "a\x1b[31m", "; a\\x1b[31m"],
    ["makes blanks of tabs", "a\tb", "; a    b"],
  ];
  it.each(texts)("%s", (_behaviour, source, shown) => {
    expect(text(graphCode([EXIT], { lines: [{ pc: 0, text: source }] }))[0]).toBe(shown);
  });

  it("goes on in further lines where a line is long, and leaves nothing out", () => {
    const source = `${"word ".repeat(50)}${"x".repeat(250)}`;
    const shown = text(graphCode([EXIT], { lines: [{ pc: 0, text: source }] })).slice(0, -1);
    expect(shown.map((line) => line.length).filter((length) => length > 100)).toEqual([]);
    expect(shown.map((line, i) => (i === 0 ? line : line.replace(/^ {6}/, ""))).join("")).toBe(`; ${source}`);
  });
});

describe("programPicture() of indirect jumps", () => {
  it("labels their arrows, those of loops too", () => {
    expect(arrows([MOV_R0_0, gotox, EXIT], [0, 2])).toEqual(["0>2", "2>2 gotox, loop", "2>3 gotox", "3>1"]);
  });

  it("marks what none of them leads to", () => {
    const targets = [2];
    const code = {
      ...graphCode([gotox, EXIT, EXIT]),
      jumpTargets: { of: () => targets, all: () => targets },
    };
    expect(picture(code).functions[0]?.boxes.map(({ heading }) => heading)).toEqual([
      "ENTRY",
      "block 2",
      "block 3, unreachable",
      "block 4",
      "EXIT",
    ]);
  });
});

describe("programPicture() of hostile text", () => {
  it("has the beginning of lines that no code has", () => {
    const code = graphCode([EXIT], { notes: [[0, "x".repeat(1_000_000)]] });
    expect(text(code).join("").length).toBeLessThan(2300);
    expect(text(code).at(-1)).toMatch(/x…$/);
  });
});

describe("arrowLabel()", () => {
  const rows: [kind: Arrow["kind"], back: boolean, label: string][] = [
    ["next", false, ""],
    ["goto", true, "loop"],
    ["taken", false, "taken"],
    ["taken", true, "taken, loop"],
    ["fallthrough", false, "else"],
    ["indirect", true, "gotox, loop"],
  ];
  it.each(rows)("names %s (back: %s) '%s'", (kind, back, label) => {
    expect(arrowLabel({ from: 2, to: 3, kind, back })).toBe(label);
  });
});
