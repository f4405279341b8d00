/** The control flow of a classic program as JSON, in the format that graphs of programs have (graph/json.ts). */
import { disasmClassic } from "../../cbpf/disasm.ts";
import type { ClassicInsn } from "../../cbpf/insn.ts";
import type { Block, Loop } from "../../cfg/blocks.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { classicGraph } from "./flow.ts";

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export function classicGraphJson(json: JsonWriter, insns: readonly ClassicInsn[]): void {
  const { number, start, end, blocks, outside, edges, loops } = classicGraph(insns);
  const func = {
    number,
    name: "filter",
    start,
    end,
    blocks: blocks.map((block) => blockValue(block, insns)),
    outside: outside.map(({ number, target, what }) => ({ number, target, what })),
    edges: edges.map(({ from, to, kind, back }) => ({ from, to, kind, back })),
    loops: loops.map(loopValue),
  };
  write(json, { format: "bpflens-graph", version: 1, program: { type: "classic" }, functions: [func] });
}

/** Keys that tell nothing are left out. */
function blockValue({ number, start, end, reach, exits, loop }: Block, insns: readonly ClassicInsn[]): Value {
  return {
    number,
    start,
    end,
    reach,
    ...(exits && { exits }),
    ...(loop !== undefined && { loop }),
    insns: insns.slice(start, end).map((insn, index) => {
      return { pc: start + index, disasm: disasmClassic(insn, start + index) };
    }),
  };
}

function loopValue({ head, parent, depth, irreducible }: Loop): Value {
  return { head, ...(parent !== undefined && { parent }), depth, irreducible };
}

function write(json: JsonWriter, value: Value): void {
  if (typeof value === "string") json.string(value);
  else if (typeof value === "number") json.number(value);
  else if (typeof value === "boolean") json.bool(value);
  else if (isList(value)) {
    json.startArray();
    for (const item of value) write(json, item);
    json.endArray();
  } else {
    json.startObject();
    for (const [key, item] of Object.entries(value)) write(json.key(key), item);
    json.endObject();
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
