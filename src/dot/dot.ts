/**
 * The one adapter over graphviz-builder: graphs are data, this makes DOT text of them and does the escaping that
 * the library leaves to others.
 */
import { createRequire } from "node:module";

/** Attributes that our graphs use; the library stumbles over names that it does not know. */
export type Attribute =
  | "label"
  | "style"
  | "color"
  | "shape"
  | "weight"
  | "constraint"
  | "tailport"
  | "headport";

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

export interface DotCluster {
  /** Begins with `cluster_`, so that Graphviz draws a box around it. */
  readonly id: string;
  readonly attributes: Attributes;
  readonly nodes: readonly DotNode[];
  /** Between nodes of this cluster. */
  readonly edges: readonly DotEdge[];
}

export interface DotGraph {
  readonly name: string;
  readonly clusters: readonly DotCluster[];
}

/** The part of graphviz-builder that is used. Its package has no types for modern resolution. */
interface GraphBuilder {
  set(name: string, value: string | number | boolean): void;
  addCluster(id: string): GraphBuilder;
  addNode(id: string, attributes: Record<string, string | number | boolean>): object;
  addEdge(tail: object, head: object, attributes: Record<string, string | number | boolean>): void;
  to_dot(): string;
}

/** Its ES module is broken in 0.1.1, its CommonJS is not. */
function loadBuilder(): { digraph(id: string): GraphBuilder } {
  return createRequire(import.meta.url)("graphviz-builder");
}

/** DOT text of a directed graph. */
export function toDot(graph: DotGraph): string {
  const builder = loadBuilder().digraph(quoted(graph.name));
  for (const cluster of graph.clusters) addCluster(builder, cluster);
  return builder.to_dot();
}

function addCluster(graph: GraphBuilder, cluster: DotCluster): void {
  const builder = graph.addCluster(quoted(cluster.id));
  for (const [name, value] of Object.entries(escaped(cluster.attributes))) builder.set(name, value);
  const nodes = new Map(
    cluster.nodes.map(({ id, attributes }) => [id, builder.addNode(quoted(id), escaped(attributes))]),
  );
  for (const { tail, head, attributes } of cluster.edges) {
    const [from, to] = [nodes.get(tail), nodes.get(head)];
    if (from && to) builder.addEdge(from, to, escaped(attributes));
  }
}

function escaped(attributes: Attributes): Record<string, string | number | boolean> {
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
