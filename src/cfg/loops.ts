/**
 * The loops of a graph and how they lie in one another: Havlak's nesting forest, which knows irreducible loops, in
 * Ramalingam's almost linear form ("Identifying loops in almost linear time", 1999).
 */
import { type Adjacency, find, identity, type Walk } from "./walk.ts";

export interface Nesting {
  /** Heads of loops: each is a node that a back edge leads to; outer ones first. */
  readonly heads: readonly number[];
  /** By node: the head of the innermost loop around it; for a head the next loop outwards. -1 outside of all. */
  readonly around: Int32Array;
  /** By node: 1 for the head of a loop that is entered elsewhere than at its head, too. */
  readonly irreducible: Uint8Array;
}

const NONE = -1;

export function nestLoops({ offsets, targets }: Adjacency, walk: Walk): Nesting {
  const count = offsets.length - 1;
  const backTo = new EdgeLists(count, targets.length);
  const meetingAt = new EdgeLists(count, targets.length);
  const into = new EdgeLists(count, targets.length);
  const tails = tailsOf(offsets, targets.length);
  for (let edge = 0; edge < targets.length; edge++) {
    const meet = walk.meets[edge] as number;
    if (walk.isBack[edge] === 1) backTo.add(targets[edge] as number, edge);
    else if (meet !== NONE) meetingAt.add(meet, edge);
  }
  /** Nodes of a loop are one with its head, once the loop is known. */
  const merged = identity(count);
  /** Leads past loops that are known to be irreducible. */
  const settled = identity(count);
  const around = new Int32Array(count).fill(NONE);
  const irreducible = new Uint8Array(count);
  const seenFor = new Int32Array(count).fill(NONE);
  const heads: number[] = [];
  for (let i = count - 1; i >= 0; i--) {
    const head = walk.order[i] as number;
    for (let edge = meetingAt.first(head); edge !== NONE; edge = meetingAt.next(edge)) {
      const target = targets[edge] as number;
      into.add(find(merged, target), edge);
      markAround(target);
    }
    if (backTo.first(head) === NONE) continue;
    heads.push(head);
    for (const node of bodyOf(head)) {
      merged[node] = head;
      around[node] = head;
    }
  }
  return { heads: heads.reverse(), around, irreducible };

  /** The nodes, and inner loops by their heads, from which the head's back edges can be reached. */
  function bodyOf(head: number): number[] {
    const body: number[] = [];
    const add = (node: number): void => {
      const part = find(merged, node);
      if (part === head || seenFor[part] === head) return;
      seenFor[part] = head;
      body.push(part);
    };
    for (let edge = backTo.first(head); edge !== NONE; edge = backTo.next(edge)) add(tails[edge] as number);
    for (let at = 0; at < body.length; at++) {
      const node = body[at] as number;
      add(walk.parents[node] as number);
      for (let edge = into.first(node); edge !== NONE; edge = into.next(edge)) add(tails[edge] as number);
    }
    return body;
  }

  /** The loops known so far around a node do not hold the tail of the edge that leads to it. */
  function markAround(node: number): void {
    for (let head = around[node] as number; head !== NONE; ) {
      const loop = find(settled, head);
      irreducible[loop] = 1;
      head = around[loop] as number;
      if (head !== NONE) settled[loop] = head;
    }
  }
}

function tailsOf(offsets: Int32Array, edges: number): Int32Array {
  const tails = new Int32Array(edges);
  for (let node = 0; node + 1 < offsets.length; node++)
    tails.fill(node, offsets[node] as number, offsets[node + 1] as number);
  return tails;
}

/** Lists of edges by node; an edge is in one list at most. */
class EdgeLists {
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(nodes: number, edges: number) {
    this.#first = new Int32Array(nodes).fill(NONE);
    this.#next = new Int32Array(edges).fill(NONE);
  }

  add(node: number, edge: number): void {
    this.#next[edge] = this.#first[node] as number;
    this.#first[node] = edge;
  }

  first(node: number): number {
    return this.#first[node] as number;
  }

  next(edge: number): number {
    return this.#next[edge] as number;
  }
}
