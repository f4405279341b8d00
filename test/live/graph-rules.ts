/** The differences between the graphs of bpftool 7.1.0 and those of bpflens, as in rules.ts. */
import type { Cluster, Edge } from "./graph.ts";

export interface GraphRule {
  readonly name: string;
  readonly why: string;
  readonly side: "bpftool" | "bpflens" | "both";
  /** The same graph where there is nothing to change. */
  apply(clusters: readonly Cluster[], other: readonly Cluster[]): Cluster[];
}

/** A program of which 7.1.0 makes no graph. */
export const CRASH_RULE = {
  name: "7.1.0 crashes",
  why: "fixtures/README.md: it looks for the target of a call at the end of a block, and finds none",
  program: "dissect_flow",
  status: 139,
} as const;

function eachLine(change: (line: string) => string[]): GraphRule["apply"] {
  return (clusters) =>
    clusters.map((cluster) => ({
      ...cluster,
      blocks: cluster.blocks.map((block) => ({
        ...block,
        fields: block.fields.map((lines) => lines.flatMap(change)),
      })),
    }));
}

/** `change` for the edges that leave each block that has lines. */
function eachBlock(change: (edges: Edge[], lastLine: string) => Edge[]): GraphRule["apply"] {
  return (clusters) =>
    clusters.map((cluster) => ({
      ...cluster,
      edges: cluster.blocks.flatMap((block) => {
        const edges = cluster.edges.filter(({ tail }) => tail === block.name);
        const lastLine = block.fields.at(-1)?.at(-2);
        return lastLine === undefined ? edges : change(edges, lastLine);
      }),
    }));
}

export const GRAPH_RULES: readonly GraphRule[] = [
  {
    name: "source lines in graphs",
    why: "behaviour.md 23, row 'visual': 7.1.0 has neither source lines nor signatures",
    side: "bpflens",
    apply: eachLine((line) => (line.startsWith("; ") ? [] : [line])),
  },
  {
    name: "move of a per-cpu address in graphs",
    why: "behaviour.md 23, row 'prog dump xlated': 7.1.0 prints it as a move of the register",
    side: "bpflens",
    apply: eachLine((line) => [
      line.replace(/\(bf\) (r\d+) = &\(void __percpu \*\)\((r\d+)\)$/, "(bf) $1 = $2"),
    ]),
  },
  {
    name: "names of subprograms in graphs",
    why: "7.1.0 asks the kernel for them in listings only (not in behaviour.md)",
    side: "bpflens",
    apply: eachLine((line) => [line.replace(/(\(85\) call pc[+-]\d+)#bpf_prog_[0-9a-f]{16}_\w+$/, "$1")]),
  },
  {
    name: "bar after a 64-bit constant",
    why: "bpftool takes its second slot for a further field, where the block ends with it (not in behaviour.md)",
    side: "bpftool",
    apply: (clusters) =>
      clusters.map((cluster) => ({
        ...cluster,
        blocks: cluster.blocks.map(({ fields, ...block }) => {
          const isTooMuch = fields.at(-1)?.join() === "" && /^\d+: \(18\) /.test(fields.at(-2)?.at(-2) ?? "");
          return { ...block, fields: isTooMuch ? fields.slice(0, -1) : fields };
        }),
      })),
  },
  {
    name: "edge after a call",
    why: "behaviour.md 23, row 'visual edges': 7.1.0 takes a call at the end of a block for a jump, too",
    side: "bpftool",
    apply: eachBlock((edges, lastLine) => {
      const [first, second] = edges;
      const isDouble = edges.length === 2 && JSON.stringify(first) === JSON.stringify(second);
      return first && isDouble && /^\d+: \(85\) call /.test(lastLine) ? [first] : edges;
    }),
  },
  {
    name: "callbacks",
    why: "behaviour.md 24.4: bpftool has them inside of the function before; only the other functions are compared",
    side: "both",
    apply: (clusters, other) => {
      if (clusters.length === other.length) return [...clusters];
      const isInOther = ({ start, length }: Cluster) =>
        other.some((cluster) => cluster.start === start && cluster.length === length);
      // The functions are numbered in another order, too.
      return clusters.filter(isInOther).map((cluster) => renamed(cluster, `at_${cluster.start}`));
    },
  },
];

function renamed(cluster: Cluster, number: string): Cluster {
  const change = (name: string) => name.replace(/^(cluster|fn)_\d+/, `$1_${number}`);
  return {
    ...cluster,
    name: change(cluster.name),
    attributes: cluster.attributes.replace(/label=func_\d+ \(\)/, `label=func_${number} ()`),
    blocks: cluster.blocks.map((block) => ({ ...block, name: change(block.name) })),
    edges: cluster.edges.map((edge) => ({ ...edge, tail: change(edge.tail), head: change(edge.head) })),
  };
}
