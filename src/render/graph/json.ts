/** A program's control flow as JSON: the format of docs/graph-format.md, which changes only with its version. */
import { controlFlow, type FunctionGraph } from "../../cfg/blocks.ts";
import { callSite } from "../../cfg/calls.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { progHeaderJson } from "../prog/show.ts";
import { type ListingOptions, opcodesText } from "../prog/xlated.ts";
import { sourceJson } from "../prog/source-line.ts";
import { type BlockRow, blockRows } from "./block-rows.ts";
import { flowHints } from "./flow-hints.ts";
import type { NamedFunction } from "./functions.ts";

const FORMAT = "bpflens-graph";
const VERSION = 1;

type Program = Parameters<typeof progHeaderJson>[1];

/** `functions` are those to write. */
export function graphJson(
  json: JsonWriter,
  program: Program,
  code: ProgramCode,
  functions: readonly NamedFunction[],
  options: ListingOptions,
): void {
  const rows = blockRows(code);
  const hints = flowHints(code);
  json.startObject().stringField("format", FORMAT).numberField("version", VERSION);
  json.key("program").startObject();
  progHeaderJson(json, program);
  json.endObject();
  json.key("functions").startArray();
  for (const func of functions) {
    const { number, start, end, name, proto } = func;
    const graph = controlFlow(code.insns, func, hints);
    json.startObject().numberField("number", number).stringField("name", name);
    if (proto !== undefined) json.stringField("proto", proto);
    json.numberField("start", start).numberField("end", end);
    blocksJson(json, graph, (block) => {
      json.key("insns").startArray();
      for (const row of rows(func, block)) insnJson(json, code, row, options);
      json.endArray();
    });
    outsideJson(json, graph);
    edgesJson(json, graph);
    loopsJson(json, graph);
    json.endObject();
  }
  json.endArray().endObject();
}

function blocksJson(
  json: JsonWriter,
  { blocks }: FunctionGraph,
  insns: (block: FunctionGraph["blocks"][number]) => void,
): void {
  json.key("blocks").startArray();
  for (const block of blocks) {
    const { number, start, end, exits, targetsUnknown, reach, loop } = block;
    json.startObject().numberField("number", number).numberField("start", start).numberField("end", end);
    json.stringField("reach", reach);
    if (exits) json.boolField("exits", true);
    if (targetsUnknown) json.boolField("targets_unknown", true);
    if (loop !== undefined) json.numberField("loop", loop);
    insns(block);
    json.endObject();
  }
  json.endArray();
}

function insnJson(
  json: JsonWriter,
  code: ProgramCode,
  row: BlockRow,
  { linum, opcodes }: ListingOptions,
): void {
  const { pc, insn, text, note, source, bytes } = row;
  json.startObject().numberField("pc", pc);
  if (source) sourceJson(json, source, linum);
  json.stringField("disasm", text);
  if (note !== undefined) json.stringField("note", note);
  if (opcodes) json.stringField("bytes", opcodesText(bytes));
  const site = callSite(insn, pc, code.funcs);
  if (site) {
    json.key("call").startObject().stringField("kind", site.kind);
    if (site.kind !== "callback") json.stringField("target", code.symbols.callTarget(insn, pc));
    if ("start" in site) json.numberField("start", site.start);
    json.endObject();
  }
  json.endObject();
}

function outsideJson(json: JsonWriter, { outside }: FunctionGraph): void {
  json.key("outside").startArray();
  for (const { number, target, what } of outside)
    json
      .startObject()
      .numberField("number", number)
      .numberField("target", target)
      .stringField("what", what)
      .endObject();
  json.endArray();
}

function edgesJson(json: JsonWriter, { edges }: FunctionGraph): void {
  json.key("edges").startArray();
  for (const { from, to, kind, back } of edges)
    json
      .startObject()
      .numberField("from", from)
      .numberField("to", to)
      .stringField("kind", kind)
      .boolField("back", back)
      .endObject();
  json.endArray();
}

function loopsJson(json: JsonWriter, { loops }: FunctionGraph): void {
  json.key("loops").startArray();
  for (const { head, parent, depth, irreducible } of loops) {
    json.startObject().numberField("head", head);
    if (parent !== undefined) json.numberField("parent", parent);
    json.numberField("depth", depth).boolField("irreducible", irreducible).endObject();
  }
  json.endArray();
}
