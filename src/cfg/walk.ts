/** A depth-first walk over a graph with numbers for nodes: the order of the nodes, and what each edge is to it. */

/** The edges of node n are `targets[offsets[n]]` up to `targets[offsets[n + 1] - 1]`. */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

export interface Walk {
  /** All nodes, each before what was first reached through it. Roots are node 0, and then what is not reached yet. */
  readonly order: Int32Array;
  /** By node: the one that it was first reached from; -1 for roots. */
  readonly parents: Int32Array;
  /** How many nodes are reached from node 0. */
  readonly reached: number;
  /** By edge: 1 where it leads back to a node on the way to its tail, or to its tail itself. */
  readonly isBack: Uint8Array;
  /**
   * By edge: the last node that the ways to its two ends have in common, for an edge between nodes that were both
   * reached before; -1 for all others, and where the ends have no root in common.
   */
  readonly meets: Int32Array;
}

const [UNSEEN, OPEN, DONE] = [0, 1, 2];

/** Linear but for the lookups of meeting points (union-find). */
export function walkDepthFirst({ offsets, targets }: Adjacency): Walk {
  const count = offsets.length - 1;
  const order = new Int32Array(count);
  const parents = new Int32Array(count).fill(-1);
  const isBack = new Uint8Array(targets.length);
  const meets = new Int32Array(targets.length).fill(-1);
  const state = new Uint8Array(count);
  const nextEdge = offsets.slice(0, count);
  const open = new Int32Array(count);
  /** Done nodes lead to their parents: the first that is not done is the meeting point. */
  const ways = identity(count);
  let visited = 0;
  let reached = count;
  for (let root = 0; root < count; root++) {
    if (state[root] !== UNSEEN) continue;
    if (root > 0 && reached === count) reached = visited;
    let depth = enter(root, 0);
    while (depth > 0) {
      const node = open[depth - 1] as number;
      const edge = nextEdge[node] as number;
      if (edge === offsets[node + 1]) {
        state[node] = DONE;
        if (parents[node] !== -1) ways[node] = parents[node] as number;
        depth--;
        continue;
      }
      nextEdge[node] = edge + 1;
      const target = targets[edge] as number;
      if (state[target] === UNSEEN) {
        parents[target] = node;
        depth = enter(target, depth);
      } else if (state[target] === OPEN) isBack[edge] = 1;
      else {
        const meet = find(ways, target);
        if (state[meet] === OPEN) meets[edge] = meet;
      }
    }
  }
  return { order, parents, reached, isBack, meets };

  function enter(node: number, depth: number): number {
    state[node] = OPEN;
    order[visited++] = node;
    open[depth] = node;
    return depth + 1;
  }
}

/** Every node stands for itself. */
export function identity(count: number): Int32Array {
  const chain = new Int32Array(count);
  for (let node = 0; node < count; node++) chain[node] = node;
  return chain;
}

/** The end of the chain that begins at `node`; halves the chain for the next time. */
export function find(chain: Int32Array, node: number): number {
  let at = node;
  for (;;) {
    const next = chain[at] as number;
    if (next === at) return at;
    chain[at] = chain[next] as number;
    at = chain[at] as number;
  }
}
