/**
 * Control-flow graphs in DOT: bpftool's graph (cfg.c, and xlated_dumper.c:dump_xlated_for_graph), written by our
 * adapter. Instructions are numbered from the start of their function.
 *
 * Unlike bpftool every function has its own signature and source lines, no text is cut, and what leaves a function
 * without an exit leads to a place outside. An indirect jump leads to its targets, or to a place that says that they are
 * not known.
 */
import type { TextSink } from "../../bytes/sink.ts";
import { controlFlow, ENTRY, EXIT, type FunctionGraph } from "../../cfg/blocks.ts";
import { findFunctions } from "../../cfg/functions.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import type { SourceLine } from "../../code/source-lines.ts";
import { type Attributes, type DotCluster, type DotEdge, toDot } from "../../dot/dot.ts";
import { type BlockRow, blockRows } from "../graph/block-rows.ts";
import { flowHints } from "../graph/flow-hints.ts";
import { textBudget } from "../graph/limits.ts";
import { outsideText } from "../graph/outside-text.ts";
import { type ListingOptions, noteText, opcodesText } from "./xlated.ts";

export function writeVisual(out: TextSink, code: ProgramCode, options: ListingOptions): void {
  const rows = blockRows(code);
  const hints = flowHints(code);
  const counted = textBudget();
  const clusters = findFunctions(code.insns, code.funcs).map((range) => {
    const graph = controlFlow(code.insns, range, hints);
    const labels = graph.blocks.map((block) => counted(blockLabel(rows(range, block), range.start, options)));
    return cluster(graph, labels);
  });
  out.write(toDot({ name: "DOT graph for eBPF program", clusters }));
}

/** ENTRY and EXIT. */
const TERMINALS = 2;

/** `labels` are those of the blocks. */
function cluster(graph: FunctionGraph, labels: readonly string[]): DotCluster {
  const id = (block: number) => `fn_${graph.number}_bb_${block}`;
  const terminal = (label: string) => ({ shape: "Mdiamond", style: "filled", label });
  const anywhere = graph.blocks.length + graph.outside.length + TERMINALS;
  const lost = graph.blocks.filter(({ targetsUnknown }) => targetsUnknown);
  return {
    id: `cluster_${graph.number}`,
    attributes: { style: "dashed", color: "black", label: `func_${graph.number} ()` },
    nodes: [
      { id: id(ENTRY), attributes: terminal("ENTRY") },
      ...graph.blocks.map(({ number }, i) => ({
        id: id(number),
        attributes: { shape: "record", style: "filled", label: labels[i] as string },
      })),
      { id: id(EXIT), attributes: terminal("EXIT") },
      ...graph.outside.map((place) => ({ id: id(place.number), attributes: terminal(outsideText(place)) })),
      ...(lost.length > 0 ? [{ id: id(anywhere), attributes: terminal("jump targets unknown") }] : []),
    ],
    edges: [
      ...flowEdges(graph, id),
      ...lost.map(({ number }) => ({ tail: id(number), head: id(anywhere), attributes: FLOW })),
      { tail: id(ENTRY), head: id(EXIT), attributes: ORDER },
    ],
  };
}

const PORTS: Attributes = { tailport: "s", headport: "n" };
const FLOW: Attributes = { ...PORTS, style: "solid,bold", color: "black", weight: 10, constraint: true };
/** Keeps EXIT below ENTRY. */
const ORDER: Attributes = { ...PORTS, style: "invis", constraint: true };

/** One for each two blocks: both ways of a condition may lead to the same one. */
function flowEdges({ edges }: FunctionGraph, id: (block: number) => string): DotEdge[] {
  return edges
    .filter(({ from, to }, i) => !(edges[i - 1]?.from === from && edges[i - 1]?.to === to))
    .map(({ from, to }) => ({ tail: id(from), head: id(to), attributes: FLOW }));
}

/** A record with one field for each instruction; every line ends in `\l`, which sets it to the left. */
function blockLabel(rows: Iterable<BlockRow>, funcStart: number, options: ListingOptions): string {
  const fields: string[] = [];
  for (const { pc, text, note, bytes, proto, source } of rows) {
    const lines: string[] = [];
    if (proto) lines.push(`; ${recordText(proto)}:`);
    if (source) {
      if (options.linum) lines.push(`; ${place(source)}`);
      lines.push(`; ${sourceText(source.text)}`);
    }
    lines.push(`${pc - funcStart}: ${insnText(text)}${recordText(noteText(note))}`);
    if (options.opcodes) lines.push(`\\ \\ \\ \\ ${opcodesText(bytes)}`);
    fields.push(lines.map((line) => `${line}\\l`).join(""));
  }
  return `{${fields.join("| ")}}`;
}

/** Longer file names are shown by their end. */
const MAX_FILE_NAME = 32;

function place({ file, line, column }: SourceLine): string {
  return `[${recordText(shortFileName(file))} line:${line} col:${column}]`;
}

/** The part from the first slash among the last 32 characters, else from the last slash (bpftool's rule). */
function shortFileName(file: string): string {
  if (file.length <= MAX_FILE_NAME) return file;
  const within = file.indexOf("/", file.length - MAX_FILE_NAME);
  const from = within >= 0 ? within : file.lastIndexOf("/");
  return from > 0 ? `...${file.slice(from)}` : file;
}

/** Characters that have a meaning in a record get a backslash; `&lt;` in a text stays what it is. */
function recordText(text: string): string {
  return text.replace(/[\\{}<>|]/g, "\\$&").replace(/&(?=#?[A-Za-z0-9]+;)/g, "&amp;");
}

/** In source lines blanks, too: Graphviz would fold them. */
function sourceText(text: string): string {
  return recordText(text).replaceAll(" ", "\\ ");
}

function insnText(text: string): string {
  return text.replace(/[<>|&]/g, "\\$&");
}
