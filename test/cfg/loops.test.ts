import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nestLoops } from "../../src/cfg/loops.ts";
import { type Adjacency, walkDepthFirst } from "../../src/cfg/walk.ts";

type Pair = readonly [from: number, to: number];

function adjacency(nodes: number, pairs: readonly Pair[]): Adjacency {
  const sorted = pairs.toSorted(([a], [b]) => a - b);
  const offsets = Array.from(
    { length: nodes + 1 },
    (_, node) => sorted.filter(([from]) => from < node).length,
  );
  return { offsets: Int32Array.from(offsets), targets: Int32Array.from(sorted, ([, to]) => to) };
}

function loopsOf(nodes: number, pairs: readonly Pair[]) {
  const graph = adjacency(nodes, pairs);
  const walk = walkDepthFirst(graph);
  return { graph, walk, ...nestLoops(graph, walk) };
}

/** `2<0 irreducible`: the loop with head 2 is in the one with head 0. */
function shape(nodes: number, pairs: readonly Pair[]): string[] {
  const { heads, around, irreducible } = loopsOf(nodes, pairs);
  return heads.map(
    (head) =>
      `${head}${around[head] === -1 ? "" : `<${around[head]}`}${irreducible[head] ? " irreducible" : ""}`,
  );
}

describe("nestLoops()", () => {
  const rows: [behaviour: string, nodes: number, pairs: Pair[], loops: string[]][] = [
    [
      "finds none in a straight line",
      3,
      [
        [0, 1],
        [1, 2],
      ],
      [],
    ],
    [
      "finds a node that leads to itself",
      2,
      [
        [0, 1],
        [1, 1],
      ],
      ["1"],
    ],
    [
      "finds a loop",
      4,
      [
        [0, 1],
        [1, 2],
        [2, 1],
        [2, 3],
      ],
      ["1"],
    ],
    [
      "finds one for two ways back",
      4,
      [
        [0, 1],
        [1, 2],
        [2, 1],
        [1, 3],
        [3, 1],
      ],
      ["1"],
    ],
    [
      "nests them",
      5,
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 2],
        [3, 4],
        [4, 1],
      ],
      ["1", "2<1"],
    ],
    [
      "tells neighbours apart",
      5,
      [
        [0, 1],
        [1, 1],
        [1, 2],
        [2, 3],
        [3, 2],
      ],
      ["1", "2"],
    ],
    [
      "marks one that is entered in the middle",
      3,
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 1],
      ],
      ["1 irreducible"],
    ],
    [
      "keeps the loop around an irreducible one",
      5,
      [
        [0, 1],
        [1, 2],
        [1, 3],
        [2, 3],
        [3, 2],
        [3, 4],
        [4, 1],
      ],
      ["1", "2<1 irreducible"],
    ],
    [
      "does not mind dead code that leads into a loop",
      4,
      [
        [0, 1],
        [1, 2],
        [2, 1],
        [3, 2],
      ],
      ["1"],
    ],
    [
      "finds loops in dead code",
      3,
      [
        [1, 2],
        [2, 1],
      ],
      ["1"],
    ],
  ];
  it.each(rows)("%s", (_behaviour, nodes, pairs, loops) => {
    expect(shape(nodes, pairs)).toEqual(loops);
  });

  const anyGraph = fc
    .integer({ min: 1, max: 9 })
    .chain((nodes) =>
      fc.tuple(
        fc.constant(nodes),
        fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { maxLength: 2 * nodes }),
      ),
    );

  it("calls an edge back exactly where its end dominates its beginning, if loops are entered at their heads", () => {
    fc.assert(
      fc.property(anyGraph, ([nodes, pairs]) => {
        const { graph, walk, irreducible } = loopsOf(nodes, pairs);
        for (const [edge, [from, to]] of edgesOf(graph).entries()) {
          if (!reachable(graph).has(from)) continue;
          const dominates = !reachable(graph, to).has(from);
          if (dominates) expect(walk.isBack[edge]).toBe(1);
          else if (walk.isBack[edge] === 1) expect(irreducible[to]).toBe(1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("finds the loops that taking heads away from strongly connected parts finds", () => {
    fc.assert(
      fc.property(anyGraph, ([nodes, pairs]) => {
        const { graph, walk, heads, around } = loopsOf(nodes, pairs);
        const found = heads.map((head) => [head, bodyOf(head, around)] as const);
        expect(byHead(found)).toEqual(byHead(slowLoops(graph, walk.order)));
      }),
      { numRuns: 2000 },
    );
  });

  it("marks a loop irreducible exactly where an edge that can be reached enters it beside its head", () => {
    fc.assert(
      fc.property(anyGraph, ([nodes, pairs]) => {
        const { graph, heads, around, irreducible } = loopsOf(nodes, pairs);
        const reached = reachable(graph);
        for (const head of heads.filter((node) => reached.has(node))) {
          const body = new Set(bodyOf(head, around));
          const entered = edgesOf(graph).some(
            ([from, to]) => reached.has(from) && !body.has(from) && body.has(to) && to !== head,
          );
          expect(irreducible[head] === 1, `loop ${head}`).toBe(entered);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function edgesOf({ offsets, targets }: Adjacency): Pair[] {
  return Array.from({ length: offsets.length - 1 }, (_, from) =>
    Array.from(targets.subarray(offsets[from], offsets[from + 1]), (to): Pair => [from, to]),
  ).flat();
}

/** From node 0; not through `without`. */
function reachable(graph: Adjacency, without?: number): Set<number> {
  const reached = new Set(without === 0 ? [] : [0]);
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const [from, to] of edgesOf(graph)) if (reached.has(from) && to !== without) reached.add(to);
  }
  return reached;
}

/** The nodes whose chain of loops has the head, and the head. */
function bodyOf(head: number, around: Int32Array): number[] {
  const isInside = (node: number): boolean => {
    for (let at = node; at !== -1; at = around[at] as number) if (at === head) return true;
    return false;
  };
  return [...around.keys()].filter(isInside);
}

function byHead(loops: Iterable<readonly [head: number, body: readonly number[]]>): string[] {
  return Array.from(loops, ([head, body]) => `${head}: ${body.toSorted((a, b) => a - b)}`).sort();
}

/** The definition: the head of a strongly connected part is its first node of the walk; without it there may be more. */
function slowLoops(graph: Adjacency, order: Int32Array): [head: number, body: number[]][] {
  const edges = edgesOf(graph);
  const inside = (nodes: readonly number[], removed: ReadonlySet<number>): [number, number[]][] =>
    components(
      nodes,
      edges.filter(([from, to]) => nodes.includes(from) && nodes.includes(to) && !removed.has(to)),
    ).flatMap((part): [number, number[]][] => {
      const head = order.find((node) => part.includes(node)) as number;
      const loops = edges.some(([from, to]) => part.includes(from) && to === head && !removed.has(head));
      return loops ? [[head, part], ...inside(part, new Set([...removed, head]))] : [];
    });
  return inside([...order], new Set());
}

/** Strongly connected parts: nodes that reach one another. */
function components(nodes: readonly number[], edges: readonly Pair[]): number[][] {
  const reaches = (from: number): Set<number> => {
    const found = new Set([from]);
    for (let before = 0; before < found.size; ) {
      before = found.size;
      for (const [a, b] of edges) if (found.has(a)) found.add(b);
    }
    return found;
  };
  const reach = new Map(nodes.map((node) => [node, reaches(node)]));
  const parts = new Map<number, number[]>();
  for (const node of nodes) {
    const first = nodes.find((other) => reach.get(node)?.has(other) && reach.get(other)?.has(node)) as number;
    parts.set(first, [...(parts.get(first) ?? []), node]);
  }
  return [...parts.values()];
}
