import { Resvg } from "@resvg/resvg-js";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { InspectError } from "../../src/errors.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { pictureSvg } from "../../src/render/graph/svg.ts";
import { EXIT, insn, MOV_R0_0 } from "../support/insns.ts";
import { graphCode, picture } from "./graph-program.ts";

/** Boxes from which on the layout breaks down, as it does for want of stack. */
const layout = vi.hoisted(() => ({ breaksAt: Number.POSITIVE_INFINITY, calls: 0 }));

vi.mock("@hpcc-js/wasm-graphviz", async (importOriginal) => {
  const { Graphviz } = await importOriginal<typeof import("@hpcc-js/wasm-graphviz")>();
  return {
    Graphviz: {
      unload: () => Graphviz.unload(),
      async load() {
        const graphviz = await Graphviz.load();
        return {
          layout(dot: string, ...rest: ["json", "dot"]) {
            layout.calls++;
            const boxes = dot.match(/^ {2}"\d+_\d+" \[/gm)?.length ?? 0;
            if (boxes >= layout.breaksAt) throw new RangeError("Maximum call stack size exceeded");
            return graphviz.layout(dot, ...rest);
          },
        };
      },
    },
  };
});

beforeEach(() => Object.assign(layout, { breaksAt: Number.POSITIVE_INFINITY, calls: 0 }));

const jeq = (off: number) => insn(0x15, { dst: 1, off });
const call = (off: number) => insn(0x85, { src: 1, off });

async function svg(...args: Parameters<typeof graphCode>): Promise<string> {
  return (await pictureSvg(picture(graphCode(...args)))).text;
}

/** The text of the picture, line by line. */
function shown(text: string): string[] {
  return Array.from(text.matchAll(/<text[^>]*>(.*)<\/text>/g), ([, inside = ""]) =>
    inside
      .replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&"),
  );
}

/** Every link leads to something. */
function expectLinks(text: string): void {
  const ids = new Set(Array.from(text.matchAll(/ id="([^"]+)"/g), ([, id]) => id));
  const links = Array.from(text.matchAll(/ href="#([^"]+)"/g), ([, id]) => id);
  expect(links.filter((id) => !ids.has(id))).toEqual([]);
}

/** A program without jumps, of instructions that are all zeros. */
function straightCode(count: number): ReturnType<typeof graphCode> {
  return { ...graphCode([]), insns: new InsnArray(new Uint8Array(count * 8)) };
}

/** A class that some element has, not the style sheet. */
function has(text: string, className: string): boolean {
  return new RegExp(`class="(?:[^"]* )?${className}(?: [^"]*)?"`).test(text);
}

describe("pictureSvg()", () => {
  it("has all lines of all functions", async () => {
    const text = await svg([jeq(1), call(1), EXIT, EXIT], {
      funcs: [
        [0, "entry"],
        [3, "second"],
      ],
      lines: [{ pc: 0, text: 'if (a < "b" && c)' }],
    });
    expect(shown(text)).toEqual([
      "prog (xdp, id 7)",
      "int entry()",
      "function 0, pc 0..2: 3 blocks",
      "ENTRY",
      "block 2",
      '; if (a < "b" && c)',
      "0: (15) if r1 == 0x0 goto pc+1",
      "block 3",
      '; if (a < "b" && c)',
      "1: (85) call pc+1",
      "block 4",
      '; if (a < "b" && c)',
      "2: (95) exit",
      "EXIT",
      expect.stringMatching(/else|taken/),
      expect.stringMatching(/else|taken/),
      "int second()",
      "function 1, pc 3..3: 1 block",
      "ENTRY",
      "block 2",
      "3: (95) exit",
      "EXIT",
      "double frame: the function ends here",
    ]);
    expectLinks(text);
    expect(text).toContain('<a href="#f1">');
  });

  const looks: [mark: string, slots: Uint8Array[], className: string][] = [
    ["back edges", [jeq(-1), EXIT], "a-back"],
    ["bars for loops", [jeq(-1), EXIT], "bar"],
    ["a colour for heads of loops", [jeq(-1), EXIT], "head"],
    ["a second frame where the function ends", [EXIT], "frame"],
    ["a dotted frame for what is not reached", [EXIT, EXIT], "dead"],
    ["a frame for places outside", [insn(0x05, { off: 7 })], "outside"],
    ["calls", [insn(0x85, { imm: 1 }), EXIT], "t-call"],
    ["taken jumps", [jeq(0), EXIT], "a-taken"],
  ];
  it.each(looks)("has %s where there are any, and only there", async (_mark, slots, className) => {
    expect(has(await svg(slots), className)).toBe(true);
    expect(has(await svg([MOV_R0_0, insn(0x0d)]), className)).toBe(false);
  });

  it("is XML, whatever the text", async () => {
    const anyBytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(anyBytes, async (text) => {
        const note = text.replaceAll("\0", "");
        const drawn = await svg([EXIT], { notes: [[0, note]] });
        expect(new Resvg(drawn, { font: { loadSystemFonts: false } }).width).toBeGreaterThan(0);
        expect(shown(drawn).find((line) => line.startsWith("0: "))).toMatch(/^0: \(95\) exit -> /);
      }),
      { numRuns: 20 },
    );
  });

  it("draws very many blocks in parts, with links from part to part", async () => {
    const slots = Array.from({ length: 1500 }, () => jeq(0));
    const progress: string[] = [];
    const { text } = await pictureSvg(picture(graphCode([...slots, EXIT])), (done, all) => {
      progress.push(`${done}/${all}`);
    });
    expect(shown(text)).toContain("part 1 of 2: blocks 2 to 1000");
    expect(shown(text)).toContain("part 2 of 2: blocks 1001 to 1502");
    expect(shown(text)).toContain("else → block 1001");
    expect(shown(text)).toContain("from blocks 1000, 1000");
    expect(progress).toEqual(["0/1503", "1000/1503", "1503/1503"]);
    expectLinks(text);
  });

  it("draws smaller parts where Graphviz breaks down", async () => {
    layout.breaksAt = 150;
    const slots = Array.from({ length: 400 }, () => jeq(0));
    const text = await svg([...slots, call(1), EXIT, EXIT]);
    expect(shown(text)).toContain("part 4 of 4: blocks 304 to 402");
    expect(shown(text).filter((line) => /^\d+: /.test(line))).toHaveLength(403);
    expectLinks(text);
  });

  it("gives up where Graphviz breaks down over little", async () => {
    layout.breaksAt = 1;
    await expect(svg([EXIT])).rejects.toThrow(
      new InspectError(
        "unsupported",
        "Cannot draw: Graphviz breaks down over the graph; .dot and .json files take it",
      ),
    );
  });

  const tooLarge: [what: string, code: () => ReturnType<typeof graphCode>, message: string][] = [
    [
      "blocks",
      () => graphCode(Array.from({ length: 20_001 }, () => EXIT)),
      "Cannot draw 20003 blocks, at most 20000",
    ],
    ["lines", () => straightCode(200_001), "Cannot draw 200001 lines, at most 200000"],
  ];
  it.each(tooLarge)("refuses too many %s at once", async (_what, code, message) => {
    await expect(pictureSvg(picture(code()))).rejects.toThrow(message);
    expect(layout.calls).toBe(0);
  });

  it("draws a block of very many lines", async () => {
    const { text } = await pictureSvg(picture(straightCode(50_000)));
    expect(shown(text)).toContain("49999: BUG_ld_00");
  });
});
