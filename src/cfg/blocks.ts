/**
 * The control flow of one function: basic blocks and the edges between them, with the block numbers of bpftool's
 * graphs (cfg.c): 0 is ENTRY, 1 is EXIT, the blocks follow in order of address, and behind them the places outside.
 *
 * Unlike bpftool every jump and every exit ends its block, exits lead to EXIT, the long jump goes where its immediate
 * says, and what leaves the function leads to a place outside of it.
 */
import type { Insn, InsnArray } from "../insn/insn.ts";
import { blockBounds } from "./bounds.ts";
import type { FunctionRange } from "./functions.ts";
import { nestLoops } from "./loops.ts";
import { type Outside, OutsidePlaces } from "./outside.ts";
import { type Adjacency, walkDepthFirst } from "./walk.ts";
import { type EdgeKind, type FlowHints, waysOut } from "./ways-out.ts";

export const ENTRY = 0;
export const EXIT = 1;
const FIRST_BLOCK = 2;

export interface Block {
  readonly number: number;
  /** First slot, and the slot after the last. */
  readonly start: number;
  readonly end: number;
  /** Its last instruction ends the function. */
  readonly exits: boolean;
  /** It ends with an indirect jump of which nobody knows where it goes. */
  readonly targetsUnknown: boolean;
  /** "unknown": no known way leads here from ENTRY, but a jump with unknown targets may. */
  readonly reach: "reached" | "unreachable" | "unknown";
  /** The head of the innermost loop that the block is in; its own number where it is the head of one. */
  readonly loop: number | undefined;
}

export interface Edge {
  /** Numbers of blocks; `to` may be a place outside. */
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** It closes a loop: `to` is on the way from ENTRY to `from`. */
  readonly back: boolean;
}

export interface Loop {
  /** The block that its back edges lead to. */
  readonly head: number;
  /** The head of the next loop around it. */
  readonly parent: number | undefined;
  /** 1 for a loop that is in no other. */
  readonly depth: number;
  /** It is entered elsewhere, too. */
  readonly irreducible: boolean;
}

export interface FunctionGraph extends FunctionRange {
  readonly blocks: readonly Block[];
  readonly outside: readonly Outside[];
  /** From ENTRY, then by block; where a condition does not hold before where it does. */
  readonly edges: readonly Edge[];
  /** Outer ones first. */
  readonly loops: readonly Loop[];
}

type PlainEdge = Omit<Edge, "back">;

export function controlFlow(insns: InsnArray, range: FunctionRange, hints: FlowHints = {}): FunctionGraph {
  const { starts, lasts } = blockBounds(insns, range, hints);
  const outside = new OutsidePlaces(insns, range, FIRST_BLOCK + starts.length);
  const numbers = new Int32Array(range.end - range.start);
  for (const [i, start] of starts.entries()) numbers[start - range.start] = FIRST_BLOCK + i;
  const numberAt = (pc: number): number => numbers[pc - range.start] || outside.numberOf(pc);

  const edges: PlainEdge[] = [{ from: ENTRY, to: starts.length > 0 ? FIRST_BLOCK : EXIT, kind: "entry" }];
  const blocks = starts.map((start, i) => {
    const [number, end] = [FIRST_BLOCK + i, starts[i + 1] ?? range.end];
    const last = lasts[i] as number;
    const ways = waysOut(insns.at(last) as Insn, last, end, hints) ?? [{ kind: "next", target: end }];
    const targetsUnknown = ways === "unknown";
    const known = targetsUnknown ? [] : ways;
    for (const { kind, target } of known)
      edges.push({ from: number, to: target === undefined ? EXIT : numberAt(target), kind });
    return { number, start, end, targetsUnknown, exits: known.some(({ target }) => target === undefined) };
  });
  const { number, start, end } = range;
  return { number, start, end, ...withLoops(blocks, edges, outside.places) };
}

function withLoops(
  blocks: readonly Omit<Block, "reach" | "loop">[],
  plain: readonly PlainEdge[],
  outside: readonly Outside[],
): Pick<FunctionGraph, "blocks" | "outside" | "edges" | "loops"> {
  const graph = adjacency(plain, FIRST_BLOCK + blocks.length + outside.length);
  const walk = walkDepthFirst(graph);
  const { heads, around, irreducible } = nestLoops(graph, walk);
  const reached = new Uint8Array(graph.offsets.length);
  for (let i = 0; i < walk.reached; i++) reached[walk.order[i] as number] = 1;
  const unreached = blocks.some((block) => block.targetsUnknown && reached[block.number] === 1)
    ? "unknown"
    : "unreachable";
  const depths = new Map<number, number>();
  const loops = heads.map((head) => {
    const parent = known(around[head]);
    const depth = parent === undefined ? 1 : (depths.get(parent) as number) + 1;
    depths.set(head, depth);
    return { head, parent, depth, irreducible: irreducible[head] === 1 };
  });
  return {
    // Field by field: copies by spreading take ten times as long.
    blocks: blocks.map(({ number, start, end, exits, targetsUnknown }) => ({
      number,
      start,
      end,
      exits,
      targetsUnknown,
      reach: reached[number] === 1 ? "reached" : unreached,
      loop: depths.has(number) ? number : known(around[number]),
    })),
    outside,
    edges: plain.map(({ from, to, kind }, i) => ({ from, to, kind, back: walk.isBack[i] === 1 })),
    loops,
  };
}

function known(head: number | undefined): number | undefined {
  return head === -1 ? undefined : head;
}

/** Edges are in order of the block that they leave. */
function adjacency(edges: readonly PlainEdge[], count: number): Adjacency {
  const offsets = new Int32Array(count + 1);
  const targets = new Int32Array(edges.length);
  for (const [i, { from, to }] of edges.entries()) {
    (offsets[from + 1] as number)++;
    targets[i] = to;
  }
  for (let node = 0; node < count; node++) (offsets[node + 1] as number) += offsets[node] as number;
  return { offsets, targets };
}
