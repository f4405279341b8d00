/**
 * `prog dump jited`: the compiled image of a program, disassembled for the machine that it was compiled for.
 */
import { jitedListing } from "../../code/jited.ts";
import { namesByRule } from "../../code/jited-names.ts";
import { unsupportedError } from "../../errors.ts";
import type { ProgImage, ProgRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { type Disassembler, dataWords, openDisassembler } from "../../native/disassembler.ts";
import { delayOptimizing } from "../../native/tiering.ts";
import { jitedJson, jitedPlain } from "../../render/prog/jited.ts";
import type { Context } from "../context.ts";
import { hiddenError } from "./code.ts";
import type { CodeDump } from "./dump.ts";

export const jitedDump: CodeDump = {
  bytes: (registry, prog) => readImage(registry, prog).jited,
  write(registry, prog, options, context) {
    const { source } = registry;
    const image = readImage(registry, prog);
    const code = source.code(prog);
    const { littleEndian } = source.host();
    const btf = registry.btf(prog.btfId);
    const byRule = namesByRule(prog, code, btf, littleEndian);
    const { names } = source.symbols({ addresses: code.jitedKsyms, offsets: [], byRule });
    const program = { code, image, btf, littleEndian, names };
    const listing = jitedListing(program, disassemblerFor(registry, prog, context));
    for (const problem of listing.problems) warn(context, `program ${prog.id}: ${problem}`);
    if (context.json) jitedJson(context.json, listing, options);
    else jitedPlain(context.out, listing, options);
  },
};

/** The image; an error that tells why there is none. */
function readImage(registry: Registry, prog: ProgRecord): ProgImage {
  const { source } = registry;
  if (source.kind === "object") {
    throw unsupportedError(`program ${prog.id} has no JIT image: it is compiled when the kernel loads it`);
  }
  const image = source.image(prog);
  if (image && image.jited.length > 0) return image;
  throw hiddenError(registry, prog, "jited");
}

/** One for all programs of a dump. */
const opened = new WeakMap<Registry, Disassembler>();

function disassemblerFor(registry: Registry, prog: ProgRecord, context: Context): Disassembler {
  const { machine, littleEndian } = registry.source.host();
  if (prog.device) {
    warn(context, `program ${prog.id} is compiled for a device: its code is shown as data`);
    return dataWords(littleEndian);
  }
  const known = opened.get(registry);
  if (known) return known;
  delayOptimizing();
  const disassembler = openDisassembler(machine, littleEndian);
  if (!disassembler) warn(context, `no disassembler for machine '${machine}': its code is shown as data`);
  const chosen = disassembler ?? dataWords(littleEndian);
  opened.set(registry, chosen);
  return chosen;
}

function warn({ err }: Context, message: string): void {
  err.write(`Warning: ${message}\n`);
}
