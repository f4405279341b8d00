/** The graph that a DOT text describes, as Graphviz understands it. */
import { run } from "./tools.ts";

export interface Cluster {
  /** As in the text: `cluster_0`. */
  name: string;
  attributes: string;
  /** First slot of the function in the program, and how many slots it has. */
  start: number;
  length: number;
  blocks: Block[];
  edges: Edge[];
}

export interface Block {
  /** `fn_0_bb_2` */
  name: string;
  attributes: string;
  /** The label of ENTRY and EXIT; the fields of a record, each as its lines and what follows the last of them. */
  fields: string[][];
}

export interface Edge {
  tail: string;
  head: string;
  attributes: string;
}

/** What `dot -Tjson0` prints, as far as it is used here. */
interface DotJson {
  readonly name: string;
  readonly objects?: readonly DotObject[];
  readonly edges?: readonly DotObject[];
}

interface DotObject {
  readonly _gvid: number;
  readonly name: string;
  readonly nodes?: readonly number[];
  readonly edges?: readonly number[];
  readonly tail: number;
  readonly head: number;
  readonly [attribute: string]: unknown;
}

/** What is told apart, and what the layout adds. */
const NO_ATTRIBUTES = "_gvid name nodes edges tail head bb lp lwidth lheight height width pos rects".split(
  " ",
);

/** Clusters in order of the text. Throws where Graphviz complains, or something stands outside of all clusters. */
export async function readGraph(dot: string): Promise<Cluster[]> {
  const { stdout, stderr, status } = await run(["dot", "-Tjson0"], dot);
  if (status !== 0 || stderr !== "") throw new Error(`dot: ${stderr}`);
  const json: DotJson = JSON.parse(stdout);
  if (json.name !== "DOT graph for eBPF program") throw new Error(`a graph called '${json.name}'`);
  const objects = new Map(json.objects?.map((object) => [object._gvid, object]));
  const edges = new Map(json.edges?.map((edge) => [edge._gvid, edge]));
  const clusters = [...objects.values()].filter(({ nodes }) => nodes !== undefined);
  const nameOf = (node: number) => objects.get(node)?.name ?? "";
  const within = (part: "nodes" | "edges") => clusters.flatMap((cluster) => cluster[part] ?? []).length;
  if (within("nodes") !== objects.size - clusters.length) throw new Error("a node outside of all clusters");
  if (within("edges") !== edges.size) throw new Error("an edge outside of all clusters");
  let start = 0;
  return clusters.map((cluster) => {
    const blocks = (cluster.nodes ?? []).map((id) => block(objects.get(id) as DotObject));
    const length = slots(blocks);
    start += length;
    return {
      name: cluster.name,
      attributes: attributesOf(cluster),
      start: start - length,
      length,
      blocks,
      edges: byTail(
        blocks,
        (cluster.edges ?? []).map((id) => {
          const edge = edges.get(id) as DotObject;
          return { tail: nameOf(edge.tail), head: nameOf(edge.head), attributes: attributesOf(edge) };
        }),
      ),
    };
  });
}

/** In the order of the blocks that they leave. */
function byTail(blocks: readonly Block[], edges: readonly Edge[]): Edge[] {
  const sorted = blocks.flatMap(({ name }) => edges.filter(({ tail }) => tail === name));
  if (sorted.length !== edges.length) throw new Error("an edge that leaves another cluster's block");
  return sorted;
}

/** `16: (18) r1 = map[id:26]`: the number within the function, and the opcode. */
const INSN = /^(\d+): \(([0-9a-f]{2})\)/;

/** The slot behind the last instruction; that of a 64-bit constant has two. */
function slots(blocks: readonly Block[]): number {
  const lines = blocks.flatMap(({ fields }) => fields.flat());
  const ends = lines.flatMap((line) => {
    const [, number, opcode] = INSN.exec(line) ?? [];
    return number === undefined ? [] : Number(number) + (opcode === "18" ? 2 : 1);
  });
  return Math.max(0, ...ends);
}

/** Label and style in the order of their names; a block's label is told apart. */
function attributesOf(object: DotObject, besides: readonly string[] = []): string {
  return Object.entries(object)
    .filter(([name]) => !NO_ATTRIBUTES.includes(name) && !besides.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(" ");
}

function block(object: DotObject): Block {
  const label = String(object.label);
  const fields = object.shape === "record" ? recordFields(label) : [[label]];
  return { name: object.name, attributes: attributesOf(object, ["label"]), fields };
}

/**
 * The fields of a vertical record, split where a line ends in `\l`, without the backslashes of its syntax. Blanks
 * without a backslash around a field mean nothing (https://graphviz.org/doc/info/shapes.html#record).
 */
function recordFields(label: string): string[][] {
  const inside = /^\{(.*)\}$/s.exec(label)?.[1];
  if (inside === undefined) throw new Error(`not a vertical record: ${label}`);
  const fields: string[][] = [[""]];
  for (const [token] of inside.matchAll(/\\.|[^\\]/gs)) {
    const field = fields.at(-1) as string[];
    if (token === "|") fields.push([""]);
    else if (token === "\\l") field.push("");
    else if (/^[{}<>]$/.test(token)) throw new Error(`'${token}' without a backslash in ${label}`);
    else if (token !== " " || field.length > 1 || field[0] !== "") field[field.length - 1] += token.slice(-1);
  }
  return fields.map((lines) => [...lines.slice(0, -1), lines.at(-1)?.replace(/^ $/, "") ?? ""]);
}

/** All there is to a graph, in an order that does not depend on the text's. */
export function facts(clusters: readonly Cluster[]): string[] {
  return clusters
    .flatMap(({ name, attributes, start, length, blocks, edges }) => [
      `${name} ${attributes} at ${start}, ${length} slots`,
      ...blocks.map((block) => `${name} ${block.name} ${block.attributes} ${JSON.stringify(block.fields)}`),
      ...edges.map((edge) => `${name} ${edge.tail} -> ${edge.head} ${edge.attributes}`),
    ])
    .sort();
}
