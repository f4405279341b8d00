import { spawnSync } from "node:child_process";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DotGraph, toDot } from "../../src/dot/dot.ts";

function graph(label: string): DotGraph {
  const node = (id: string, text: string) => ({
    id,
    attributes: { shape: "record", style: "filled", label: text },
  });
  return {
    name: 'a "graph"',
    clusters: [
      {
        id: "cluster_0",
        attributes: { label: "func_0 ()", style: "dashed", color: "black" },
        nodes: [node("a", label), node("b", "ok")],
        edges: [{ tail: "a", head: "b", attributes: { tailport: "s", headport: "n", weight: 10 } }],
      },
    ],
  };
}

interface Layout {
  readonly objects: readonly { readonly label: string; readonly shape?: string }[];
}

async function layout(dot: string): Promise<Layout> {
  const graphviz = await Graphviz.load();
  const json = JSON.parse(graphviz.layout(dot, "json", "dot"));
  Graphviz.unload(); // 1.29.2 breaks down when it is used a few times over
  return json;
}

/** The labels as Graphviz reads them. */
async function labels(dot: string): Promise<string[]> {
  const { objects } = await layout(dot);
  return objects.filter(({ shape }) => shape === "record").map(({ label }) => label);
}

describe("toDot()", () => {
  const rows: [behaviour: string, label: string, read: string][] = [
    ["keeps Graphviz's own escapes", "a\\lb\\l", "a\\lb\\l"],
    ["keeps quotes", 'say "hi"', 'say "hi"'],
    ["keeps an escaped backslash before a quote", '\\\\"x', '\\\\"x'],
    ["drops a lone backslash before a quote", '\\"x', '"x'],
    ["drops a lone backslash at the end", "x\\", "x"],
    ["writes newlines as their escape", "a\nb", "a\\nb"],
    ["does not let a bang begin HTML", "!x", " !x"],
  ];
  it.each(rows)("%s", async (_behaviour, label, read) => {
    expect((await labels(toDot(graph(label))))[0]).toBe(read);
  });

  it("is read by Graphviz whatever the label", async () => {
    const anyText = fc.string({ unit: fc.constantFrom(...'ab"\\\n!&;{}<>| l') });
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const label = text.replace(/[\\{}<>|]/g, "\\$&");
        expect((await layout(toDot(graph(label)))).objects).toHaveLength(3);
      }),
      { numRuns: 30 },
    );
  });

  it("writes nothing on stderr: all attributes are ones that the library knows", () => {
    const script = 'import("./dist/src/dot/dot.js").then(({ toDot }) => toDot(JSON.parse(process.argv[1])))';
    const { stderr, status } = spawnSync(process.execPath, ["-e", script, JSON.stringify(graph("x"))], {
      encoding: "utf8",
    });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });
});
