/** The control flow of a classic program in the form that graphs are drawn from: one function. */
import { type ClassicEdge, type ClassicFlow, classicFlow } from "../../cbpf/blocks.ts";
import type { ClassicInsn } from "../../cbpf/insn.ts";
import { type Edge, ENTRY, EXIT, type FunctionGraph, type Loop } from "../../cfg/blocks.ts";
import { type Nesting, nestLoops } from "../../cfg/loops.ts";
import type { Outside } from "../../cfg/outside.ts";
import { type Adjacency, walkDepthFirst } from "../../cfg/walk.ts";
import type { EdgeKind } from "../../cfg/ways-out.ts";

const FIRST_BLOCK = Math.max(ENTRY, EXIT) + 1;

const KINDS = {
  true: "taken",
  false: "fallthrough",
  either: "goto",
  always: "goto",
  next: "next",
} as const satisfies Readonly<Record<ClassicEdge["when"], EdgeKind>>;

type PlainEdge = Omit<Edge, "back">;

export function classicGraph(insns: readonly ClassicInsn[]): FunctionGraph {
  const flow = classicFlow(insns);
  const outside = outsidePlaces(flow);
  const edges = plainEdges(flow, outside);
  const graph = adjacency(edges, FIRST_BLOCK + flow.blocks.length + outside.length);
  const walk = walkDepthFirst(graph);
  const nesting = nestLoops(graph, walk);
  const heads = new Set(nesting.heads);
  return {
    number: 0,
    start: 0,
    end: insns.length,
    blocks: flow.blocks.map(({ start, end, reachable, returns }, index) => ({
      number: FIRST_BLOCK + index,
      start,
      end,
      exits: returns,
      targetsUnknown: false,
      reach: reachable ? "reached" : "unreachable",
      loop: heads.has(FIRST_BLOCK + index) ? FIRST_BLOCK + index : loopAround(nesting, FIRST_BLOCK + index),
    })),
    outside,
    edges: edges.map((edge, index) => ({ ...edge, back: walk.isBack[index] === 1 })),
    loops: loopsOf(nesting),
  };
}

/** Instructions that are not there, in order of the edges that lead to them. */
function outsidePlaces({ blocks, edges }: ClassicFlow): Outside[] {
  const targets = new Set(edges.flatMap(({ target, to }) => (to === undefined ? [target] : [])));
  return [...targets].map((target, index) => {
    return { number: FIRST_BLOCK + blocks.length + index, target, what: "nothing" };
  });
}

/** From ENTRY, then by block. */
function plainEdges({ blocks, edges }: ClassicFlow, outside: readonly Outside[]): PlainEdge[] {
  const outsideNumbers = new Map(outside.map(({ target, number }) => [target, number]));
  const entry: PlainEdge = { from: ENTRY, to: blocks.length > 0 ? FIRST_BLOCK : EXIT, kind: "entry" };
  const exits = blocks.flatMap(({ returns }, index): PlainEdge[] =>
    returns ? [{ from: FIRST_BLOCK + index, to: EXIT, kind: "exit" }] : [],
  );
  const between = edges.map(
    ({ from, target, to, when }): PlainEdge => ({
      from: FIRST_BLOCK + from,
      to: to === undefined ? (outsideNumbers.get(target) as number) : FIRST_BLOCK + to,
      kind: KINDS[when],
    }),
  );
  return [entry, ...exits, ...between].sort((a, b) => a.from - b.from);
}

function adjacency(edges: readonly PlainEdge[], count: number): Adjacency {
  const offsets = new Int32Array(count + 1);
  for (const { from } of edges) offsets[from + 1] = (offsets[from + 1] as number) + 1;
  for (let node = 0; node < count; node++) {
    offsets[node + 1] = (offsets[node + 1] as number) + (offsets[node] as number);
  }
  return { offsets, targets: Int32Array.from(edges, ({ to }) => to) };
}

function loopAround({ around }: Nesting, node: number): number | undefined {
  const head = around[node] ?? -1;
  return head < 0 ? undefined : head;
}

/** Outer ones come first, so the depth of the one around is known. */
function loopsOf(nesting: Nesting): Loop[] {
  const depths = new Map<number | undefined, number>();
  return nesting.heads.map((head) => {
    const parent = loopAround(nesting, head);
    const depth = (depths.get(parent) ?? 0) + 1;
    depths.set(head, depth);
    return { head, parent, depth, irreducible: nesting.irreducible[head] === 1 };
  });
}
