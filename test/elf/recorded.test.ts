/** Objects of compilers, compared with what llvm-readelf says of them (data/README.md). */
import { describe, expect, test } from "vitest";
import {
  BPF_RELOCATION,
  decodeRelocations,
  decodeSymbols,
  type ElfFile,
  type ElfSection,
  type ElfSymbol,
  linkedSection,
  parseElf,
  SECTION_TYPE,
  SYMBOL_BINDINGS,
  SYMBOL_TYPES,
  SYMBOL_VISIBILITIES,
  sectionNamed,
} from "../../src/elf/index.ts";
import { dataFile, dataText } from "../support/data.ts";

const FILES = [
  "program.bpfel.o",
  "program.bpfeb.o",
  "host.i386.o",
  "host.ppc32.o",
  "host.x86_64.o",
  "host.exec",
  "host.dyn",
];

/** The text of llvm-readelf in rows, blanks made single. */
interface Recorded {
  /** Fields of the header. */
  readonly header: Readonly<Record<string, string>>;
  readonly sections: readonly string[];
  /** Rows of each symbol table and relocation section, by the section's name. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
}

function recorded(name: string): Recorded {
  const header: Record<string, string> = {};
  const sections: string[] = [];
  const tables = new Map<string, string[]>();
  let table: string[] | undefined;
  for (const line of dataText(import.meta.url, `data/${name}.readelf.txt`).split("\n")) {
    const row = line.trim().replace(/\s+/g, " ").replace("[ ", "[");
    const title = /^(?:Relocation section|Symbol table) '(.*)'/.exec(row)?.[1];
    const [, field, value] = /^([A-Z][\w ]+): (.*)$/.exec(row) ?? [];
    if (title !== undefined) {
      table = [];
      tables.set(title, table);
    } else if (/^\[\d/.test(row)) sections.push(row);
    else if (table && row !== "" && !/^(Num:|Offset)/.test(row)) table.push(row);
    else if (field !== undefined && value !== undefined) header[field] = value;
  }
  return { header, sections, tables };
}

const hex = (value: number | bigint, digits = 0) => value.toString(16).padStart(digits, "0");
const joined = (...cells: readonly (string | number)[]) => cells.filter((cell) => cell !== "").join(" ");

const TYPE_NAMES = new Map<number, string>([
  ...Object.entries(SECTION_TYPE).map(([name, type]) => [type, name] as const),
  [5, "HASH"],
  [6, "DYNAMIC"],
  [0x6fff4c03, "LLVM_ADDRSIG"],
  [0x6ffffff6, "GNU_HASH"],
  [0x70000001, "X86_64_UNWIND"],
]);

/** Letters of the flags, by bit. */
const FLAG_LETTERS: readonly (readonly [flag: bigint, letter: string])[] = [
  [0x1n, "W"],
  [0x2n, "A"],
  [0x4n, "X"],
  [0x10n, "M"],
  [0x20n, "S"],
  [0x40n, "I"],
  [0x80000000n, "E"],
];

function sectionRow(elf: ElfFile, section: ElfSection): string {
  const type = TYPE_NAMES.get(section.type) ?? `type ${section.type}`;
  const flags = FLAG_LETTERS.map(([flag, letter]) => (section.flags & flag ? letter : "")).join("");
  return joined(
    `[${section.index}]`,
    section.name,
    type,
    hex(section.address, elf.bits / 4),
    hex(section.offset, 6),
    hex(section.size, 6),
    hex(section.entrySize, 2),
    flags,
    section.link,
    section.info,
    section.align,
  );
}

const nameOf = (symbol: ElfSymbol) => symbol.name || (symbol.section?.name ?? "");

function symbolRow(elf: ElfFile, symbol: ElfSymbol): string {
  const place = { 0: "UND", 0xfff1: "ABS", 0xfff2: "COM" }[symbol.sectionIndex] ?? symbol.section?.index;
  return joined(
    `${symbol.index}:`,
    hex(symbol.value, elf.bits / 4),
    symbol.size,
    SYMBOL_TYPES[symbol.type] ?? "?",
    SYMBOL_BINDINGS[symbol.binding] ?? "?",
    SYMBOL_VISIBILITIES[symbol.visibility] ?? "?",
    place ?? "?",
    nameOf(symbol),
  );
}

/** Without the name of the type, which depends on the machine. */
function relocationRows(elf: ElfFile, section: ElfSection): string[] {
  const symbols = decodeSymbols(elf, linkedSection(elf, section));
  const digits = elf.bits / 4;
  return decodeRelocations(elf, section).map(({ offset, symbol: index, type, addend }) => {
    const info = (BigInt(index) << (elf.bits === 64 ? 32n : 8n)) | BigInt(type);
    const symbol = symbols[index] as ElfSymbol;
    const signed = addend !== undefined && (addend < 0n ? `- ${hex(-addend)}` : `+ ${hex(addend)}`);
    const what =
      index === 0 ? hex(addend ?? 0n) : joined(hex(symbol.value, digits), nameOf(symbol), signed || "");
    return joined(hex(offset, digits), hex(info, digits), what);
  });
}

describe.each(FILES)("%s", (name) => {
  const elf = parseElf(dataFile(import.meta.url, `data/${name}`));
  const { header, sections, tables } = recorded(name);

  test("header", () => {
    expect(`ELF${elf.bits}`).toBe(header.Class);
    expect(header.Data).toContain(elf.reader.littleEndian ? "little" : "big");
    expect(header.Type).toContain({ 1: "REL", 2: "EXEC", 3: "DYN" }[elf.type]);
    expect(header.Machine).toContain({ 3: "80386", 20: "PowerPC", 62: "X86-64", 247: "BPF" }[elf.machine]);
  });

  test("sections", () => {
    expect(elf.sections.map((section) => sectionRow(elf, section))).toEqual(sections);
  });

  test("no table is missing", () => {
    const { SYMTAB, DYNSYM, REL, RELA } = SECTION_TYPE;
    const found = elf.sections.filter(({ type }) => [SYMTAB, DYNSYM, REL, RELA].some((t) => t === type));
    expect(found.map((section) => section.name).sort()).toEqual([...tables.keys()].sort());
  });

  test.each([...tables])("%s", (tableName, rows) => {
    const table = sectionNamed(elf, tableName) as ElfSection;
    if (table.type === SECTION_TYPE.SYMTAB || table.type === SECTION_TYPE.DYNSYM)
      expect(decodeSymbols(elf, table).map((symbol) => symbolRow(elf, symbol))).toEqual(rows);
    else expect(relocationRows(elf, table)).toEqual(rows.map((row) => row.replace(/ R_\w+/, "")));
  });
});

test("BPF_RELOCATION has the names of llvm-readelf", () => {
  const { tables } = recorded("program.bpfel.o");
  const seen = new Map<string, number>();
  for (const row of [...tables.values()].flat()) {
    const [, type, name] = /^\w{16} \w{8}(\w{8}) (R_BPF_\w+) /.exec(row) ?? [];
    if (type !== undefined && name !== undefined) seen.set(name, Number.parseInt(type, 16));
  }
  expect({ R_BPF_NONE: 0, ...Object.fromEntries(seen) }).toEqual(BPF_RELOCATION);
});
