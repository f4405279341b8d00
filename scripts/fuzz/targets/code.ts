/** Instructions: listings, control flow, graphs; the same bytes as a classic program. */
import type { Btf } from "../../../src/btf/btf.ts";
import { classicFlow, classicWarnings, parseClassic } from "../../../src/cbpf/index.ts";
import { controlFlow } from "../../../src/cfg/blocks.ts";
import { findFunctions } from "../../../src/cfg/functions.ts";
import { listing } from "../../../src/code/listing.ts";
import { programCode } from "../../../src/code/program-code.ts";
import { withRegisters } from "../../../src/code/registers.ts";
import { JsonWriter } from "../../../src/json/writer.ts";
import { NO_SYMBOLS } from "../../../src/kallsyms/symbols.ts";
import type { ProgCode } from "../../../src/model/records.ts";
import { classicJson, classicPlain } from "../../../src/render/cbpf/listing.ts";
import { writeVisual } from "../../../src/render/prog/visual.ts";
import { listingJson, listingPlain } from "../../../src/render/prog/xlated.ts";
import type { Probe } from "../probe.ts";

const ALL = { linum: true, opcodes: true };
/** Source lines may be told of each instruction. */
const MORE_OUTPUT = 1 << 22;
/** Graphs are drawn of programs up to so many bytes: they are not what is looked for here. */
const MAX_DRAWN = 1 << 14;

export function readCode(probe: Probe, code: ProgCode, btf: Btf | undefined, littleEndian: boolean): void {
  const program = probe.attempt("programCode()", () =>
    programCode(code, btf, littleEndian, () => NO_SYMBOLS),
  );
  if (!program) return;
  probe.text("listing, plain", (sink) => listingPlain(sink, listing(program), ALL), MORE_OUTPUT);
  probe.json("listing, JSON", (sink) => listingJson(new JsonWriter(sink), listing(program), ALL), {
    more: MORE_OUTPUT,
  });
  probe.attempt("withRegisters()", () => {
    for (const { registers } of withRegisters(program.insns)) void registers[0];
  });
  probe.attempt("controlFlow()", () =>
    findFunctions(program.insns, program.funcs).map((range) => controlFlow(program.insns, range)),
  );
  if (code.xlated.length <= MAX_DRAWN)
    probe.text("visual", (sink) => writeVisual(sink, program, ALL), MORE_OUTPUT);
}

export function readClassic(probe: Probe, bytes: Uint8Array): void {
  for (const littleEndian of [true, false]) {
    const program = probe.attempt("parseClassic()", () => parseClassic(bytes, { littleEndian }));
    if (!program) continue;
    probe.text("classic, plain", (sink) => classicPlain(sink, program.insns));
    probe.json("classic, JSON", (sink) => classicJson(new JsonWriter(sink), program.insns));
    probe.attempt("classicFlow()", () => classicFlow(program.insns));
    probe.attempt("classicWarnings()", () => classicWarnings(program.insns));
  }
}
