/**
 * `cbpf dump [FILE | - | insns TEXT] [be] [graph] [-o FILE]`: a classic program. bpftool has nothing like it, so no
 * word may be shortened.
 */
import { isatty } from "node:tty";
import { classicWarnings } from "../../cbpf/check.ts";
import { type ClassicProgram, parseClassic } from "../../cbpf/program.ts";
import { classicJson, classicPlain } from "../../render/cbpf/listing.ts";
import type { Context } from "../context.ts";
import { helpError, usageError } from "../usage.ts";
import type { Words } from "../words.ts";
import { readInput } from "./input.ts";

const STDIN = 0;

export async function cbpfDump(words: Words, context: Context): Promise<void> {
  const { err, out, json } = context;
  const read = source(words);
  const options = optionWords(words);
  const graph = options.has("graph") || context.options.own.output !== undefined;
  const draw = graph ? (await import("./graph.ts")).classicDrawing(context) : undefined;
  const program = parseClassic(read(), { littleEndian: !options.has("be") });
  if (options.has("be")) checkByteOrder(program);
  for (const warning of [...program.warnings, ...classicWarnings(program.insns)]) {
    err.write(`Warning: ${warning}\n`);
  }
  if (draw) await draw(program.insns);
  else if (json) classicJson(json, program.insns);
  else classicPlain(out, program.insns);
}

const OPTION_WORDS = ["be", "graph"] as const;
const EXPECTED = "'be' or 'graph'";

type OptionWord = (typeof OPTION_WORDS)[number];

/** What the first words choose. It is read once the whole line has been. */
function source(words: Words): () => Uint8Array {
  const word = words.peek();
  if (word === undefined || isOptionWord(word)) return readStdin;
  words.take();
  if (word === "-") return readInput;
  if (word !== "insns") return () => readInput(word);
  const text = words.take();
  return () => Buffer.from(text, "latin1");
}

/** Nobody types a program: whoever gives none at a terminal wants help. */
function readStdin(): Uint8Array {
  if (isatty(STDIN)) throw helpError();
  return readInput();
}

function isOptionWord(word: string): word is OptionWord {
  return OPTION_WORDS.some((option) => option === word);
}

function optionWords(words: Words): Set<OptionWord> {
  const options = new Set<OptionWord>();
  while (words.left > 0) {
    const word = words.take();
    if (!isOptionWord(word)) throw usageError(`expected ${EXPECTED}, got: '${word}'`);
    options.add(word);
  }
  return options;
}

function checkByteOrder({ form }: ClassicProgram): void {
  if (form === "array" || form === "hex") return;
  throw usageError("'be' is for arrays: numbers that tcpdump prints have no byte order");
}
