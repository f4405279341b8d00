import { Graphviz } from "@hpcc-js/wasm-graphviz";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { pictureDot } from "../../src/render/graph/dot-graph.ts";
import { EXIT, insn, MOV_R0_0 } from "../support/insns.ts";
import { graphCode, picture } from "./graph-program.ts";

interface Read {
  readonly objects: readonly {
    readonly name: string;
    readonly label?: string;
    readonly style?: string;
    readonly peripheries?: string;
  }[];
  readonly edges: readonly { readonly label?: string; readonly style?: string }[];
}

/** What Graphviz makes of the text. */
async function read(dot: string): Promise<Read> {
  const graphviz = await Graphviz.load();
  const json = JSON.parse(graphviz.layout(dot, "dot_json", "dot"));
  Graphviz.unload();
  return json;
}

const jeq = (off: number) => insn(0x15, { dst: 1, off });

afterEach(() => vi.restoreAllMocks());

describe("pictureDot()", () => {
  it("is read by Graphviz: boxes, marks, labels of arrows", async () => {
    const { objects, edges } = await read(pictureDot(picture(graphCode([jeq(-1), EXIT, EXIT]))));
    expect(objects.map(({ name, label, style, peripheries }) => [name, label, style, peripheries])).toEqual([
      ["cluster_0", "func_0\\lfunction 0, pc 0..2: 3 blocks, 1 loop\\l", undefined, undefined],
      ["f0_b0", "ENTRY", "rounded,filled", undefined],
      ["f0_b2", "block 2, head of a loop\\l0: (15) if r1 == 0x0 goto pc-1\\l", "filled", undefined],
      ["f0_b3", "block 3\\l1: (95) exit\\l", undefined, "2"],
      ["f0_b4", "block 4, unreachable\\l2: (95) exit\\l", "dotted", "2"],
      ["f0_b1", "EXIT", "rounded,filled", undefined],
    ]);
    expect(edges.map(({ label = "", style = "" }) => `${label}${style}`)).toEqual([
      "",
      " else ",
      " taken, loop dashed",
      "",
      "",
    ]);
  });

  it("uses no attribute that the library does not know", async () => {
    const complaints = vi.spyOn(console, "error");
    pictureDot(picture(graphCode([jeq(-1), insn(0x0d), EXIT, jeq(77), EXIT])));
    expect(complaints).not.toHaveBeenCalled();
  });

  it("keeps any text as it is", async () => {
    const anyText = fc.string({ unit: fc.constantFrom(...'ab"\\!&;{}<>|#lN') });
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const code = graphCode([EXIT], { notes: [[0, `x${text}y`]] });
        const { objects } = await read(pictureDot(picture(code)));
        const label = objects.find(({ name }) => name === "f0_b2")?.label ?? "";
        // What Graphviz does with a label: https://graphviz.org/docs/attr-types/escString/
        const shown = label
          .replaceAll("&amp;", "&")
          .replace(/\\(.)/g, (_, char) => (char === "l" ? "\n" : char));
        expect(shown).toBe(`block 2\n0: (95) exit -> x${text}y\n`);
      }),
      { numRuns: 30 },
    );
  });

  it("tells Graphviz to hurry over large graphs", () => {
    const large = Array.from({ length: 1600 }, () => jeq(0));
    expect(pictureDot(picture(graphCode([...large, EXIT])))).toMatch(/mclimit =0.1, splines = "polyline"/);
    expect(pictureDot(picture(graphCode([MOV_R0_0, EXIT])))).not.toMatch(/mclimit|splines/);
  });
});
