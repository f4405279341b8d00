/** Graphviz draws every program of the bundled snapshots. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { describe, expect, test } from "vitest";
import { openSource } from "../../src/sources/open.ts";
import { runCli } from "../support/run-cli.ts";

async function svgOf(dot: string): Promise<string> {
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(dot);
  Graphviz.unload(); // 1.29.2 breaks down when it is used a few times over
  return svg;
}

describe.each(["demo", "book"])("--from %s", async (name) => {
  const progs = [...(await openSource(name)).progs()];
  test.each(progs.map(({ id }) => id))("prog dump xlated id %i visual", async (id) => {
    const { stdout, status } = await runCli([
      "--from",
      name,
      "prog",
      "dump",
      "xlated",
      "id",
      String(id),
      "visual",
      "linum",
    ]);
    expect(status).toBe(0);
    const svg = await svgOf(stdout);
    expect(svg.match(/>ENTRY</g)?.length).toBe(stdout.match(/^subgraph/gm)?.length);
  });
});
