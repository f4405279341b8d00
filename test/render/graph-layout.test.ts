import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut } from "../../src/render/graph/layout.ts";
import type { Layout } from "../../src/render/graph/layout-json.ts";
import { inParts } from "../../src/render/graph/parts.ts";
import type { Arrow, Box } from "../../src/render/graph/picture.ts";
import { longestSpan, spans, straightArrows } from "../../src/render/graph/ranks.ts";
import type { Sketch } from "../../src/render/graph/sketch.ts";

/** `0>2 2>0!`: with `!` the arrow closes a loop. */
function arrowsOf(text: string): Arrow[] {
  return Array.from(text.matchAll(/(\d+)>(\d+)(!?)/g), ([, from, to, back]) => ({
    from: Number(from),
    to: Number(to),
    kind: "goto",
    back: back === "!",
  }));
}

const shown = ({ from, to }: { from: number; to: number }) => `${from}>${to}`;

describe("spans()", () => {
  const rows: [behaviour: string, arrows: string, spans: number[]][] = [
    ["is 1 along a line", "0>2 2>3 3>4", [1, 1, 1]],
    ["counts the rows of the longest way", "0>2 2>3 3>4 2>4 0>4", [1, 1, 1, 2, 3]],
    ["counts rows backwards", "0>2 2>3 3>4 4>2!", [1, 1, 1, 2]],
    ["is 0 for a box that leads to itself", "0>2 2>2!", [1, 0]],
    ["puts what nothing leads to in the first row", "0>2 2>3 5>3", [1, 1, 2]],
  ];
  it.each(rows)("%s", (_behaviour, arrows, expected) => {
    expect(spans(arrowsOf(arrows))).toEqual(expected);
  });
});

describe("longestSpan()", () => {
  const rows: [spans: number[], budget: number, longest: number][] = [
    [[1, 1, 5, 9], 100, Number.POSITIVE_INFINITY],
    [[9, 1, 5, 1], 7, 5],
    [[9, 1, 5, 1], 6, 1],
    [[9, 9], 3, 1],
    [[], 0, Number.POSITIVE_INFINITY],
  ];
  it.each(rows)("of %j within %i is %d", (given, budget, longest) => {
    expect(longestSpan(given, budget)).toBe(longest);
  });
});

describe("straightArrows()", () => {
  const rows: [behaviour: string, arrows: string, straight: string[]][] = [
    ["follows a line", "0>2 2>1", ["0>2", "2>1"]],
    ["goes on where there is more to come", "0>2 2>3 2>4 3>1 4>5 5>1", ["0>2", "2>4", "4>5", "5>1"]],
    ["takes the first of two equal ways", "0>2 2>3 2>4 3>5 4>5 5>1", ["0>2", "2>3", "3>5", "5>1"]],
    ["joins from the longer way", "0>2 2>3 2>4 4>5 3>6 5>6 6>1", ["0>2", "2>4", "4>5", "5>6", "6>1"]],
    ["does not go back", "0>2 2>2! 2>1", ["0>2", "2>1"]],
  ];
  it.each(rows)("%s", (_behaviour, arrows, straight) => {
    expect([...straightArrows(arrowsOf(arrows))].map(shown).sort()).toEqual(straight);
  });
});

function boxesOf(count: number): Box[] {
  const numbers = [0, ...Array.from({ length: count }, (_, i) => i + 2), 1];
  return numbers.map((number) => ({
    number,
    role: number === 0 ? "entry" : number === 1 ? "exit" : "block",
    heading: "",
    lines: [],
    reach: "reached",
    exits: false,
    loopHead: false,
    loopDepth: 0,
  }));
}

describe("inParts()", () => {
  it("keeps a function of the size together", () => {
    const arrows = arrowsOf("0>2 2>3 3>2! 3>1");
    const [part, ...others] = inParts({ boxes: boxesOf(2), arrows }, 3);
    expect(others).toEqual([]);
    expect(part?.boxes.map(({ number }) => number)).toEqual([0, 2, 3, 1]);
    expect(part?.arrows).toEqual(arrows);
    expect(part?.leaving.size).toBe(0);
  });

  it("tells the arrows between parts in words, and gives each part its EXIT", () => {
    const parts = inParts({ boxes: boxesOf(3), arrows: arrowsOf("0>2 2>3 2>1 3>4 4>1 4>2!") }, 2);
    expect(parts.map(({ boxes }) => boxes.map(({ number }) => number))).toEqual([
      [0, 2, 1],
      [3, 4, 1],
    ]);
    expect(parts.map(({ arrows }) => arrows.map(shown))).toEqual([
      ["0>2", "2>1"],
      ["3>4", "4>1"],
    ]);
    expect(parts[0]?.leaving.get(2)?.map(shown)).toEqual(["2>3"]);
    expect(parts[0]?.coming.get(2)?.map(shown)).toEqual(["4>2"]);
    expect(parts[1]?.coming.get(3)?.map(shown)).toEqual(["2>3"]);
  });

  it("tells the arrows in words that reach too far for a layout", () => {
    const blocks = Array.from({ length: 300 }, (_, i) => i + 2);
    const arrows = arrowsOf(`0>2 ${blocks.map((n) => `${n}>${n + 1} ${n}>302`).join(" ")}`);
    const [part] = inParts({ boxes: boxesOf(301), arrows }, 1000);
    const drawn = part?.arrows ?? [];
    expect(spans(drawn).reduce((sum, span) => sum + span)).toBeLessThanOrEqual(2000);
    expect(drawn.filter(({ from, to }) => to === from + 1)).toHaveLength(301);
    expect(part?.coming.get(302)?.map(shown)).toContain("2>302");
  });

  it("has every box in one part, and every arrow either drawn or told, at both its ends", () => {
    const flow = fc.integer({ min: 1, max: 12 }).chain((count) => {
      const box = fc.integer({ min: 2, max: count + 1 });
      return fc.record({
        boxes: fc.constant(boxesOf(count)),
        arrows: fc.array(
          fc.record<Arrow>({
            from: box,
            to: fc.oneof(box, fc.constant(1)),
            kind: fc.constant("goto"),
            back: fc.boolean(),
          }),
          { maxLength: 30 },
        ),
        size: fc.integer({ min: 1, max: 15 }),
      });
    });
    fc.assert(
      fc.property(flow, ({ boxes, arrows, size }) => {
        const parts = inParts({ boxes, arrows }, size);
        const inner = parts.flatMap((part) => part.boxes.filter(({ role }) => role !== "exit"));
        expect(inner).toEqual(boxes.filter(({ role }) => role !== "exit"));
        const drawn = parts.flatMap((part) => part.arrows);
        const leaving = [...(parts[0]?.leaving.values() ?? [])].flat();
        const coming = [...(parts[0]?.coming.values() ?? [])].flat();
        expect([...drawn, ...leaving].map(shown).sort()).toEqual(arrows.map(shown).sort());
        expect(leaving.map(shown).sort()).toEqual(coming.map(shown).sort());
        for (const part of parts) {
          const numbers = new Set(part.boxes.map(({ number }) => number));
          expect(part.arrows.every(({ from, to }) => numbers.has(from) && numbers.has(to))).toBe(true);
        }
      }),
    );
  });
});

async function layouts(...sketches: Sketch[]): Promise<(Layout | undefined)[]> {
  const result = [];
  for await (const layout of layOut(sketches)) result.push(layout);
  return result;
}

function sketch(count: number, arrows: string): Sketch {
  return {
    boxes: Array.from({ length: count }, (_, number) => ({
      number,
      width: 100 + number,
      height: 30 + number,
    })),
    arrows: arrowsOf(arrows).map(({ from, to }) => ({ from, to, weight: 1 })),
  };
}

describe("layOut()", () => {
  const rows: [behaviour: string, sketch: Sketch][] = [
    ["a line", sketch(3, "0>1 1>2")],
    ["a loop", sketch(3, "0>1 1>2 2>1")],
    ["a box that leads to itself", sketch(1, "0>0")],
    ["two arrows between the same boxes", sketch(2, "0>1 0>1")],
    ["boxes that nothing joins", sketch(4, "0>1 2>3")],
    ["a single box", sketch(1, "")],
  ];
  it.each(rows)("lays out %s: boxes apart, arrows from below to above", async (_behaviour, given) => {
    const [layout] = await layouts(given);
    expectFit(given, layout as Layout);
  });

  it("lays out several sketches each by itself", async () => {
    const given = rows.map(([, one]) => one);
    const together = await layouts(...given);
    for (const [i, one] of given.entries()) {
      const [alone] = await layouts(one);
      for (const [at, box] of (alone?.boxes ?? []).entries()) {
        expectNear(together[i]?.boxes[at]?.x, box.x);
        expectNear(together[i]?.boxes[at]?.y, box.y);
      }
    }
    for (const [i, layout] of together.entries()) expectFit(given[i] as Sketch, layout as Layout);
  });

  it("is exact far down, too", async () => {
    const line = Array.from({ length: 399 }, (_, i) => `${i}>${i + 1}`).join(" ");
    const given = {
      ...sketch(400, line),
      boxes: sketch(400, "").boxes.map((box) => ({ ...box, height: 500 })),
    };
    const [layout] = await layouts(given);
    expect(layout?.height).toBeGreaterThan(200_000);
    expectFit(given, layout as Layout);
  });

  it("lays out more than go into one batch", async () => {
    const line = Array.from({ length: 299 }, (_, i) => `${i}>${i + 1}`).join(" ");
    const given = Array.from({ length: 5 }, () => sketch(300, line));
    const all = await layouts(...given);
    expect(all.map((layout) => layout?.boxes.length)).toEqual([300, 300, 300, 300, 300]);
  });
});

/** Of rounded numbers. */
const TOLERANCE = 1.5;

function expectNear(value: number | undefined, wanted: number): void {
  expect(Math.abs((value ?? Number.NaN) - wanted)).toBeLessThan(TOLERANCE);
}

function expectFit({ boxes, arrows }: Sketch, layout: Layout): void {
  const placed = boxes.map((box, i) => ({ ...box, ...(layout.boxes[i] as Layout["boxes"][number]) }));
  for (const [i, a] of placed.entries()) {
    expect(a.x - a.width / 2).toBeGreaterThanOrEqual(-TOLERANCE);
    expect(a.y + a.height / 2).toBeLessThanOrEqual(layout.height + TOLERANCE);
    for (const b of placed.slice(i + 1)) {
      const apart =
        Math.abs(a.x - b.x) >= (a.width + b.width) / 2 - TOLERANCE ||
        Math.abs(a.y - b.y) >= (a.height + b.height) / 2 - TOLERANCE;
      expect(apart, `boxes ${a.number} and ${b.number}`).toBe(true);
    }
  }
  for (const [i, { from, to }] of arrows.entries()) {
    const { curve, tip } = layout.arrows[i] as Layout["arrows"][number];
    const [tail, head] = [from, to].map((number) => placed.find((box) => box.number === number));
    expectNear(curve[0]?.x, tail?.x ?? 0);
    expectNear(curve[0]?.y, (tail?.y ?? 0) + (tail?.height ?? 0) / 2);
    expectNear(tip.x, head?.x ?? 0);
    expectNear(tip.y, (head?.y ?? 0) - (head?.height ?? 0) / 2);
    expect(curve.length % 3).toBe(1);
  }
}
