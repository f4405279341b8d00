/**
 * The one adapter over graphviz-builder: graphs are data, this makes DOT text of them and does the escaping that
 * the library leaves to others.
 */
import { createRequire } from "node:module";

/** Attributes that our graphs use; the library stumbles over names that it does not know. */
export type Attribute =
  | "id"
  | "label"
  | "labeljust"
  | "style"
  | "color"
  | "fillcolor"
  | "fontcolor"
  | "fontname"
  | "fontsize"
  | "penwidth"
  | "peripheries"
  | "shape"
  | "fixedsize"
  | "width"
  | "height"
  | "weight"
  | "constraint"
  | "tailport"
  | "headport"
  | "nodesep"
  | "ranksep"
  | "splines"
  | "pack"
  | "packmode"
  | "nslimit"
  | "nslimit1"
  | "searchsize"
  | "mclimit";

/**
 * Strings are as Graphviz shall see them, with its escapes (`\l`, record fields) but without the quotes of the DOT
 * language.
 */
export type Attributes = Readonly<Partial<Record<Attribute, string | number | boolean>>>;

export interface DotNode {
  readonly id: string;
  readonly attributes: Attributes;
}

export interface DotEdge {
  readonly tail: string;
  readonly head: string;
  readonly attributes: Attributes;
}

/** Nodes, and edges between them. */
export interface DotPart {
  readonly attributes?: Attributes;
  readonly nodes: readonly DotNode[];
  readonly edges: readonly DotEdge[];
}

export interface DotCluster extends DotPart {
  /** Begins with `cluster_`, so that Graphviz draws a box around it. */
  readonly id: string;
}

export interface DotGraph extends Partial<DotPart> {
  readonly name: string;
  /** What all nodes and edges have that do not say otherwise. */
  readonly nodeAttributes?: Attributes;
  readonly edgeAttributes?: Attributes;
  readonly clusters?: readonly DotCluster[];
}

/** The part of graphviz-builder that is used. Its package has no types for modern resolution. */
interface GraphBuilder {
  set(name: string, value: string | number | boolean): void;
  setNodeAttribut(name: string, value: string | number | boolean): void;
  setEdgeAttribut(name: string, value: string | number | boolean): void;
  addCluster(id: string): GraphBuilder;
  addNode(id: string, attributes: Escaped): object;
  addEdge(tail: object, head: object, attributes: Escaped): void;
  to_dot(): string;
}

/** Its ES module is broken in 0.1.1, its CommonJS is not. */
function loadBuilder(): { digraph(id: string): GraphBuilder } {
  return createRequire(import.meta.url)("graphviz-builder");
}

type Escaped = Readonly<Record<string, string | number | boolean>>;

/** DOT text of a directed graph. */
export function toDot({ name, nodeAttributes, edgeAttributes, clusters, ...root }: DotGraph): string {
  const builder = loadBuilder().digraph(quoted(name));
  for (const [key, value] of Object.entries(escaped(nodeAttributes))) builder.setNodeAttribut(key, value);
  for (const [key, value] of Object.entries(escaped(edgeAttributes))) builder.setEdgeAttribut(key, value);
  addPart(builder, { nodes: [], edges: [], ...root });
  for (const cluster of clusters ?? []) addPart(builder.addCluster(quoted(cluster.id)), cluster);
  return builder.to_dot();
}

function addPart(builder: GraphBuilder, part: DotPart): void {
  for (const [key, value] of Object.entries(escaped(part.attributes))) builder.set(key, value);
  const nodes = new Map(
    part.nodes.map(({ id, attributes }) => [id, builder.addNode(quoted(id), escaped(attributes))]),
  );
  // Many edges share their attributes.
  const known = new Map<Attributes, Escaped>();
  for (const { tail, head, attributes } of part.edges) {
    const [from, to] = [nodes.get(tail), nodes.get(head)];
    const values = known.get(attributes) ?? escaped(attributes);
    known.set(attributes, values);
    if (from && to) builder.addEdge(from, to, values);
  }
}

function escaped(attributes: Attributes = {}): Escaped {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "string" ? quoted(notHtml(value)) : value,
    ]),
  );
}

/** The library takes a value that begins with `!` for HTML, and cuts it. */
function notHtml(value: string): string {
  return value.startsWith("!") ? ` ${value}` : value;
}

/**
 * The inside of a DOT string. A quote gets a backslash; a lone backslash before it, or at the end, would be read
 * with what follows and goes. Newlines become their escape.
 */
function quoted(value: string): string {
  return value
    .replace(/(\\*)("|$)/g, (_, slashes: string, end: string) => {
      const even = slashes.slice(slashes.length % 2);
      return end === '"' ? `${even}\\"` : even;
    })
    .replace(/\r?\n/g, "\\n");
}
