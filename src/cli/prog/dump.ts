/** `prog dump { xlated | jited } PROG [file FILE] [opcodes] [linum] [visual] [names]` (bpftool prog.c:do_dump). */
import { writeFileSync } from "node:fs";
import { fromByteText } from "../../bytes/text.ts";
import { errnoOf, ioError } from "../../errors.ts";
import type { ProgRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { progHeaderJson, progHeaderPlain } from "../../render/prog/show.ts";
import { strerror } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { progSelector } from "../selectors.ts";
import { helpError, usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

export interface DumpOptions {
  readonly file?: string;
  readonly opcodes: boolean;
  readonly visual: boolean;
  readonly linum: boolean;
  /** Tell what instructions refer to, as far as the registry knows. */
  readonly names: boolean;
}

/** What is dumped of a program: xlated or jited. */
export interface CodeDump {
  /** The bytes of it, for `file`. Throws where there are none. */
  bytes(registry: Registry, prog: ProgRecord): Uint8Array;
  /** A listing, as plain text or as a JSON array; with `visual` a graph. */
  write(registry: Registry, prog: ProgRecord, options: DumpOptions, context: Context): void | Promise<void>;
}

const MODES = {
  jited: async () => (await import("./jited.ts")).jitedDump,
  xlated: async () => (await import("./xlated.ts")).xlatedDump,
} as const satisfies Readonly<Record<string, () => Promise<CodeDump>>>;

/** bpftool's first, in its order. */
const OPTION_WORDS = ["file", "opcodes", "visual", "linum", "names"] as const;

export async function progDump(words: Words, context: Context): Promise<void> {
  const mode = dumpMode(words);
  if (words.left < 2) throw helpError();
  const selector = progSelector(words);
  const options = dumpOptions(words, context);
  const registry = await context.registry();
  const progs = registry.findProgs(selector);
  const several = progs.length > 1;
  if (several && (options.file !== undefined || options.visual)) throw usageError("several programs matched");
  const dump = await MODES[mode]();
  if (several) return dumpSeveral(registry, progs, dump, options, context);
  const [only] = progs as [ProgRecord];
  if (options.file !== undefined) writeFile(options.file, dump.bytes(registry, only), context);
  else await dump.write(registry, only, options, context);
}

function dumpMode(words: Words): keyof typeof MODES {
  const word = words.peek();
  const mode =
    word === undefined ? undefined : matchKeyword(word, Object.keys(MODES) as (keyof typeof MODES)[]);
  if (!mode) throw usageError(`expected 'xlated' or 'jited'${word === undefined ? "" : `, got: ${word}`}`);
  words.take();
  return mode;
}

function dumpOptions(words: Words, { json }: Context): DumpOptions {
  const options: { -readonly [K in keyof DumpOptions]: DumpOptions[K] } = {
    opcodes: false,
    visual: false,
    linum: false,
    names: false,
  };
  while (words.left > 0) {
    const keyword = matchKeyword(words.take(), OPTION_WORDS);
    if (keyword === undefined) throw helpError();
    if (keyword !== "file") {
      options[keyword] = true;
      continue;
    }
    if (words.left === 0) throw usageError("expected file path");
    options.file = words.take();
  }
  if (options.file !== undefined && (options.opcodes || options.visual || options.linum || options.names)) {
    throw usageError("'file' is not compatible with 'opcodes', 'visual', or 'linum'");
  }
  if (json && options.visual) throw usageError("'visual' is not compatible with JSON output");
  return options;
}

async function dumpSeveral(
  registry: Registry,
  progs: readonly ProgRecord[],
  dump: CodeDump,
  options: DumpOptions,
  context: Context,
): Promise<void> {
  const { json, out } = context;
  json?.startArray();
  for (const [index, prog] of progs.entries()) {
    const header = { prog, name: registry.progName(prog) };
    if (json) {
      json.startObject();
      progHeaderJson(json, header);
      json.key("insns");
    } else out.write(`${index > 0 ? "\n" : ""}${progHeaderPlain(header)}`);
    await dump.write(registry, prog, options, context);
    json?.endObject();
  }
  json?.endArray();
}

/** Raw bytes for other tools, readable by their owner alone. */
function writeFile(file: string, bytes: Uint8Array, { json }: Context): void {
  try {
    writeFileSync(fromByteText(file), bytes, { mode: 0o600 });
  } catch (error) {
    throw ioError(`can't open file ${file}: ${strerror(errnoOf(error) ?? 0)}`, error);
  }
  json?.null();
}
