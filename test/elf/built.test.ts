/** Files built by hand: numbers that do not fit, and fields that are wrong. */
import { describe, expect, test } from "vitest";
import {
  decodeRelocations,
  decodeSymbols,
  type ElfSection,
  isElf,
  parseElf,
  SECTION_FLAG,
  SECTION_INDEX,
  SECTION_TYPE,
  sectionBytes,
  symbolBytes,
} from "../../src/elf/index.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import {
  buildElf,
  FORMATS,
  type HeaderSpec,
  LE64,
  relocationTable,
  type SectionSpec,
  symbolTable,
  words,
} from "./elf-builder.ts";

const { STRTAB, SYMTAB_SHNDX, NOBITS, NULL } = SECTION_TYPE;
const strings = (text: string): SectionSpec => ({ type: STRTAB, bytes: Buffer.from(text, "latin1") });

describe.each(FORMATS)("$bits bits, little endian: $littleEndian", (format) => {
  test("numbers of sections in section 0, though they would fit", () => {
    const elf = parseElf(buildElf(format, [{ name: "one" }, { name: "two" }], {}, { extended: true }));
    expect(elf.sections.map((section) => section.name)).toEqual(["", "one", "two", ".shstrtab"]);
  });

  test("more sections than 16 bits can count", () => {
    const filler = Array.from({ length: 0xffff }, (): SectionSpec => ({}));
    const symbols = symbolTable(format, [
      { nameOffset: 1, sectionIndex: 0xffff }, // index of .here, by SYMTAB_SHNDX
      { nameOffset: 6, sectionIndex: SECTION_INDEX.ABS },
      { nameOffset: 6, sectionIndex: 0xffff }, // a section whose index is the number of ABS
      { nameOffset: 1, sectionIndex: 1 },
    ]);
    const here = filler.length + 1;
    const bytes = buildElf(format, [
      ...filler,
      { name: ".here", bytes: Uint8Array.of(1, 2, 3) },
      { ...symbols, name: ".symtab", link: here + 3 },
      {
        type: SYMTAB_SHNDX,
        link: here + 1,
        entrySize: 4,
        bytes: words(format, [0, here, 0, SECTION_INDEX.ABS, 0]),
      },
      strings("\0here\0there\0"),
    ]);
    const elf = parseElf(bytes);
    expect(elf.sections.length).toBe(here + 5);
    expect(elf.sections.at(-1)?.name).toBe(".shstrtab");
    expect(decodeSymbols(elf).map(({ name, section }) => [name, section?.index, section?.name])).toEqual([
      ["", undefined, undefined],
      ["here", here, ".here"],
      ["there", undefined, undefined],
      ["there", SECTION_INDEX.ABS, ""],
      ["here", 1, ""],
    ]);
  });

  test("fields that need all their bits", () => {
    const address = format.bits === 64 ? 0xffffffff81000000n : 0xc0000000n;
    const section = { name: "\x80\xff", type: 0x6fff4c03, flags: address, address, align: 4096 };
    const symbols = symbolTable(format, [{ value: address + 1n, size: 2, info: 0x2a, other: 0xfe }]);
    const relocations = relocationTable(format, [
      { offset: address, symbol: 1, type: 0xfe, addend: -2 },
      { addend: 0x7ffffffe },
    ]);
    const elf = parseElf(
      buildElf(format, [section, { ...symbols, link: 4 }, { ...relocations, link: 2 }, strings("")]),
    );
    expect(elf.sections[1]).toMatchObject({ name: "\x80\xff", address, align: 4096, type: 0x6fff4c03 });
    expect(decodeSymbols(elf)[1]).toEqual({
      index: 1,
      name: "",
      value: address + 1n,
      size: 2,
      binding: 2,
      type: 10,
      visibility: 2,
      sectionIndex: 0,
      section: undefined,
    });
    expect(decodeRelocations(elf, elf.sections[3] as ElfSection)).toEqual([
      { offset: address, symbol: 1, type: 0xfe, addend: -2n },
      { offset: 0n, symbol: 0, type: 0, addend: 0x7ffffffen },
    ]);
  });
});

test("a file without sections, or without names", () => {
  expect(parseElf(buildElf(LE64, [], { sections: 0 })).sections).toEqual([]);
  expect(parseElf(buildElf(LE64, [], { sectionCount: 0, namesIndex: 0 })).sections).toEqual([]);
  expect(decodeSymbols(parseElf(buildElf(LE64, [])))).toEqual([]);
  const { sections } = parseElf(buildElf(LE64, [{ name: "one" }], { namesIndex: 0 }));
  expect(sections.map((section) => section.name)).toEqual(["", "", ""]);
});

test("the size of what is not in the file does not matter", () => {
  const large = { offset: 2n ** 40n, size: 2n ** 52n };
  const elf = parseElf(
    buildElf(LE64, [
      { ...large, type: NOBITS },
      { ...large, type: NULL },
    ]),
  );
  expect(elf.sections.slice(1, 3).map((section) => [section.size, sectionBytes(elf, section)])).toEqual([
    [2 ** 52, undefined],
    [2 ** 52, undefined],
  ]);
});

test("an empty section may stand anywhere", () => {
  const elf = parseElf(buildElf(LE64, [{ offset: 2n ** 40n }]));
  expect(sectionBytes(elf, elf.sections[1] as ElfSection)?.length).toBe(0);
});

describe("parseElf() refuses", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const ROWS: readonly (readonly [detail: string, sections: readonly SectionSpec[], header?: HeaderSpec])[] =
    [
      ["no magic number 7f 45 4c 46", [], { ident: { 3: 0x47 } }],
      ["unknown class 3 at offset 0x4", [], { ident: { 4: 3 } }],
      ["unknown byte order 0 at offset 0x5", [], { ident: { 5: 0 } }],
      ["unknown version 2 at offset 0x6", [], { ident: { 6: 2 } }],
      ["section headers of 40 bytes, expected 64", [], { sectionSize: 40 }],
      ["4 bytes at offset 0x1000000000 are past the end (203 bytes)", [], { sections: 2n ** 36n }],
      [
        "offset of the section headers at offset 0x0: 0x8000000000000000 is too large",
        [],
        { sections: 2n ** 63n },
      ],
      ["192 bytes at offset 0x4b are past the end (203 bytes)", [], { sectionCount: 3 }],
      ["section names are in section 7 of 2", [], { namesIndex: 7 }],
      ["section [1] is not a string table", [{ bytes }], { namesIndex: 1 }],
      ["section [1]: 5 bytes at offset 0x107 are past the end (267 bytes)", [{ offset: 263, size: 5 }]],
      [
        "section [1]: 9007199254740991 bytes at offset 0x1fffffffffffff are past the end (267 bytes)",
        [{ offset: 2n ** 53n - 1n, size: 2n ** 53n - 1n }],
      ],
      ["size of section [1] at offset 0x8b: 0x20000000000000 is too large", [{ size: 2n ** 53n }]],
      ["offset of section [1] at offset 0x8b: 0xffffffffffffffff is too large", [{ offset: 2n ** 64n - 1n }]],
      ["alignment of section [1] at offset 0x8b: 0x8000000000000000 is too large", [{ align: 2n ** 63n }]],
      [
        "entry size of section [1] at offset 0x8b: 0x8000000000000000 is too large",
        [{ entrySize: 2n ** 63n }],
      ],
      [
        "section [2]: 2 bytes at offset 0x42 are in another section too",
        [{ bytes }, { offset: 66, size: 2 }],
      ],
      ["string offset 0xb is past the end of section [2] (11 bytes)", [{ nameOffset: 11 }]],
    ];
  test.each(ROWS.map(([detail, sections, header]) => ({ detail, sections, header })))(
    "$detail",
    ({ detail, sections, header }) => {
      const error = inspectErrorOf(() => parseElf(buildElf(LE64, sections, header)));
      expect(error.message).toBe(`Cannot parse ELF: ${detail}`);
      expect(error.code).toBe("malformed");
      expect(error.data.what).toBe("ELF");
    },
  );

  test("more sections in section 0 than there are", () => {
    for (const size of [3, 2n ** 52n]) {
      const file = buildElf(LE64, [], { sectionCount: 0, namesIndex: 0 });
      const sizeAt = file.length - 2 * 64 + 32;
      new DataView(file.buffer, file.byteOffset).setBigUint64(sizeAt, BigInt(size), true);
      expect(inspectErrorOf(() => parseElf(file)).message).toContain("bytes at offset 0x4b are past the end");
    }
  });
});

describe("decodeSymbols() refuses", () => {
  const table = symbolTable(LE64, [{ nameOffset: 1 }]);
  const text = strings("\0name\0");
  const one = (symbol: Parameters<typeof symbolTable>[1][number]) => [
    { ...symbolTable(LE64, [symbol]), link: 2 },
    text,
  ];
  const ROWS: readonly (readonly [detail: string, sections: readonly SectionSpec[]])[] = [
    ["section [1] '.symtab' links to section 9 of 3", [{ ...table, name: ".symtab", link: 9 }]],
    ["section [1] is not a string table", [{ ...table, link: 1 }]],
    [
      "section [1]: 48 bytes in entries of 16, expected entries of 24",
      [{ ...table, link: 2, entrySize: 16 }, text],
    ],
    [
      "section [1]: 48 bytes in entries of 0, expected entries of 24",
      [{ ...table, link: 2, entrySize: 0 }, text],
    ],
    [
      "section [1]: 47 bytes in entries of 24, expected entries of 24",
      [{ ...table, link: 2, bytes: new Uint8Array(47) }, text],
    ],
    ["string offset 0x6 is past the end of section [2] (6 bytes)", one({ nameOffset: 6 })],
    ["symbol [1] 'name' at offset 0x58: section 4 of 4", one({ nameOffset: 1, sectionIndex: 4 })],
    ["symbol [1] 'name' at offset 0x58: section 65535 of 4", one({ nameOffset: 1, sectionIndex: 0xffff })],
    [
      "size of symbol [1] 'name' at offset 0x58: 0xffffffffffffffff is too large",
      one({ nameOffset: 1, size: -1 }),
    ],
  ];
  test.each(ROWS)("%s", (detail, sections) => {
    const elf = parseElf(buildElf(LE64, sections));
    expect(inspectErrorOf(() => decodeSymbols(elf)).message).toBe(`Cannot parse ELF: ${detail}`);
  });

  test("what is not a symbol table", () => {
    const elf = parseElf(buildElf(LE64, [{ name: "xdp" }]));
    const error = inspectErrorOf(() => decodeSymbols(elf, elf.sections[1]));
    expect(error.message).toBe("Cannot parse ELF: section [1] 'xdp' is not a symbol table");
  });

  test("bytes of a symbol that runs over its section", () => {
    const code: SectionSpec = { name: "xdp", bytes: new Uint8Array(8) };
    const symbols = [
      { value: 4, size: 5, sectionIndex: 3 },
      { value: 2n ** 64n - 1n, size: 1, sectionIndex: 3 },
    ];
    const elf = parseElf(buildElf(LE64, [{ ...symbolTable(LE64, symbols), link: 2 }, text, code]));
    const messages = decodeSymbols(elf)
      .slice(1)
      .map((symbol) => inspectErrorOf(() => symbolBytes(elf, symbol)).message);
    expect(messages).toEqual([
      "Cannot parse ELF: 5 bytes at 0x4 are not in section [3] 'xdp' (8 bytes)",
      "Cannot parse ELF: 1 bytes at 0xffffffffffffffff are not in section [3] 'xdp' (8 bytes)",
    ]);
  });
});

describe("decodeRelocations() refuses", () => {
  const table = { ...symbolTable(LE64, [{}]), link: 3 };
  const one = { ...relocationTable(LE64, [{ symbol: 1 }]), name: ".relxdp" };
  const ROWS: readonly (readonly [detail: string, relocations: SectionSpec])[] = [
    ["section [1] 'xdp' is not a relocation section", { name: "xdp" }],
    ["section [1] '.relxdp': relocation [0] at offset 0x40: symbol 1 of 1", { ...one, link: 0 }],
    ["section [1] '.relxdp' links to section 5 of 5", { ...one, link: 5 }],
    ["section [3] is not a symbol table", { ...one, link: 3 }],
    [
      "section [1]: relocation [1] at offset 0x50: symbol 4294967295 of 2",
      { ...relocationTable(LE64, [{ symbol: 1 }, { symbol: 0xffffffff }]), link: 2 },
    ],
    [
      "section [1] '.relxdp': 16 bytes in entries of 24, expected entries of 16",
      { ...one, link: 2, entrySize: 24 },
    ],
    [
      "section [1] '.relxdp': 16 bytes in entries of 16, expected entries of 24",
      { ...one, link: 2, type: 4 },
    ],
  ];
  test.each(ROWS)("%s", (detail, relocations) => {
    const elf = parseElf(buildElf(LE64, [relocations, table, strings("")]));
    const section = elf.sections[1] as ElfSection;
    expect(inspectErrorOf(() => decodeRelocations(elf, section)).message).toBe(`Cannot parse ELF: ${detail}`);
  });
});

test("compressed sections are refused by name, and only when they are read", () => {
  const flags = SECTION_FLAG.COMPRESSED;
  const relocations = { ...relocationTable(LE64, [{}]), name: ".rel", flags };
  const symbols = { ...symbolTable(LE64, []), name: ".symtab", link: 4, flags };
  const debug = { name: ".debug_info", bytes: Uint8Array.of(1), flags };
  const elf = parseElf(buildElf(LE64, [relocations, symbols, debug, strings("")]));
  const [, rel, symtab, info] = elf.sections as [ElfSection, ElfSection, ElfSection, ElfSection];
  const refusals: readonly (readonly [call: () => unknown, title: string])[] = [
    [() => sectionBytes(elf, info), "section [3] '.debug_info'"],
    [() => decodeSymbols(elf, symtab), "section [2] '.symtab'"],
    [() => decodeRelocations(elf, rel), "section [1] '.rel'"],
  ];
  for (const [call, title] of refusals) {
    const error = inspectErrorOf(call);
    expect(error.message).toBe(`Cannot read ELF ${title}: it is compressed`);
    expect(error.code).toBe("unsupported");
  }
});

test.each([
  ["", false],
  ["\x7fEL", false],
  ["\x7fELF", true],
  ["\x7fELF\x02\x01\x01 and more", true],
  ["\x7fELG", false],
  ["!<arch>\n", false],
])("isElf(%j): %j", (text, expected) => expect(isElf(Buffer.from(text, "latin1"))).toBe(expected));
