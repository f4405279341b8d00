/** Symbols that are read one by one: nothing is told of those that nobody asks for. */
import { describe, expect, test } from "vitest";
import { SYMBOL_BINDING, SYMBOL_TYPE } from "../../src/elf/constants.ts";
import { decodeSymbols, parseElf, symbolTable } from "../../src/elf/index.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { buildElf, FORMATS, LE64, symbolTable as tableOf } from "./elf-builder.ts";

const info = (type: number, binding: number) => (binding << 4) | type;

/** Symbols 1 to 4: a function, a label, a variable without a section, a function without a name. */
const SYMBOLS = [
  { nameOffset: 1, info: info(SYMBOL_TYPE.FUNC, SYMBOL_BINDING.GLOBAL), sectionIndex: 1, value: 8 },
  { nameOffset: 3, info: info(SYMBOL_TYPE.NOTYPE, SYMBOL_BINDING.LOCAL), sectionIndex: 1 },
  { nameOffset: 5, info: info(SYMBOL_TYPE.OBJECT, SYMBOL_BINDING.GLOBAL), sectionIndex: 77 },
  { nameOffset: 999, info: info(SYMBOL_TYPE.FUNC, SYMBOL_BINDING.LOCAL), sectionIndex: 1 },
];

const elfOf = (format = LE64) =>
  parseElf(
    buildElf(format, [
      { name: "a", bytes: new Uint8Array(16) },
      { name: ".symtab", ...tableOf(format, SYMBOLS), link: 3 },
      { name: ".strtab", type: 3, bytes: Buffer.from("\0f\0l\0v\0", "latin1") },
    ]),
  );

function tolerant(format = LE64) {
  const told: string[] = [];
  return { told, table: symbolTable(elfOf(format), undefined, ({ message }) => told.push(message)) };
}

const NO_NAME = /^Cannot parse ELF: string offset 0x3e7 is past the end/;
const NO_SECTION = /^Cannot parse ELF: symbol \[3\] 'v' at offset 0x[0-9a-f]+: section 77 of 5$/;

describe.each(
  FORMATS.map((format) => [`${format.bits} ${format.littleEndian ? "LE" : "BE"}`, format] as const),
)("%s", (_, format) => {
  test("by index", () => {
    const { table, told } = tolerant(format);
    expect(table.length).toBe(5);
    expect(table.at(0)).toMatchObject({ index: 0, name: "", section: undefined });
    expect(table.at(1)).toMatchObject({ index: 1, name: "f", value: 8n, section: { name: "a" } });
    expect(table.at(5)).toBeUndefined();
    expect(told).toEqual([]);
  });

  test("by type and binding", () => {
    const { table, told } = tolerant(format);
    const labels = table.select((type, binding) => type === SYMBOL_TYPE.NOTYPE && binding === 0);
    expect(labels.map(({ index, name }) => [index, name])).toEqual([
      [0, ""],
      [2, "l"],
    ]);
    expect(told).toEqual([]);
    expect(table.select((type) => type === SYMBOL_TYPE.FUNC).map(({ name }) => name)).toEqual(["f", ""]);
    expect(told).toEqual([expect.stringMatching(NO_NAME)]);
  });
});

test("what is wrong with a symbol is told once", () => {
  const { table, told } = tolerant();
  expect(table.at(3)).toMatchObject({ index: 3, name: "", section: undefined });
  expect(table.at(3)).toBe(table.at(3));
  expect(table.select((type) => type === SYMBOL_TYPE.OBJECT)).toEqual([table.at(3)]);
  expect(told).toEqual([expect.stringMatching(NO_SECTION)]);
});

test("without anybody to tell, it is thrown when the symbol is read", () => {
  const table = symbolTable(elfOf());
  expect(table.at(1)?.name).toBe("f");
  expect(inspectErrorOf(() => table.at(3)).message).toMatch(NO_SECTION);
  expect(inspectErrorOf(() => table.at(4)).message).toMatch(NO_NAME);
  expect(inspectErrorOf(() => decodeSymbols(elfOf())).message).toMatch(NO_SECTION);
});
