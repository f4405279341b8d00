/**
 * Control-flow graphs in DOT: bpftool's graph (cfg.c, and xlated_dumper.c:dump_xlated_for_graph), written by our
 * adapter. Instructions are numbered from the start of their function.
 *
 * Unlike bpftool every function has its own signature and source lines, and no text is cut.
 */
import type { TextSink } from "../../bytes/sink.ts";
import type { LineInfo } from "../../btf/ext-info.ts";
import { signature } from "../../btf/signature.ts";
import { type Block, controlFlow, ENTRY, EXIT, type FunctionGraph } from "../../cfg/blocks.ts";
import { findFunctions } from "../../cfg/functions.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import { lineAt, type SourceLine, sourceLine } from "../../code/source-lines.ts";
import { type Attributes, type DotCluster, type DotEdge, toDot } from "../../dot/dot.ts";
import { disasm } from "../../insn/disasm.ts";
import { type ListingOptions, opcodesText } from "./xlated.ts";

export function writeVisual(out: TextSink, code: ProgramCode, options: ListingOptions): void {
  const functions = findFunctions(code.insns, code.funcs);
  const clusters = functions.map((range) => cluster(code, controlFlow(code.insns, range), options));
  out.write(toDot({ name: "DOT graph for eBPF program", clusters }));
}

function cluster(code: ProgramCode, graph: FunctionGraph, options: ListingOptions): DotCluster {
  const id = (block: number) => `fn_${graph.number}_bb_${block}`;
  const terminal = (label: string) => ({ shape: "Mdiamond", style: "filled", label });
  return {
    id: `cluster_${graph.number}`,
    attributes: { style: "dashed", color: "black", label: `func_${graph.number} ()` },
    nodes: [
      { id: id(ENTRY), attributes: terminal("ENTRY") },
      ...graph.blocks.map((block) => ({
        id: id(block.number),
        attributes: { shape: "record", style: "filled", label: blockLabel(code, graph, block, options) },
      })),
      { id: id(EXIT), attributes: terminal("EXIT") },
    ],
    edges: [
      ...graph.edges.map(({ from, to }) => edge(id(from), id(to), FLOW)),
      edge(id(ENTRY), id(EXIT), ORDER),
    ],
  };
}

const FLOW: Attributes = { style: "solid,bold", color: "black", weight: 10, constraint: true };
/** Keeps EXIT below ENTRY. */
const ORDER: Attributes = { style: "invis", constraint: true };

function edge(tail: string, head: string, attributes: Attributes): DotEdge {
  return { tail, head, attributes: { tailport: "s", headport: "n", ...attributes } };
}

/** A record with one field for each instruction; every line ends in `\l`, which sets it to the left. */
function blockLabel(code: ProgramCode, graph: FunctionGraph, block: Block, options: ListingOptions): string {
  const fields: string[] = [];
  let previous: LineInfo | undefined;
  for (const { pc, insn, slots } of code.insns.instructions(block.start, block.end)) {
    const lines: string[] = [];
    const func = code.funcs.find(({ insnOff }) => insnOff === pc);
    const proto = func && code.btf && signature(code.btf, func.typeId);
    if (proto) lines.push(`; ${recordText(proto)}:`);
    const info = lineAt(code.lines, pc);
    const source = info && info !== previous && code.btf ? sourceLine(code.btf, info) : undefined;
    previous = info;
    if (source?.text) {
      if (options.linum) lines.push(`; ${place(source)}`);
      lines.push(`; ${sourceText(source.text)}`);
    }
    const text = disasm(insn, slots === 2 ? code.insns.at(pc + 1) : undefined, pc, code.symbols);
    lines.push(`${pc - graph.start}: ${insnText(text)}`);
    if (options.opcodes) lines.push(`\\ \\ \\ \\ ${opcodesText(code.insns.slice(pc, slots))}`);
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
