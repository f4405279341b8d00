/** All that reads ELF files, and the BTF in them. */
import { Btf } from "../../../src/btf/btf.ts";
import {
  decodeRelocations,
  decodeSymbols,
  type ElfFile,
  offsetInSection,
  parseElf,
  relocationSections,
  sectionBytes,
  sectionNamed,
  symbolBytes,
} from "../../../src/elf/index.ts";
import { type Input, mainFile } from "../input.ts";
import type { Probe } from "../probe.ts";

export function readElf(probe: Probe, input: Input): void {
  const elf = probe.attempt("parseElf()", () => parseElf(mainFile(input)), { needsOffset: true });
  if (!elf) return;
  probe.attempt("sectionNamed()", () => sectionNamed(elf, ".BTF"));
  for (const section of elf.sections) {
    probe.attempt("sectionBytes()", () => sectionBytes(elf, section));
    const symbols = probe.attempt("decodeSymbols()", () => decodeSymbols(elf, section)) ?? [];
    for (const symbol of symbols) probe.attempt("symbolBytes()", () => symbolBytes(elf, symbol));
    for (const table of relocationSections(elf, section)) {
      const relocations = probe.attempt("decodeRelocations()", () => decodeRelocations(elf, table)) ?? [];
      for (const { offset } of relocations)
        probe.attempt("offsetInSection()", () => offsetInSection(elf, section, offset, 8));
    }
  }
  readBtf(probe, elf);
}

function readBtf(probe: Probe, elf: ElfFile): void {
  const section = sectionNamed(elf, ".BTF");
  const bytes = section && probe.attempt("sectionBytes()", () => sectionBytes(elf, section));
  if (bytes) probe.attempt("new Btf() of ELF", () => new Btf(bytes), { needsOffset: true });
}
