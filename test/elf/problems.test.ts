/** Files with broken parts, of which the rest is read: each problem is told once, in the words of the error. */
import { expect, test } from "vitest";
import {
  decodeRelocations,
  decodeSymbols,
  type ElfFile,
  type ElfSection,
  parseElf,
  sectionBytes,
} from "../../src/elf/index.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { buildElf, LE64, relocationTable, type SectionSpec, symbolTable } from "./elf-builder.ts";

const BYTES = Uint8Array.of(1, 2, 3, 4);

/** What is read, and what is told meanwhile. */
function read<T>(what: (problems: (problem: Error) => void) => T): { value: T; told: string[] } {
  const told: string[] = [];
  const value = what(({ message }) => told.push(message));
  return { value, told };
}

const parse = (sections: readonly SectionSpec[], header = {}) => {
  const bytes = buildElf(LE64, sections, header);
  const { value, told } = read((problems) => parseElf(bytes, problems));
  if (told.length > 0) expect(inspectErrorOf(() => parseElf(bytes)).message).toBe(told[0]);
  return { elf: value, told };
};

const summary = (elf: ElfFile) =>
  elf.sections.map((section) => [
    section.name,
    section.type,
    section.size,
    sectionBytes(elf, section)?.length,
  ]);

test("a sound file has no problems", () => {
  const { elf, told } = parse([{ name: "a", bytes: BYTES }]);
  expect(told).toEqual([]);
  expect(summary(elf)[1]).toEqual(["a", 1, 4, 4]);
});

test("sections that are not in the file, or share bytes with another, are empty", () => {
  const { elf, told } = parse([
    { name: "far", bytes: BYTES, offset: 1 << 20 },
    { name: "huge", bytes: BYTES, size: 1n << 60n },
    { name: "a", bytes: BYTES, offset: 68 },
    { name: "b", bytes: BYTES, offset: 70 },
  ]);
  expect(told).toEqual([
    "Cannot parse ELF: size of section [2] at offset 0xe8: 0x1000000000000000 is too large",
    "Cannot parse ELF: section [4]: 4 bytes at offset 0x46 are in another section too",
    expect.stringMatching(
      /^Cannot parse ELF: section \[1\]: 4 bytes at offset 0x100000 are past the end \(\d+ bytes\)$/,
    ),
  ]);
  expect(summary(elf).slice(1, 5)).toEqual([
    ["far", 0, 0, undefined],
    ["huge", 0, 0, undefined],
    ["a", 1, 4, 4],
    ["b", 0, 0, undefined],
  ]);
});

test("names that are not there are empty", () => {
  const { elf, told } = parse([
    { name: "a", bytes: BYTES, nameOffset: 999 },
    { name: "b", bytes: BYTES },
  ]);
  expect(told).toEqual(["Cannot parse ELF: string offset 0x3e7 is past the end of section [3] (15 bytes)"]);
  expect(elf.sections.map(({ name }) => name)).toEqual(["", "", "b", ".shstrtab"]);
});

test.each([
  ["a section that is not there", 77, "section names are in section 77 of 3"],
  ["a section of something else", 1, "section [1] is not a string table"],
])("names in %s: none", (_, namesIndex, what) => {
  const { elf, told } = parse([{ name: "a", bytes: BYTES }], { namesIndex });
  expect(told).toEqual([`Cannot parse ELF: ${what}`]);
  expect(elf.sections.map(({ name }) => name)).toEqual(["", "", ""]);
});

test("symbols without a name or a section keep the place of the others", () => {
  const strings = Buffer.from("\0first\0last\0", "latin1");
  const symbols = [
    { nameOffset: 1, sectionIndex: 1 },
    { nameOffset: 99, sectionIndex: 1, value: 3 },
    { nameOffset: 1, sectionIndex: 50 },
    { nameOffset: 7, sectionIndex: 1 },
  ];
  const elf = parseElf(
    buildElf(LE64, [
      { name: "a", bytes: BYTES },
      { name: ".symtab", ...symbolTable(LE64, symbols), link: 3 },
      { name: ".strtab", type: 3, bytes: strings },
    ]),
  );
  const { value, told } = read((problems) => decodeSymbols(elf, undefined, problems));
  expect(value.map(({ index, name, section, value: at }) => [index, name, section?.name, at])).toEqual([
    [0, "", undefined, 0n],
    [1, "first", "a", 0n],
    [2, "", "a", 3n],
    [3, "", undefined, 0n],
    [4, "last", "a", 0n],
  ]);
  expect(told).toEqual([
    expect.stringMatching(
      /^Cannot parse ELF: string offset 0x63 is past the end of section \[3\] '.strtab' \(12 bytes\)$/,
    ),
    expect.stringMatching(/^Cannot parse ELF: symbol \[3\] 'first' at offset 0x[0-9a-f]+: section 50 of 5$/),
  ]);
  expect(inspectErrorOf(() => decodeSymbols(elf)).message).toBe(told[0]);
});

test("relocations of symbols that are not there are left out", () => {
  const elf = parseElf(
    buildElf(LE64, [
      { name: "a", bytes: BYTES },
      { name: ".symtab", ...symbolTable(LE64, [{ sectionIndex: 1 }]), link: 3 },
      { name: ".strtab", type: 3, bytes: Uint8Array.of(0) },
      {
        name: ".rela",
        ...relocationTable(LE64, [
          { offset: 0, symbol: 1 },
          { offset: 1, symbol: 9 },
          { offset: 2, symbol: 0 },
        ]),
        link: 2,
        info: 1,
      },
    ]),
  );
  const table = elf.sections[4] as ElfSection;
  const { value, told } = read((problems) => decodeRelocations(elf, table, problems));
  expect(value.map(({ offset, symbol }) => [offset, symbol])).toEqual([
    [0n, 1],
    [2n, 0],
  ]);
  expect(told).toEqual([
    expect.stringMatching(
      /^Cannot parse ELF: section \[4\] '.rela': relocation \[1\] at offset 0x[0-9a-f]+: symbol 9 of 2$/,
    ),
  ]);
  expect(inspectErrorOf(() => decodeRelocations(elf, table)).message).toBe(told[0]);
});
