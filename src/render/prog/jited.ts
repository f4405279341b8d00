/** Listings of JIT images (bpftool prog.c:prog_dump and jit_disasm.c, as built with LLVM). */
import { hexByte, hexByte0x } from "../../bytes/hex.ts";
import type { TextSink } from "../../bytes/sink.ts";
import type { JitedFunction, JitedListing, JitedRow } from "../../code/jited.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { sourceJson, sourcePlain } from "./source-line.ts";

export interface JitedOptions {
  /** File, line and column of source lines. */
  readonly linum: boolean;
  /** The bytes of each instruction. */
  readonly opcodes: boolean;
}

export function jitedPlain(out: TextSink, { functions }: JitedListing, options: JitedOptions): void {
  for (const { name, proto, rows } of functions) {
    if (proto) out.write(`${proto}:\n`);
    if (name !== undefined) out.write(`${name}:\n`);
    for (const row of rows) rowPlain(out, row, options);
    if (name !== undefined) out.write("\n");
  }
}

function rowPlain(out: TextSink, { pc, bytes, text, source }: JitedRow, options: JitedOptions): void {
  if (source) sourcePlain(out, source, options.linum);
  out.write(`${pc.toString(16).padStart(4)}:\t${text}\n`);
  if (options.opcodes) out.write(`\t${Array.from(bytes, (byte) => `${hexByte(byte)} `).join("")}\n`);
}

/** An array of functions; where it is not known where functions begin, of instructions. */
export function jitedJson(json: JsonWriter, { functions }: JitedListing, options: JitedOptions): void {
  const [only] = functions;
  if (only && only.name === undefined) return insnsJson(json, only, options);
  json.startArray();
  for (const func of functions) {
    json.startObject();
    if (func.proto) json.stringField("proto", func.proto);
    if (func.name !== undefined) json.stringField("name", func.name);
    json.key("insns");
    insnsJson(json, func, options);
    json.endObject();
  }
  json.endArray();
}

function insnsJson(json: JsonWriter, { rows }: JitedFunction, { linum, opcodes }: JitedOptions): void {
  json.startArray();
  for (const { pc, bytes, text, source } of rows) {
    json.startObject();
    if (source) sourceJson(json, source, linum);
    json.stringField("pc", `0x${pc.toString(16)}`);
    const [operation = ""] = text.split(/[ \t]/, 1);
    const operands = text.slice(operation.length).trim();
    json.stringField("operation", operation);
    piecesJson(json, operands);
    json.stringArrayField("args", operandList(operands));
    if (opcodes) json.stringArrayField("opcodes", Array.from(bytes, hexByte0x));
    json.endObject();
  }
  json.endArray();
}

/** The operands as bpftool has them: cut at blanks, commas and parentheses; null where there are none. */
function piecesJson(json: JsonWriter, operands: string): void {
  const pieces = operands.split(/[ \t,()]+/).filter((piece) => piece !== "");
  json.key("operands").startArray();
  if (pieces.length === 0) json.null();
  for (const piece of pieces) json.string(piece);
  json.endArray();
}

/** Not one behind which a bracket closes that did not open. */
const COMMA_OUTSIDE_BRACKETS = /,\s*(?![^([{]*[)\]}])/;

/** The operands as they are, each whole. */
export function operandList(operands: string): string[] {
  return operands === "" ? [] : operands.split(COMMA_OUTSIDE_BRACKETS);
}
