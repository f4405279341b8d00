/** `prog dump { xlated | jited } PROG [file FILE] [opcodes] [linum] [visual]` (bpftool prog.c:do_dump). */
import { writeFileSync } from "node:fs";
import { fromByteText } from "../../bytes/text.ts";
import { listing } from "../../code/listing.ts";
import { type ProgramCode, programCode } from "../../code/program-code.ts";
import { errnoOf, ioError, unsupportedError } from "../../errors.ts";
import type { ProgCode, ProgRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { progHeaderJson, progHeaderPlain } from "../../render/prog/show.ts";
import { listingJson, listingPlain } from "../../render/prog/xlated.ts";
import { strerror } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { progSelector } from "../selectors.ts";
import { helpError, usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

interface DumpOptions {
  readonly file?: string;
  readonly opcodes: boolean;
  readonly visual: boolean;
  readonly linum: boolean;
}

const OPTION_WORDS = ["file", "opcodes", "visual", "linum"] as const;

export async function progDump(words: Words, context: Context): Promise<void> {
  const mode = dumpMode(words);
  if (words.left < 2) throw helpError();
  const selector = progSelector(words);
  const options = dumpOptions(words, context);
  const registry = await context.registry();
  const progs = registry.findProgs(selector);
  const [only] = progs;
  if (only && progs.length === 1) return dumpOne(registry, only, mode, options, context);
  if (options.file !== undefined || options.visual) throw usageError("several programs matched");
  if (mode === "jited") throw noDisassembler();
  dumpSeveral(registry, progs, options, context);
}

function dumpMode(words: Words): "xlated" | "jited" {
  const word = words.peek();
  const mode = word === undefined ? undefined : matchKeyword(word, ["jited", "xlated"]);
  if (!mode) throw usageError(`expected 'xlated' or 'jited'${word === undefined ? "" : `, got: ${word}`}`);
  words.take();
  return mode;
}

function dumpOptions(words: Words, { json }: Context): DumpOptions {
  const options: { -readonly [K in keyof DumpOptions]: DumpOptions[K] } = {
    opcodes: false,
    visual: false,
    linum: false,
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
  if (options.file !== undefined && (options.opcodes || options.visual || options.linum)) {
    throw usageError("'file' is not compatible with 'opcodes', 'visual', or 'linum'");
  }
  if (json && options.visual) throw usageError("'visual' is not compatible with JSON output");
  return options;
}

async function dumpOne(
  registry: Registry,
  prog: ProgRecord,
  mode: "xlated" | "jited",
  options: DumpOptions,
  context: Context,
): Promise<void> {
  if (mode === "jited") return dumpJited(registry, prog, options, context);
  if (options.file !== undefined) return writeFile(options.file, readCode(registry, prog).xlated, context);
  const code = loadCode(registry, prog);
  if (options.visual) {
    const { writeVisual } = await import("../../render/prog/visual.ts");
    writeVisual(context.out, code, options);
  } else if (context.json) listingJson(context.json, listing(code), options);
  else listingPlain(context.out, listing(code), options);
}

function dumpSeveral(
  registry: Registry,
  progs: readonly ProgRecord[],
  options: DumpOptions,
  context: Context,
): void {
  const { json, out } = context;
  json?.startArray();
  for (const [index, prog] of progs.entries()) {
    const header = { prog, name: registry.progName(prog) };
    const code = loadCode(registry, prog);
    if (json) {
      json.startObject();
      progHeaderJson(json, header);
      json.key("insns");
      listingJson(json, listing(code), options);
      json.endObject();
      continue;
    }
    if (index > 0) out.write("\n");
    out.write(progHeaderPlain(header));
    listingPlain(out, listing(code), options);
  }
  json?.endArray();
}

/** The instructions as the source has them; an error where the kernel hides them. */
function readCode(registry: Registry, prog: ProgRecord): ProgCode {
  const code = registry.source.code(prog);
  if (code.xlated.length > 0) return code;
  throw unsupportedError("error retrieving insn dump: kernel.kptr_restrict set?");
}

function loadCode(registry: Registry, prog: ProgRecord): ProgramCode {
  const { source } = registry;
  return programCode(
    readCode(registry, prog),
    registry.btf(prog.btfId),
    source.host().littleEndian,
    (request) => source.symbols(request),
  );
}

function dumpJited(registry: Registry, prog: ProgRecord, options: DumpOptions, context: Context): void {
  const image = registry.source.image(prog);
  if (!image) {
    throw unsupportedError(
      registry.source.kind === "snapshot"
        ? `the snapshot does not have the JIT image of program ${prog.id}: it was not captured`
        : "error retrieving jit dump: no instructions returned or kernel.kptr_restrict set?",
    );
  }
  if (options.file === undefined) throw noDisassembler();
  writeFile(options.file, image.jited, context);
}

function noDisassembler() {
  return unsupportedError("No JIT disassembly support");
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
