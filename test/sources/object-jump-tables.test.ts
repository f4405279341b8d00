/** Jump tables of object files: data/jump-tables has objects of clang 22, and the maps that libbpf makes of one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader } from "../../src/bytes/reader.ts";
import { jumpTargets } from "../../src/code/jump-targets.ts";
import { programCode } from "../../src/code/program-code.ts";
import { SYMBOL_TYPE } from "../../src/elf/constants.ts";
import { NO_SYMBOLS } from "../../src/kallsyms/symbols.ts";
import { Registry } from "../../src/model/registry.ts";
import type { FileSource } from "../../src/sources/object/file-source.ts";
import { objectSource } from "../../src/sources/object/source.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { dataFile, dataText } from "../support/data.ts";
import { entriesOf } from "../support/entries.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";
import { valueOrInspectError } from "../support/outcome.ts";
import { type CodeObject, type CodeSymbol, code, codeObject, func } from "./code-object.ts";

const BASES = ["switches.bpfel.o", "switches.bpfeb.o"] as const;
const open = (name: string) => objectSource(dataFile(import.meta.url, `data/jump-tables/${name}`), name);

/** orig_off, xlated_off and jitted_off of each entry of a map. */
function entries(source: FileSource, id: number): number[][] {
  const { littleEndian } = source.host();
  const map = source.map(id);
  return entriesOf(source.contents(map), map).map(({ key, value }) => {
    const reader = new ByteReader(Uint8Array.from([...key, ...value]), { littleEndian, what: "entry" });
    return [reader.u32(0), reader.u32(4), reader.u32(8), reader.u32(12)];
  });
}

const tableMaps = (source: FileSource) =>
  Array.from(source.maps()).filter(({ type }) => type === MAP_TYPE.insn_array);

test("the maps are those that libbpf asks for", () => {
  const source = open("switches.bpfel.o");
  const asked = tableMaps(source).map(({ id, name, keySize, valueSize, maxEntries, frozen }, i) => [
    `create ${i + 1}: ${name} key ${keySize} value ${valueSize} max_entries ${maxEntries} flags 0`,
    ...entries(source, id).map(
      ([key, orig]) => `update ${i + 1}: ${key} orig_off ${orig} xlated_off 0 jitted_off 0`,
    ),
    ...(frozen ? [`freeze ${i + 1}`] : []),
  ]);
  const recorded = dataText(import.meta.url, "data/jump-tables/switches.bpfel.o.loaded.txt");
  expect(`${asked.flat().join("\n")}\n`).toBe(recorded);
});

describe.each(BASES)("%s", (name) => {
  const source = open(name);

  test("maps come behind the others, and belong to one program each", () => {
    expect(Array.from(source.maps(), (map) => `${map.id} ${map.name}`)).toEqual([
      "1 totals",
      ...[2, 3, 4, 5, 6].map((id) => `${id} .jumptables`),
    ]);
    expect(Array.from(source.progs(), (prog) => [prog.name, ...prog.mapIds])).toEqual([
      ["straight", 2],
      ["switches", 3, 1, 4],
      ["labels", 5, 6],
    ]);
    expect(source.warnings()).toEqual([]);
  });

  test("a map as the kernel has it once the program is loaded", () => {
    expect(source.map(3)).toMatchObject({ btfId: 0, flags: 0x80, frozen: true, mapExtra: 0n });
    expect(entries(source, 5)).toEqual([
      [0, 17, 17, 0],
      [1, 24, 24, 0],
    ]);
  });

  test("instructions refer to them", () => {
    const references = source.code(source.prog(2)).references ?? [];
    expect(references.filter(({ kind }) => kind === "map_value")).toEqual([
      { pc: 8, kind: "map_value", name: ".jumptables", offset: 0, variable: "BPF.JT.2.0" },
      { pc: 37, kind: "map_value", name: ".jumptables", offset: 0, variable: "BPF.JT.1.0" },
    ]);
  });

  test("every indirect jump has the targets of its own table", () => {
    const registry = new Registry(source);
    const found = Array.from(source.progs(), (prog) => {
      const decoded = programCode(
        source.code(prog),
        registry.btf(prog.btfId),
        source.host().littleEndian,
        () => NO_SYMBOLS,
      );
      const jumps = jumpTargets(decoded, prog, registry);
      const pcs = Array.from(decoded.insns.instructions()).filter(({ insn }) => insn.code === 0x0d);
      return pcs.map(({ pc }) => [pc, jumps.of(pc)]);
    });
    expect(found).toEqual([
      [[11, [12, 14, 16, 18, 20]]],
      [
        [12, [13, 15, 17, 19, 21]],
        [41, [42, 44, 46, 48, 50]],
      ],
      [
        [9, [17, 24]],
        [16, [17, 20, 22]],
      ],
    ]);
  });
});

/** r1 = table ll; gotox r1; r0 = 0; exit */
const JUMP = insns(insn(0x18, { dst: 1 }), insn(0), insn(0x0d, { dst: 1 }), MOV_R0_0, EXIT);
const u64s = (...values: readonly bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);

function object(
  table: Uint8Array,
  symbol: Partial<CodeSymbol> = {},
  other: Partial<CodeObject> = {},
): FileSource {
  const own = { name: "JT", section: ".jumptables", size: table.length, type: SYMBOL_TYPE.OBJECT, ...symbol };
  return objectSource(
    codeObject({
      sections: [code("xdp", insns(JUMP, JUMP)), { name: ".jumptables", bytes: table }],
      symbols: [func("first", "xdp", 40), func("second", "xdp", 40, { value: 40 }), own],
      relocations: { xdp: [[0, "JT"]] },
      ...other,
    }),
    "x.o",
  );
}

test("a table that two programs refer to is made for each, counted from its beginning", () => {
  const relocations: CodeObject["relocations"] = {
    xdp: [
      [0, "JT"],
      [40, "JT"],
    ],
  };
  const source = object(u64s(64n, 75n), {}, { relocations });
  expect(Array.from(source.progs(), ({ mapIds }) => mapIds)).toEqual([[1], [2]]);
  expect([1, 2].map((id) => entries(source, id).map(([, orig]) => orig))).toEqual([
    [8, 9],
    [3, 4],
  ]);
  const before = object(u64s(24n), {}, { relocations });
  expect(tableMaps(before)).toHaveLength(1);
  expect(before.warnings()).toEqual([
    "section [2] '.jumptables': jump table 'JT' of program 'second': entry 0 is 0x18",
  ]);
});

test("a table that is referred to twice is one map", () => {
  const twice = insns(JUMP.subarray(0, 16), JUMP);
  const source = object(
    u64s(24n),
    {},
    {
      sections: [code("xdp", twice), { name: ".jumptables", bytes: u64s(24n) }],
      symbols: [
        func("first", "xdp", twice.length),
        { name: "JT", section: ".jumptables", size: 8, type: SYMBOL_TYPE.OBJECT },
      ],
      relocations: {
        xdp: [
          [0, "JT"],
          [16, "JT"],
        ],
      },
    },
  );
  expect(tableMaps(source)).toHaveLength(1);
  expect(source.warnings()).toEqual([]);
});

const WORDS = u64s(24n, 32n);
const broken: [behaviour: string, source: () => FileSource, what: string][] = [
  ["without a size", () => object(WORDS, { size: 0 }), "its symbol has no size"],
  ["of odd size", () => object(WORDS, { size: 9 }), "9 bytes at offset 0x0 are no whole number of entries"],
  [
    "at an odd place",
    () => object(WORDS, { value: 4, size: 8 }),
    "8 bytes at offset 0x4 are no whole number of entries",
  ],
  [
    "over the end",
    () => object(WORDS, { value: 8, size: 16 }),
    "16 bytes at offset 0x8 run over the end of the section (16 bytes)",
  ],
  [
    "far behind the end",
    () => object(WORDS, { value: 0xffff_ffff_ffff_fff8n, size: 16 }),
    "16 bytes at offset 0xfffffffffffffff8 run over the end of the section (16 bytes)",
  ],
  ["with a huge entry", () => object(u64s(1n << 35n)), "entry 0 is 0x800000000"],
  [
    "with too many entries",
    () => object(new Uint8Array(8 * ((1 << 20) + 1))),
    "the jump tables of all programs have more than 1048576 entries",
  ],
];
test.each(broken)("a table %s makes no map", (_behaviour, make, what) => {
  const source = make();
  expect(tableMaps(source)).toEqual([]);
  expect(source.code(source.prog(1)).references).toEqual([
    { pc: 0, kind: "map_value", name: ".jumptables", offset: 0, variable: "JT" },
  ]);
  expect(source.warnings()).toEqual([
    `section [2] '.jumptables': jump table 'JT' of program 'first': ${what}`,
  ]);
});

test("a section that no instruction refers to makes no map", () => {
  const source = object(WORDS, {}, { relocations: {} });
  expect([...source.maps()]).toEqual([]);
  expect(source.warnings()).toEqual([]);
});

test("whatever the bytes are, nothing worse than an error comes of them", () => {
  const bytes = dataFile(import.meta.url, "data/jump-tables/switches.bpfel.o");
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, value] of changes) changed[at] = value;
      valueOrInspectError(() => {
        const source = objectSource(changed, "x.o");
        const registry = new Registry(source);
        for (const prog of source.progs()) {
          const decoded = programCode(source.code(prog), undefined, true, () => NO_SYMBOLS);
          const jumps = jumpTargets(decoded, prog, registry);
          for (const { pc, insn } of decoded.insns.instructions()) if (insn.code === 0x0d) jumps.of(pc);
        }
        return Array.from(source.maps(), ({ id }) => entries(source, id));
      });
    }),
  );
});
