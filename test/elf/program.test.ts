/** What a loader asks of a BPF object: data/program.bpf.c in both byte orders. */
import { describe, expect, test } from "vitest";
import {
  decodeRelocations,
  decodeSymbols,
  ELF_MACHINE,
  ELF_TYPE,
  type ElfFile,
  type ElfSection,
  isElf,
  offsetInSection,
  parseElf,
  relocationSections,
  SECTION_FLAG,
  SECTION_INDEX,
  SYMBOL_BINDING,
  SYMBOL_TYPE,
  SYMBOL_VISIBILITY,
  sectionBytes,
  sectionNamed,
  symbolBytes,
} from "../../src/elf/index.ts";
import { dataFile } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const INSN_SIZE = 8;

function sectionOf(elf: ElfFile, name: string): ElfSection {
  const section = sectionNamed(elf, name);
  if (section) return section;
  throw new Error(`no section ${name}`);
}

function symbolOf(elf: ElfFile, name: string) {
  const symbol = decodeSymbols(elf).find((candidate) => candidate.name === name);
  if (symbol) return symbol;
  throw new Error(`no symbol ${name}`);
}

/** `slot: symbol` for each relocation of a section; symbols of sections have the section's name. */
function targets(elf: ElfFile, name: string): string[] {
  const section = sectionOf(elf, name);
  const symbols = decodeSymbols(elf);
  return relocationSections(elf, section).flatMap((table) =>
    decodeRelocations(elf, table).map((relocation) => {
      const symbol = symbols[relocation.symbol];
      const slot = offsetInSection(elf, section, relocation.offset, INSN_SIZE) / INSN_SIZE;
      return `${slot}: ${symbol?.name || symbol?.section?.name} (${relocation.type})`;
    }),
  );
}

describe.each(["bpfel", "bpfeb"])("program.%s.o", (target) => {
  const bytes = dataFile(import.meta.url, `data/program.${target}.o`);
  const elf = parseElf(bytes);

  test("is a relocatable BPF object", () => {
    expect(isElf(bytes)).toBe(true);
    expect(elf).toMatchObject({ bits: 64, type: ELF_TYPE.REL, machine: ELF_MACHINE.BPF });
    expect(elf.reader.littleEndian).toBe(target === "bpfel");
  });

  test("has programs in executable sections", () => {
    const programs = decodeSymbols(elf).filter(
      ({ type, section }) =>
        type === SYMBOL_TYPE.FUNC && section && (section.flags & SECTION_FLAG.EXECINSTR) !== 0n,
    );
    const rows = programs.map(({ name, section, value, size, binding, visibility }) => {
      const what = visibility === SYMBOL_VISIBILITY.HIDDEN ? "hidden" : binding === 0 ? "static" : "global";
      return `${section?.name}/${name} ${value}+${size} ${what}`;
    });
    expect(rows.sort()).toEqual([
      ".text/add 40+112 static",
      ".text/score 0+40 global",
      "tc/hidden 0+24 hidden",
      "xdp/guard 0+184 global",
      "xdp/second 184+128 global",
    ]);
  });

  test("has the bytes of a program", () => {
    const second = symbolBytes(elf, symbolOf(elf, "second"));
    expect(second?.length).toBe(128);
    expect(second?.at(-INSN_SIZE)).toBe(0x95); // exit
    expect(second?.buffer).toBe(bytes.buffer); // not copied
  });

  test("has relocations by name", () => {
    expect(targets(elf, "xdp")).toEqual([
      "1: limit (1)",
      "7: counts (1)",
      "17: score (10)",
      "20: .text (10)",
      "24: shared (1)",
      "30: outer (1)",
      "37: kernel_function (10)",
    ]);
    expect(targets(elf, ".text")).toEqual(["0: seed (1)", "8: .bss (1)", "14: CONFIG_HZ (1)"]);
    expect(targets(elf, ".maps")).toEqual(["7: counts (2)"]);
    expect(targets(elf, "license")).toEqual([]);
  });

  test("has maps, by symbol", () => {
    const maps = decodeSymbols(elf).filter(
      ({ section, type }) => section?.name === ".maps" && type === SYMBOL_TYPE.OBJECT,
    );
    expect(maps.map(({ name, value, size }) => [name, value, size])).toEqual([
      ["counts", 0n, 32],
      ["outer", 32n, 32],
    ]);
  });

  test("has externs, which are weak or not", () => {
    const externs = decodeSymbols(elf).filter(
      ({ index, sectionIndex }) => index > 0 && sectionIndex === SECTION_INDEX.UNDEF,
    );
    expect(externs.map(({ name, binding, section }) => [name, binding, section])).toEqual([
      ["CONFIG_HZ", SYMBOL_BINDING.WEAK, undefined],
      ["kernel_function", SYMBOL_BINDING.GLOBAL, undefined],
    ]);
  });

  test("has BTF, data and license", () => {
    const magic = target === "bpfel" ? [0x9f, 0xeb] : [0xeb, 0x9f];
    for (const name of [".BTF", ".BTF.ext"])
      expect([...(sectionBytes(elf, sectionOf(elf, name)) ?? [])].slice(0, 2)).toEqual(magic);
    const seed = target === "bpfel" ? [7, 0, 0, 0] : [0, 0, 0, 7];
    expect([...(symbolBytes(elf, symbolOf(elf, "seed")) ?? [])]).toEqual(seed);
    expect(Buffer.from(sectionBytes(elf, sectionOf(elf, "license")) ?? []).toString()).toBe("MIT\0");
  });

  test("has no bytes of what is not in the file", () => {
    expect(sectionOf(elf, ".bss").size).toBe(16);
    expect(sectionBytes(elf, sectionOf(elf, ".bss"))).toBeUndefined();
    expect(symbolBytes(elf, symbolOf(elf, "shared"))).toBeUndefined();
    expect(symbolBytes(elf, symbolOf(elf, "kernel_function"))).toBeUndefined();
    expect(sectionBytes(elf, elf.sections[0] as ElfSection)).toBeUndefined();
    expect(sectionNamed(elf, "xd")).toBeUndefined();
  });
});

describe("a file with addresses", () => {
  const elf = parseElf(dataFile(import.meta.url, "data/host.exec"));

  test("symbols and relocations stand in their section", () => {
    const start = symbolOf(elf, "_start");
    expect(start.value).toBe(0xffffffff81000190n);
    expect(symbolBytes(elf, start)).toEqual(sectionBytes(elf, sectionOf(elf, ".text"))?.subarray(16, 86));
    const [first] = decodeRelocations(elf, sectionOf(elf, ".rela.text"));
    expect(offsetInSection(elf, sectionOf(elf, ".text"), first?.offset ?? 0n, 4)).toBe(6);
  });

  const TEXT = { at: 0xffffffff81000180n, size: 0x74 };
  test.each([
    ["before the section", TEXT.at - 1n, 1],
    ["behind it", TEXT.at + 0x74n, 1],
    ["over its end", TEXT.at + 0x70n, 5],
    ["an offset, not an address", 0n, 0],
  ])("%s", (_, place, size) => {
    const error = inspectErrorOf(() => offsetInSection(elf, sectionOf(elf, ".text"), place, size));
    expect(error.message).toBe(
      `Cannot parse ELF: ${size} bytes at 0x${place.toString(16)} are not in section [1] '.text' (116 bytes)`,
    );
  });

  test("its end is a place too", () => {
    const text = sectionOf(elf, ".text");
    expect(offsetInSection(elf, text, TEXT.at + BigInt(TEXT.size))).toBe(TEXT.size);
  });
});
