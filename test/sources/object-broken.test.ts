/** Object files that are broken, or odd: what can be shown is shown, the rest is a warning. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SECTION_FLAG, SYMBOL_BINDING, SYMBOL_TYPE } from "../../src/elf/constants.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ProgRecord } from "../../src/model/records.ts";
import type { FileSource } from "../../src/sources/object/file-source.ts";
import { objectSource } from "../../src/sources/object/source.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile } from "../support/data.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "../support/insns.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { type CodeObject, code, codeObject, func } from "./code-object.ts";

const LD_IMM64 = 0x18;
const CALL = 0x85;
const RETURN = insns(MOV_R0_0, EXIT);
const LOAD = insns(insn(LD_IMM64, { dst: 1 }), insn(0), EXIT);

const open = (object: CodeObject) => objectSource(codeObject(object), "x.o");
const names = (source: FileSource) =>
  Array.from(source.progs(), ({ fullName, name, xlatedLen }) => `${fullName ?? name} ${xlatedLen}`);

/** A function that calls another, `imm` slots behind its end. */
const calling = (imm: number) => insns(insn(CALL, { src: 1, imm }), EXIT);

describe("files that are not what is wanted", () => {
  test.each([
    ["not ELF", Buffer.from("hello"), "no magic number 7f 45 4c 46"],
    ["cut", codeObject({ sections: [code("xdp", RETURN)] }).slice(0, 200), /are past the end \(200 bytes\)$/],
    ["cut in the header", codeObject({ sections: [] }).slice(0, 20), /are past the end \(20 bytes\)$/],
  ])("%s", (_, bytes, what) => {
    const { message } = inspectErrorOf(() => objectSource(bytes, "x.o"));
    expect(message.startsWith("Cannot open source 'x.o': Cannot parse ELF: ")).toBe(true);
    expect(message).toMatch(what);
  });

  test.each([
    [62, "x86_64 (62)"],
    [183, "aarch64 (183)"],
    [999, "machine 999"],
  ])("machine %i", (machine, text) => {
    const bytes = codeObject({ sections: [], header: { machine } });
    expect(inspectErrorOf(() => objectSource(bytes, "vmlinux")).message).toBe(
      `Cannot open source 'vmlinux': it is an ELF file for ${text}, not for BPF; 'btf dump file' reads the BTF of such files`,
    );
  });
});

test("objects of old compilers name no machine", () => {
  const source = open({
    sections: [code("xdp", RETURN)],
    symbols: [func("f", "xdp", 16)],
    header: { machine: 0 },
  });
  expect(names(source)).toEqual(["f 16"]);
});

test.each([
  [
    "32 bits",
    { format: { bits: 32, littleEndian: false } },
    "the ELF file has 32 bits: no loader takes it as it is",
  ],
  ["linked", { header: { type: 2 } }, "ELF type 2 is not relocatable: no loader takes it as it is"],
] as const)("%s: shown with a warning", (_, other, warning) => {
  const source = open({ sections: [code("xdp", RETURN)], symbols: [func("f", "xdp", 16)], ...other });
  expect(names(source)).toEqual(["f 16"]);
  expect(source.warnings()).toEqual([warning]);
});

interface Row {
  readonly what: string;
  readonly object: CodeObject;
  /** Names and bytes of the programs. */
  readonly progs: readonly string[];
  readonly warnings: readonly string[];
}

const BAD_PLACE = "Cannot parse ELF: ";

const ROWS: readonly Row[] = [
  { what: "no section at all", object: { sections: [] }, progs: [], warnings: [] },
  {
    what: "no symbols: a section is a function",
    object: { sections: [code("xdp", RETURN), code("tc", RETURN)] },
    progs: [" 16", " 16"],
    warnings: [
      "section [1] 'xdp' has instructions, but no function symbols: it is taken as one function",
      "section [2] 'tc' has instructions, but no function symbols: it is taken as one function",
    ],
  },
  {
    what: "an odd number of bytes",
    object: { sections: [code("xdp", insns(RETURN, Uint8Array.of(1, 2, 3)))] },
    progs: [" 16"],
    warnings: [
      "section [1] 'xdp': 19 bytes are no whole number of instructions",
      "section [1] 'xdp' has instructions, but no function symbols: it is taken as one function",
    ],
  },
  {
    what: "a function over the end of its section",
    object: { sections: [code("xdp", RETURN)], symbols: [func("f", "xdp", 24, { value: 8 })] },
    progs: ["f 8"],
    warnings: [
      "function 'f' at offset 0x8 of section [1] 'xdp': 24 bytes run over the end of the section (16 bytes)",
    ],
  },
  {
    what: "a function behind its section",
    object: {
      sections: [code("xdp", RETURN)],
      symbols: [func("f", "xdp", 8, { value: 24 }), func("g", "xdp", 16)],
    },
    progs: ["g 16"],
    warnings: [`${BAD_PLACE}0 bytes at 0x18 are not in section [1] 'xdp' (16 bytes)`],
  },
  {
    what: "a function in the middle of an instruction",
    object: { sections: [code("xdp", RETURN)], symbols: [func("f", "xdp", 8, { value: 4 })] },
    progs: [],
    warnings: ["function 'f' at offset 0x4 of section [1] 'xdp' begins in an instruction"],
  },
  {
    what: "functions without a size",
    object: {
      sections: [code("xdp", insns(RETURN, RETURN))],
      symbols: [func("f", "xdp", 0), func("g", "xdp", 0, { value: 16 })],
    },
    progs: ["f 16", "g 16"],
    warnings: [
      "function 'f' at offset 0x0 of section [1] 'xdp' has no size: it is taken to reach to the next one",
      "function 'g' at offset 0x10 of section [1] 'xdp' has no size: it is taken to reach to the next one",
    ],
  },
  {
    what: "a function of an odd size",
    object: { sections: [code("xdp", RETURN)], symbols: [func("f", "xdp", 12)] },
    progs: ["f 8"],
    warnings: [
      "function 'f' at offset 0x0 of section [1] 'xdp': 12 bytes are no whole number of instructions",
    ],
  },
  {
    what: "static functions belong into .text",
    object: {
      sections: [code("xdp", insns(calling(1), RETURN))],
      symbols: [
        func("f", "xdp", 16),
        func("helper", "xdp", 16, { value: 16, binding: SYMBOL_BINDING.LOCAL }),
      ],
    },
    progs: ["f 32"],
    warnings: ["static function 'helper' in section 'xdp': libbpf wants such in .text"],
  },
  {
    what: "compressed instructions",
    object: {
      sections: [
        code("xdp", RETURN, { flags: SECTION_FLAG.EXECINSTR | SECTION_FLAG.COMPRESSED }),
        code("tc", RETURN),
      ],
      symbols: [func("f", "xdp", 16), func("g", "tc", 16)],
    },
    progs: ["g 16"],
    warnings: ["Cannot read ELF section [1] 'xdp': it is compressed"],
  },
  {
    what: "a section past the end of the file",
    object: {
      sections: [code("xdp", RETURN, { size: 1 << 20 }), code("tc", RETURN)],
      symbols: [func("f", "xdp", 16), func("g", "tc", 16)],
    },
    progs: ["g 16"],
    warnings: [
      expect.stringMatching(
        /^Cannot parse ELF: section \[1\]: 1048576 bytes at offset 0x40 are past the end/,
      ),
    ],
  },
  {
    what: "a section of more bytes than numbers can tell",
    object: {
      sections: [code("xdp", RETURN, { size: 1n << 60n }), code("tc", RETURN)],
      symbols: [func("g", "tc", 16)],
    },
    progs: ["g 16"],
    warnings: [
      expect.stringMatching(
        /^Cannot parse ELF: size of section \[1\] at offset 0x[0-9a-f]+: 0x10+ is too large$/,
      ),
    ],
  },
  {
    what: "sections that share bytes: the first one has them",
    object: {
      sections: [code("xdp", RETURN), code("tc", RETURN, { offset: 64 + 8 })],
      symbols: [func("f", "xdp", 16)],
    },
    progs: ["f 16"],
    warnings: ["Cannot parse ELF: section [2]: 16 bytes at offset 0x48 are in another section too"],
  },
  {
    what: "a name that is not in the string table",
    object: {
      sections: [code("xdp", RETURN), code("tc", RETURN, { nameOffset: 9999 })],
      symbols: [func("f", "xdp", 16, { nameOffset: 77 }), func("g", "tc", 16, { sectionIndex: 2 })],
    },
    progs: [" 16", "g 16"],
    warnings: [
      expect.stringMatching(/^Cannot parse ELF: string offset 0x270f is past the end of section \[5\]/),
      expect.stringMatching(
        /^Cannot parse ELF: string offset 0x4d is past the end of section \[4\] '.strtab'/,
      ),
    ],
  },
  {
    what: "a call to nowhere",
    object: { sections: [code("xdp", calling(100))], symbols: [func("f", "xdp", 16)] },
    progs: ["f 16"],
    warnings: ["slot 0 of 'f' refers to slot 101 of section [1] 'xdp', where no function is"],
  },
  {
    what: "functions that call each other",
    object: {
      sections: [code("xdp", calling(1)), code(".text", insns(calling(1), calling(-3)))],
      symbols: [func("f", "xdp", 16), func("g", ".text", 16), func("h", ".text", 16, { value: 16 })],
      relocations: { xdp: [[0, "g"]] },
    },
    progs: ["f 48"],
    warnings: [],
  },
  {
    what: "a load without its second half",
    object: {
      sections: [
        code("xdp", insns(MOV_R0_0, insn(LD_IMM64, { dst: 1 }))),
        { name: ".data", bytes: u32s(1, 2) },
      ],
      symbols: [func("f", "xdp", 16), func("x", ".data", 4, { type: SYMBOL_TYPE.OBJECT, value: 4 })],
      relocations: { xdp: [[8, "x"]] },
    },
    progs: ["f 16"],
    warnings: [],
  },
  {
    what: "relocations of what needs none",
    object: {
      sections: [code("xdp", LOAD), { name: ".data", bytes: u32s(1) }],
      symbols: [func("f", "xdp", 24), func("x", ".data", 4, { type: SYMBOL_TYPE.OBJECT })],
      relocations: {
        xdp: [
          [16, "x"],
          [4, "x"],
          [20, "x"],
          [9999, "x"],
          [0, 0],
          [0, 77],
        ],
      },
    },
    progs: ["f 24"],
    warnings: [
      "section [5] '.relxdp': the relocation at offset 0x10 of section [1] 'xdp' against 'x' is neither of a call nor of a 64-bit load",
      "section [5] '.relxdp': the relocation at offset 0x4 of section [1] 'xdp' is not at the start of an instruction",
      `${BAD_PLACE}8 bytes at 0x14 are not in section [1] 'xdp' (24 bytes)`,
      `${BAD_PLACE}8 bytes at 0x270f are not in section [1] 'xdp' (24 bytes)`,
      "section [5] '.relxdp': the relocation at offset 0x0 of section [1] 'xdp' has no symbol",
      expect.stringMatching(
        /^Cannot parse ELF: section \[5\] '.relxdp': relocation \[5\] at offset 0x[0-9a-f]+: symbol 77 of 3$/,
      ),
    ],
  },
  {
    what: "a variable of a section that becomes no map",
    object: {
      sections: [code("xdp", LOAD), { name: "elsewhere", bytes: u32s(1, 2, 3) }],
      symbols: [func("f", "xdp", 24), func("x", "elsewhere", 4, { type: SYMBOL_TYPE.OBJECT, value: 8 })],
      relocations: { xdp: [[0, "x"]] },
    },
    progs: ["f 24"],
    warnings: ["slot 0 of 'f' refers to section [2] 'elsewhere', of which no map is made"],
  },
  {
    what: "a variable without a place",
    object: {
      sections: [code("xdp", LOAD)],
      symbols: [
        func("f", "xdp", 24),
        func("x", "xdp", 4, { type: SYMBOL_TYPE.OBJECT, sectionIndex: 0xfff2 }),
      ],
      relocations: { xdp: [[0, "x"]] },
    },
    progs: ["f 24"],
    warnings: ["slot 0 of 'f' refers to 'x', which has no place"],
  },
  {
    what: "BTF that is none",
    object: {
      sections: [code("xdp", RETURN), { name: ".BTF", bytes: u32s(1, 2, 3) }],
      symbols: [func("f", "xdp", 16)],
    },
    progs: ["f 16"],
    warnings: ["Cannot parse BTF: no magic number 0xeb9f"],
  },
  {
    what: "BTF of the other byte order",
    object: {
      sections: [code("xdp", RETURN), { name: ".BTF", bytes: new BtfBuilder().build(false) }],
      symbols: [func("f", "xdp", 16)],
    },
    progs: ["f 16"],
    warnings: ["Cannot parse BTF: its byte order is not that of the ELF file"],
  },
  {
    what: "a broken .BTF.ext",
    object: {
      sections: [
        code("xdp", RETURN),
        { name: ".BTF", bytes: new BtfBuilder().build() },
        { name: ".BTF.ext", bytes: u32s(0x0001eb9f, 24, 4000, 8, 0, 0) },
      ],
      symbols: [func("f", "xdp", 16)],
    },
    progs: ["f 16"],
    warnings: ["Cannot parse .BTF.ext: 8 bytes at offset 0xfb8 are past the end (24 bytes)"],
  },
];

test.each(ROWS)("$what", ({ object, progs, warnings }) => {
  const source = open(object);
  expect(names(source)).toEqual(progs);
  for (const prog of source.progs()) expect(source.code(prog).xlated.length).toBe(prog.xlatedLen);
  expect(source.warnings()).toEqual(warnings);
});

test("what a static function is called by is written into the call", () => {
  const source = open({
    sections: [code("xdp", calling(1)), code(".text", insns(RETURN, calling(-3)))],
    symbols: [
      func("f", "xdp", 16),
      func("g", ".text", 16),
      func("h", ".text", 16, { value: 16 }),
      { name: "", section: ".text", type: SYMBOL_TYPE.SECTION, binding: SYMBOL_BINDING.LOCAL },
    ],
    relocations: { xdp: [[0, 4]] },
  });
  const { xlated, references } = source.code(source.prog(1));
  expect(references).toEqual([
    { pc: 0, kind: "subprog", name: "h" },
    { pc: 2, kind: "subprog", name: "g" },
  ]);
  // h stands in slot 2, g in slot 4
  expect(xlated).toEqual(insns(calling(1), calling(1), RETURN));
});

describe("licenses", () => {
  test.each([
    ["GPL", true],
    ["GPL v2", true],
    ["Dual BSD/GPL", true],
    ["GPL\0 or not", true],
    ["GPLv2", false],
    ["gpl", false],
    ["", false],
    [undefined, false],
  ])("%j", (license, compatible) => {
    const section = license === undefined ? [] : [{ name: "license", bytes: Buffer.from(license, "latin1") }];
    const source = open({ sections: [code("xdp", RETURN), ...section], symbols: [func("f", "xdp", 16)] });
    expect(source.prog(1).gplCompatible).toBe(compatible);
  });
});

describe("small files that would be large programs", () => {
  /** Each function but the last calls the one behind it. */
  const chain = (length: number) => {
    const bytes = new Uint8Array(length * 16);
    for (let i = 0; i < length; i++) bytes.set(i + 1 < length ? calling(1) : RETURN, i * 16);
    return bytes;
  };

  test("a long chain of calls", () => {
    const length = 30_000;
    const source = open({
      sections: [code("xdp", calling(-1)), code(".text", chain(length))],
      symbols: [
        func("f", "xdp", 16),
        ...Array.from({ length }, (_, i) => func(`f${i % 7}`, ".text", 16, { value: i * 16 })),
      ],
      relocations: { xdp: [[0, "f0"]] },
    });
    expect(names(source)).toEqual([`f ${16 + length * 16}`]);
    expect(source.warnings()).toEqual([]);
  });

  test("no program has more than the kernel takes", () => {
    const source = open({
      sections: [code("xdp", calling(-1)), code(".text", new Uint8Array(1_000_000 * 8))],
      symbols: [func("f", "xdp", 16), func("g", ".text", 8_000_000)],
      relocations: { xdp: [[0, "g"]] },
    });
    expect(names(source)).toEqual(["f 16"]);
    expect(source.warnings()).toEqual([
      "functions are left out of program 'f': it would have more than 1000000 instructions",
    ]);
  });

  test("programs that share their bytes are not all shown", () => {
    const slots = 1 << 16;
    const source = open({
      sections: [code("xdp", new Uint8Array(slots * 8))],
      symbols: Array.from({ length: 1000 }, (_, i) => func(`f${i}`, "xdp", slots * 8)),
    });
    expect(names(source)).toHaveLength(64);
    expect(source.warnings()).toEqual([
      "the programs have more than 4194304 instructions: only 64 are shown",
    ]);
  });

  test("warnings have an end", () => {
    const symbols = Array.from({ length: 100 }, (_, i) => func(`f${i}`, "xdp", 8, { value: 4 }));
    const source = open({ sections: [code("xdp", RETURN)], symbols });
    expect([...source.progs()]).toEqual([]);
    expect(source.warnings()).toHaveLength(21);
    expect(source.warnings().at(-1)).toBe("80 more of them");
  });
});

/** Everything that can be asked for. */
function readAll(bytes: Uint8Array): void {
  const source = objectSource(bytes, "x.o");
  const registry = new Registry(source);
  const read = (prog: ProgRecord) => {
    const { xlated, references = [] } = source.code(prog);
    expect(xlated.length).toBe(prog.xlatedLen);
    const pcs = references.map(({ pc }) => pc);
    expect(pcs).toEqual(pcs.toSorted((a, b) => a - b));
    for (const pc of pcs) expect(pc).toBeLessThan(xlated.length / 8);
    registry.progName(prog);
    registry.metadata(prog);
  };
  for (const prog of source.progs()) valueOrInspectError(() => read(prog));
  for (const map of source.maps()) valueOrInspectError(() => [...source.contents(map).batches]);
  for (const { id } of source.btfs()) valueOrInspectError(() => registry.btf(id));
  expect(source.warnings().length).toBeLessThanOrEqual(21);
}

describe.each(["features.bpfel.o", "features.bpfeb.o", "linked.o", "bare.o"])("%s", (name) => {
  const original = dataFile(import.meta.url, `data/programs/${name}`);
  const flip = fc.tuple(fc.nat(original.length - 1), fc.nat(255));

  test("with some bytes changed", () => {
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 8 }), (flips) => {
        const bytes = Uint8Array.from(original);
        for (const [at, byte] of flips) bytes[at] = byte;
        valueOrInspectError(() => readAll(bytes));
      }),
      { numRuns: 60 },
    );
  });

  test("with a word changed to something large", () => {
    const word = fc.tuple(
      fc.nat(original.length / 4 - 1),
      fc.constantFrom(0xffff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const bytes = Uint8Array.from(original);
        for (const [at, value] of words) new DataView(bytes.buffer).setUint32(at * 4, value, true);
        valueOrInspectError(() => readAll(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test("cut anywhere", () => {
    fc.assert(
      fc.property(fc.nat(original.length), (length) => {
        valueOrInspectError(() => readAll(original.subarray(0, length)));
      }),
      { numRuns: 40 },
    );
  });
});

test("the section headers are where it hurts most", () => {
  const original = dataFile(import.meta.url, "data/programs/features.bpfel.o");
  const headers = Number(original.readBigUInt64LE(40));
  const change = fc.tuple(fc.integer({ min: headers, max: original.length - 1 }), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Uint8Array.from(original);
      for (const [at, byte] of changes) bytes[at] = byte;
      valueOrInspectError(() => readAll(bytes));
    }),
    { numRuns: 120 },
  );
});
