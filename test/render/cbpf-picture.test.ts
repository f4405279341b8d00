import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { describe, expect, test } from "vitest";
import { parseClassic } from "../../src/cbpf/program.ts";
import { classicPicture } from "../../src/render/cbpf/picture.ts";
import { pictureDot } from "../../src/render/graph/dot-graph.ts";
import { lineText } from "../../src/render/graph/lines.ts";
import type { PictureFunction } from "../../src/render/graph/picture.ts";
import { FILTERS, insnsOfNumbers } from "../cbpf/recorded.ts";

function picture(numbers: string): PictureFunction {
  const [func, ...others] = classicPicture(parseClassic(Buffer.from(numbers)).insns).functions;
  expect(others).toEqual([]);
  return func as PictureFunction;
}

const headings = ({ boxes }: PictureFunction) => boxes.map(({ number, heading }) => [number, heading]);
const linesOf = ({ boxes }: PictureFunction, number: number) =>
  boxes.find((box) => box.number === number)?.lines.map(lineText);
const arrowsOf = ({ arrows }: PictureFunction) =>
  arrows.map(({ from, to, kind, back }) => `${from} ${kind}${back ? " back" : ""} ${to}`);

test("conditions and ends", () => {
  const drawn = picture("4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0");
  expect(drawn.about).toBe("pc 0..3: 3 blocks");
  expect(headings(drawn)).toEqual([
    [0, "ENTRY"],
    [2, "block 2"],
    [3, "block 3"],
    [4, "block 4"],
    [1, "EXIT"],
  ]);
  expect(linesOf(drawn, 2)).toEqual(["(000) ldb [9]", "(001) jeq #0x6 jt 2 jf 3"]);
  expect(linesOf(drawn, 3)).toEqual(["(002) ret #1"]);
  expect(arrowsOf(drawn)).toEqual(["0 entry 2", "2 taken 3", "2 fallthrough 4", "3 exit 1", "4 exit 1"]);
  expect(drawn.boxes.map(({ exits }) => exits)).toEqual([false, false, true, true, false]);
});

test("kinds of text", () => {
  const [, block] = picture("4,22 0 0 0,48 0 0 9,21 0 0 1,255 0 0 0").boxes;
  expect(block?.lines).toEqual([
    [
      { kind: "pc", text: "(000) " },
      { kind: "exit", text: "ret" },
    ],
  ]);
  const rest = picture("3,48 0 0 9,255 0 0 0,21 0 0 1").boxes[1];
  expect(rest?.lines.map((line) => line[1])).toEqual([
    { kind: "insn", text: "ldb [9]" },
    { kind: "insn", text: "unimp 0xff" },
    { kind: "jump", text: "jeq #0x1 jt 3 jf 3" },
  ]);
});

test("blocks that nothing leads to, conditions without a choice, jumps out", () => {
  const drawn = picture("5,0 0 0 0,21 0 0 0,6 0 0 0,21 0 8 0,21 0 7 0");
  expect(headings(drawn)).toEqual([
    [0, "ENTRY"],
    [2, "block 2"],
    [3, "block 3"],
    [4, "block 4, unreachable"],
    [5, "block 5, unreachable"],
    [1, "EXIT"],
    [6, "pc 12: no instruction"],
    [7, "pc 5: no instruction"],
  ]);
  expect(arrowsOf(drawn)).toEqual([
    "0 entry 2",
    "2 goto 3",
    "3 exit 1",
    "4 taken 5",
    "4 fallthrough 6",
    "5 taken 7",
    "5 fallthrough 6",
  ]);
});

describe("loops", () => {
  test("one in another", () => {
    // 0: ld, 1: ld, 2: jeq to 3 or 4, 3: ja 1, 4: jeq to 5 or 6, 5: ja 0, 6: ret
    const drawn = picture("7,0 0 0 0,0 0 0 0,21 0 1 0,5 0 0 4294967293,21 0 1 0,5 0 0 4294967290,6 0 0 0");
    expect(drawn.about).toBe("pc 0..6: 6 blocks, 2 loops");
    const blocks = drawn.boxes.filter(({ role }) => role === "block");
    expect(blocks.map(({ loopDepth, loopHead }) => `${loopDepth}${loopHead ? "h" : ""}`)).toEqual([
      "1h",
      "2h",
      "2",
      "1",
      "1",
      "0",
    ]);
    expect(arrowsOf(drawn).filter((text) => text.includes("back"))).toEqual([
      "4 goto back 3",
      "6 goto back 2",
    ]);
  });

  test("of one block", () => {
    const drawn = picture("1,5 0 0 4294967295");
    expect(headings(drawn)[1]).toEqual([2, "block 2, head of a loop"]);
    expect(arrowsOf(drawn)).toEqual(["0 entry 2", "2 goto back 2"]);
  });

  test("in the filters that tcpdump makes them for, and in no others", () => {
    for (const { heading, numbers } of FILTERS) {
      const { about } = picture(numbers);
      expect(/\d loops?$/.test(about), heading).toBe(heading.includes("protochain"));
    }
  });
});

interface Drawn {
  readonly objects: readonly { readonly name: string }[];
  readonly edges: readonly unknown[];
}

async function drawn(dot: string): Promise<Drawn> {
  const graphviz = await Graphviz.load();
  const json = JSON.parse(graphviz.layout(dot, "json", "dot"));
  Graphviz.unload(); // 1.29.2 breaks down when it is used a few times over
  return json;
}

describe("Graphviz draws what tcpdump compiles", () => {
  const some = FILTERS.filter((_, index) => index % 12 === 0);
  test.each(some)("$heading", async ({ numbers }) => {
    const whole = classicPicture(insnsOfNumbers(numbers));
    const [{ boxes, arrows } = { boxes: [], arrows: [] }] = whole.functions;
    const { objects, edges } = await drawn(pictureDot(whole));
    expect(objects.filter(({ name }) => !name.startsWith("cluster"))).toHaveLength(boxes.length);
    expect(edges).toHaveLength(arrows.length);
  });
});
