/** `prog dump xlated ... visual`: the graphs of both tools, as Graphviz reads them. */
import { describe, expect, test } from "vitest";
import { lineOf, recorded, usedRules } from "./compare.ts";
import { type Cluster, facts, readGraph } from "./graph.ts";
import { CRASH_RULE, GRAPH_RULES, type GraphRule } from "./graph-rules.ts";
import type { Shown, Stage } from "./stage.ts";
import { bpflens, bpftool, inPool, run } from "./tools.ts";

export function visualTests(stage: () => Stage): void {
  describe("visual", () => {
    test("the graph of every program", async () => {
      const problems = await inPool(stage().progs, async (prog) => {
        const argv = visual(prog);
        const [theirs, ours] = [await bpftool(argv), await bpflens(argv)];
        expect([ours.status, ours.stderr], lineOf(argv)).toEqual([0, ""]);
        recorded.set(lineOf(argv), ours);
        if (prog.name === CRASH_RULE.program && theirs.status === CRASH_RULE.status) {
          usedRules.add(CRASH_RULE.name);
          return [];
        }
        expect([theirs.status, theirs.stderr], lineOf(argv)).toEqual([0, ""]);
        const [wanted, got] = byRules(await readGraph(theirs.stdout), await readGraph(ours.stdout));
        return difference(lineOf(argv), facts(wanted), facts(got));
      });
      expect(problems.flat()).toEqual([]);
    });

    test("the functions are those of the listing", async () => {
      const problems = await inPool(stage().progs, async (prog) => {
        const clusters = await readGraph((await bpflens(visual(prog))).stdout);
        const { stdout } = await bpflens(visual(prog).slice(0, -1));
        const named = Array.from(stdout.matchAll(/^[^;\s].*\):\n(?:; .*\n)*? *(\d+): /gm), ([, pc]) =>
          Number(pc),
        );
        const starts = clusters.map(({ start }) => start);
        return difference(`functions of ${prog.name}`, named.length > 0 ? named : [0], starts);
      });
      expect(problems.flat()).toEqual([]);
    });

    test("Graphviz draws every program, with and without options", async () => {
      const words = [[], ["linum", "opcodes"]];
      const problems = await inPool(stage().progs, async (prog) => {
        const complaints = [];
        for (const option of words) {
          const { stdout } = await bpflens([...visual(prog), ...option]);
          const { status, stderr, stdout: svg } = await run(["dot", "-Tsvg"], stdout);
          if (status !== 0 || stderr !== "" || !svg.includes("</svg>"))
            complaints.push(`${prog.name} ${option}: ${stderr}`);
        }
        return complaints;
      });
      expect(problems.flat()).toEqual([]);
    });
  });
}

function visual({ id }: Shown): string[] {
  return ["prog", "dump", "xlated", "id", String(id), "visual"];
}

function byRules(
  theirs: readonly Cluster[],
  ours: readonly Cluster[],
): [readonly Cluster[], readonly Cluster[]] {
  let [left, right] = [theirs, ours];
  for (const rule of GRAPH_RULES) {
    [left, right] = [
      rule.side === "bpflens" ? unchanged(rule, left, right) : changed(rule, left, right),
      rule.side === "bpftool" ? unchanged(rule, right, left) : changed(rule, right, left),
    ];
  }
  return [left, right];
}

function changed(rule: GraphRule, graph: readonly Cluster[], other: readonly Cluster[]): readonly Cluster[] {
  const result = rule.apply(graph, other);
  if (same(result, graph)) return graph;
  usedRules.add(rule.name);
  if (!same(rule.apply(result, other), result)) throw new Error(`rule '${rule.name}' is not idempotent`);
  return result;
}

function unchanged(
  rule: GraphRule,
  graph: readonly Cluster[],
  other: readonly Cluster[],
): readonly Cluster[] {
  if (!same(rule.apply(graph, other), graph))
    throw new Error(`rule '${rule.name}' is not for ${rule.side} alone`);
  return graph;
}

function same(a: readonly Cluster[], b: readonly Cluster[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What only one side has; both are multisets. */
function difference(what: string, wanted: readonly unknown[], got: readonly unknown[]): string[] {
  const rest = [...got];
  const missing = wanted.filter((fact) => {
    const at = rest.indexOf(fact);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((fact) => `${what}: lacks ${fact}`), ...rest.map((fact) => `${what}: has ${fact}`)];
}
