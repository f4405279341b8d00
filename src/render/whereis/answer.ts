/** What is at an address: a block of lines for people, an object in JSON (docs/whereis.md). */
import type { TextSink } from "../../bytes/sink.ts";
import type { PlaceAnswer } from "../../code/place-answers.ts";
import type { InsnRange } from "../../code/whereis.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { progHeaderJson, progHeaderPlain } from "../prog/show.ts";
import { sourceJson } from "../prog/source-line.ts";

type Known = Exclude<PlaceAnswer, { kind: "unknown" }>;
type InProgram = Extract<PlaceAnswer, { kind: "program" }>;
type InKernel = Extract<PlaceAnswer, { kind: "kernel" }>;

const LABEL_WIDTH = 10;
const INDENT = "  ";
const PC_WIDTH = 4;

export function placePlain(out: TextSink, answer: Known): void {
  const rows = answer.kind === "program" ? programRows(answer) : kernelRows(answer);
  out.write(`${answer.query.text}\n${rows.map((row) => `${INDENT}${row}\n`).join("")}`);
}

/** A label and its text; without a label the text goes on from the line before. */
function row(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

function kernelRows({ symbol: { name, module, address }, offset }: InKernel): string[] {
  const from = module === undefined ? "" : ` [${module}]`;
  return [row("kernel", `${name}+${hex(offset)}${from}`), row("address", hex(address + offset))];
}

function programRows({ func, progName, offset, place, notes }: InProgram): string[] {
  const { prog, index, address, length, symbol } = func;
  const which = index === 0 ? "" : `  subprogram ${index}`;
  const name = place.name ?? symbol ?? `function ${index}`;
  return [
    row("program", progHeaderPlain({ prog, name: progName }).trimEnd()),
    row("function", `${name}+${hex(offset)}/${hex(length)}${which}`),
    ...(address === undefined ? [] : [row("address", hex(address + BigInt(offset)))]),
    ...(place.before ? ["as a return address, behind a call:", ...rangeRows(place.before)] : []),
    ...(place.at && place.before ? ["as the address of an instruction:"] : []),
    ...(place.at ? rangeRows(place.at) : []),
    ...(place.why === undefined ? [] : [row("source", `unknown: ${place.why}`)]),
    ...notes.map((note) => row("note", note)),
  ].map((text) => text.trimEnd());
}

function rangeRows({ firstPc, lastPc, insns, source }: InsnRange): string[] {
  const pcs = firstPc === lastPc ? `pc ${firstPc}` : `pc ${firstPc} to ${lastPc}`;
  const shown = insns.map(({ pc, text }) => row("", `${String(pc).padStart(PC_WIDTH)}: ${text}`));
  const last = insns.at(-1)?.pc ?? lastPc;
  // The second slot of a 64-bit load is not shown.
  const more = insns.length > 0 && last + 1 < lastPc ? [row("", `${"".padStart(PC_WIDTH)}  ...`)] : [];
  return [row("insns", pcs), ...shown, ...more, ...sourceRows(source)];
}

function sourceRows(source: InsnRange["source"]): string[] {
  if (!source) return [];
  const { file, line, column, text } = source;
  const place = line === 0 ? ": no line, the compiler has added this code" : `:${line}:${column}`;
  return [row("source", `${file || "?"}${place}`), ...(text ? [row("", text)] : [])];
}

export function placeJson(json: JsonWriter, answer: PlaceAnswer): void {
  json.startObject().stringField("query", answer.query.text);
  if (answer.kind === "program") programJson(json, answer);
  else if (answer.kind === "kernel") kernelJson(json, answer);
  else json.stringField("error", answer.why);
  json.endObject();
}

function kernelJson(json: JsonWriter, { symbol: { name, module, address }, offset }: InKernel): void {
  json
    .stringField("address", hex(address + offset))
    .stringField("symbol", name)
    .numberField("offset", offset);
  if (module !== undefined) json.stringField("module", module);
}

function programJson(json: JsonWriter, { func, progName, offset, place, notes }: InProgram): void {
  const { prog, index, address, length, symbol } = func;
  if (address !== undefined) json.stringField("address", hex(address + BigInt(offset)));
  json.key("prog").startObject();
  progHeaderJson(json, { prog, name: progName });
  json.endObject();
  if (symbol !== undefined) json.stringField("symbol", symbol);
  if (place.name !== undefined) json.stringField("func", place.name);
  json.numberField("func_index", index).numberField("offset", offset).numberField("func_size", length);
  if (place.at) rangeJson(json, place.at);
  if (place.before) {
    json.key("if_return_address").startObject();
    rangeJson(json, place.before);
    json.endObject();
  }
  if (place.why !== undefined) json.stringField("unknown", place.why);
  if (notes.length > 0) json.stringArrayField("notes", notes);
}

/** Fields of the object under way. */
function rangeJson(json: JsonWriter, { firstPc, lastPc, insns, source }: InsnRange): void {
  json.numberField("first_pc", firstPc).numberField("last_pc", lastPc);
  if (source) sourceJson(json, source, true);
  json.key("insns").startArray();
  for (const { pc, text } of insns)
    json.startObject().numberField("pc", pc).stringField("disasm", text).endObject();
  json.endArray();
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
