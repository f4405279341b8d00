/** Objects that are not as they should be: what is shown of their maps, and what is said. */
import { describe, expect, test } from "vitest";
import { SECTION_FLAG, SECTION_TYPE, SYMBOL_TYPE } from "../../src/elf/constants.ts";
import type { BpfObject, ObjectMap } from "../../src/sources/object/contract.ts";
import { readMaps } from "../../src/sources/object/maps/maps.ts";
import { dataMapName, kernelName, objectName } from "../../src/sources/object/maps/names.ts";
import { MAP_TYPES } from "../../src/uapi/map-types.ts";
import { u32s } from "../support/insns.ts";
import { buildObject, MapBtf } from "./data/maps/objects.ts";

const [HASH, PROG_ARRAY, ARRAY_OF_MAPS, HASH_OF_MAPS, BLOOM] = [1, 3, 12, 13, 30];

function text({ record }: ObjectMap): string {
  const { type, name, keySize, valueSize, maxEntries, flags } = record;
  return `${MAP_TYPES[type]} ${name} ${keySize}/${valueSize} x${maxEntries} 0x${flags.toString(16)}`;
}

function seen(object: BpfObject & { warnings(): readonly string[] }) {
  const { maps } = readMaps(object);
  return { maps: maps.map(text), warnings: object.warnings() };
}

/** One map `m`, whose struct has the members that `members` makes. */
function oneMap(members: (btf: MapBtf) => Record<string, number>) {
  const btf = new MapBtf();
  const struct = members(btf);
  const size = Object.keys(struct).length * 8;
  btf.placed(".maps", size, [{ name: "m", type: btf.struct(struct), at: 0, size }]);
  return buildObject({ sections: [{ name: ".maps", bytes: new Uint8Array(size) }], btf });
}

describe("definitions", () => {
  const hash = (btf: MapBtf) => ({ type: btf.number(HASH), max_entries: btf.number(3) });
  const HASH_OF_U32 = "hash m 4/4 x3 0x0";

  test.each<[string, (btf: MapBtf) => Record<string, number>, string, string | undefined]>([
    [
      "a sound one",
      (b) => ({ ...hash(b), key: b.pointer(b.u32), value: b.pointer(b.u32) }),
      HASH_OF_U32,
      undefined,
    ],
    ["no type", (b) => ({ max_entries: b.number(3) }), "unspec m 0/0 x3 0x0", "has no type"],
    [
      "a type that is a number",
      (b) => ({ type: b.u32 }),
      "unspec m 0/0 x0 0x0",
      "'type' is no pointer to an array",
    ],
    [
      "a pointer to a number",
      (b) => ({ ...hash(b), map_flags: b.pointer(b.u32) }),
      "hash m 0/0 x3 0x0",
      "'map_flags' is no pointer to an array",
    ],
    [
      "a member of another kind",
      (b) => ({ ...hash(b), colour: b.number(1) }),
      "hash m 0/0 x3 0x0",
      "'colour' is unknown",
    ],
    [
      "a name of every object",
      (b) => ({ ...hash(b), constructor: b.number(1) }),
      "hash m 0/0 x3 0x0",
      "'constructor' is unknown",
    ],
    ["a key that is none", (b) => ({ ...hash(b), key: b.u32 }), "hash m 0/0 x3 0x0", "'key' is no pointer"],
    [
      "a key of type void",
      (b) => ({ ...hash(b), key: b.pointer(0) }),
      "hash m 0/0 x3 0x0",
      "'key' points to type [0] without a size",
    ],
    [
      "a type that is not there",
      (b) => ({ ...hash(b), value: b.pointer(999) }),
      "hash m 0/0 x3 0x0",
      "'value' points to type [999] without a size",
    ],
    [
      "two sizes",
      (b) => ({ ...hash(b), key_size: b.number(8), key: b.pointer(b.u32) }),
      "hash m 8/0 x3 0x0",
      "'key' says 4 bytes, another 8",
    ],
    [
      "a pinning that nobody knows",
      (b) => ({ ...hash(b), pinning: b.number(2) }),
      "hash m 0/0 x3 0x0",
      "'pinning' is 2",
    ],
    [
      "values of a hash",
      (b) => ({ ...hash(b), values: b.array(b.pointer(b.struct({})), 0) }),
      "hash m 0/4 x3 0x0",
      "'values' is for maps of maps and prog arrays",
    ],
    [
      "values that are no pointers",
      (b) => ({ type: b.number(PROG_ARRAY), values: b.array(b.u32, 0) }),
      "prog_array m 0/4 x0 0x0",
      "'values' is no array [] of pointers to FUNC_PROTO",
    ],
    [
      "values with a length",
      (b) => ({ type: b.number(ARRAY_OF_MAPS), values: b.array(b.pointer(b.struct({})), 2) }),
      "array_of_maps m 0/4 x0 0x0",
      "'values' is no array [] of pointers to STRUCT",
    ],
    [
      "values of 8 bytes",
      (b) => ({
        type: b.number(ARRAY_OF_MAPS),
        value_size: b.number(8),
        values: b.array(b.pointer(b.struct({})), 0),
      }),
      "array_of_maps m 0/8 x0 0x0",
      "'values' says 4 bytes, another 8",
    ],
    [
      "extra of two values",
      (b) => ({
        type: b.number(BLOOM),
        map_extra: b.raw("ENUM", { vlen: 2, sizeOrType: 4, tail: [0, 1, 0, 2] }),
      }),
      "bloom_filter m 0/0 x0 0x0",
      "'map_extra' is an enum of 2 values",
    ],
    [
      "extra of a number",
      (b) => ({ type: b.number(BLOOM), map_extra: b.u32 }),
      "bloom_filter m 0/0 x0 0x0",
      "'map_extra' is neither an enum nor a pointer to an array",
    ],
  ])("%s", (_, members, map, problem) => {
    const expected = problem === undefined ? [] : [problem.startsWith("'") ? `member ${problem}` : problem];
    expect(seen(oneMap(members))).toEqual({
      maps: [map],
      warnings: expected.map((what) => `section [1] '.maps' at offset 0x0: map 'm': ${what}`),
    });
  });

  test("extra numbers of 64 bits", () => {
    const object = oneMap((b) => ({
      type: b.number(BLOOM),
      map_extra: b.raw("ENUM64", { vlen: 1, sizeOrType: 8, tail: [0, 0x55667788, 0x91223344] }),
    }));
    expect(readMaps(object).maps[0]?.record.mapExtra).toBe(0x91223344_55667788n);
  });

  test("a struct that holds itself", () => {
    const ITSELF = 4;
    const object = oneMap((b) => ({ type: b.number(HASH), value: b.pointer(b.struct({ m: ITSELF })) }));
    expect(object.btf?.type(ITSELF)).toMatchObject({ kind: "STRUCT", members: [{ type: ITSELF }] });
    expect(seen(object)).toEqual({ maps: ["hash m 0/8 x0 0x0"], warnings: [] });
  });

  test("names that take too much memory", () => {
    const btf = new MapBtf();
    const members = Array.from({ length: 20 }, () => ["n".repeat(100_000), btf.u32, 0] as const);
    const struct = btf.composite("STRUCT", "", 8, members);
    btf.placed(".maps", 8, [{ name: "m", type: struct, at: 0, size: 8 }]);
    expect(seen(buildObject({ sections: [{ name: ".maps", bytes: new Uint8Array(8) }], btf }))).toEqual({
      maps: ["unspec m 0/0 x0 0x0"],
      warnings: [
        "Cannot parse BTF: its names take too much memory",
        `section [1] '.maps' at offset 0x0: map 'm': type [${struct}] is no struct`,
      ],
    });
  });

  test("a ring of typedefs", () => {
    const btf = new MapBtf();
    btf.raw("TYPEDEF", { name: "a", sizeOrType: 3 });
    const ring = btf.raw("TYPEDEF", { name: "b", sizeOrType: 2 });
    btf.placed(".maps", 8, [{ name: "m", type: ring, at: 0, size: 8 }]);
    expect(seen(buildObject({ sections: [{ name: ".maps", bytes: new Uint8Array(8) }], btf }))).toEqual({
      maps: ["unspec m 0/0 x0 0x0"],
      warnings: [`section [1] '.maps' at offset 0x0: map 'm': type [${ring}] is no struct`],
    });
  });
});

describe("variables of .maps", () => {
  const SECTION = { name: ".maps", bytes: new Uint8Array(32) };

  test("without BTF have names", () => {
    const symbols = [{ name: "lost", section: ".maps", value: 8, size: 16 }];
    expect(seen(buildObject({ sections: [SECTION], symbols }))).toEqual({
      maps: ["unspec lost 0/0 x0 0x0"],
      warnings: ["section [1] '.maps': no BTF tells what its maps are"],
    });
  });

  test("that BTF does not have, that are no variables, that are static or outside", () => {
    const btf = new MapBtf();
    const struct = btf.struct({ type: btf.number(HASH) });
    const hidden = btf.raw("VAR", { name: "hidden", sizeOrType: struct, tail: [0] });
    const outside = btf.variable("outside", struct);
    btf.section(".maps", 32, [
      [btf.u32, 0, 8],
      [hidden, 8, 8],
      [outside, 28, 8],
    ]);
    const symbols = [{ name: "forgotten", section: ".maps", value: 16, size: 8 }];
    expect(seen(buildObject({ sections: [SECTION], symbols, btf }))).toEqual({
      maps: [
        "unspec  0/0 x0 0x0",
        "hash hidden 0/0 x0 0x0",
        "hash outside 0/0 x0 0x0",
        "unspec forgotten 0/0 x0 0x0",
      ],
      warnings: [
        "section [1] '.maps' at offset 0x0: map '': type [1] is no variable",
        "section [1] '.maps' at offset 0x8: map 'hidden': is not global",
        "section [1] '.maps' at offset 0x1c: map 'outside': its 8 bytes are not in the section (32 bytes)",
        "section [1] '.maps' at offset 0x10: no BTF for symbol 'forgotten'",
      ],
    });
  });

  test("that share their place: the first is meant", () => {
    const btf = new MapBtf();
    const struct = btf.struct({ type: btf.number(HASH) });
    btf.placed(".maps", 8, [
      { name: "one", type: struct, at: 0, size: 8 },
      { name: "two", type: struct, at: 0, size: 8 },
    ]);
    const object = buildObject({
      sections: [SECTION],
      symbols: [{ name: "two", section: ".maps", size: 8 }],
      btf,
    });
    const { maps, mapOfSymbol } = readMaps(object);
    expect(maps.map(text)).toEqual(["hash one 0/0 x0 0x0", "hash two 0/0 x0 0x0"]);
    expect(object.symbols.select(() => true).map((symbol) => mapOfSymbol(symbol)?.record.name)).toEqual([
      undefined,
      "one",
    ]);
  });
});

describe("sizes and offsets that the compiler left open", () => {
  const data = { name: ".data", bytes: new Uint8Array(8) };

  test.each([
    ["no symbol", [], ["BTF section '.data' [3]: no symbol of it for variable 'v'"]],
    [
      "a symbol elsewhere",
      [{ name: "v", section: ".other" }],
      ["BTF section '.data' [3]: no symbol of it for variable 'v'"],
    ],
    [
      "a symbol outside",
      [{ name: "v", section: ".data", value: 9 }],
      [
        "Cannot parse ELF: 0 bytes at 0x9 are not in section [1] '.data' (8 bytes)",
        "BTF section '.data' [3]: no symbol of it for variable 'v'",
      ],
    ],
    ["a symbol", [{ name: "v", section: ".data", value: 4 }], []],
  ])("%s", (_, symbols, warnings) => {
    const btf = new MapBtf();
    btf.placed(".data", 0, [{ name: "v", type: btf.u32, at: 0, size: 4 }]);
    const object = buildObject({
      sections: [data, { name: ".other", bytes: new Uint8Array(4) }],
      symbols,
      btf,
    });
    expect(seen(object)).toEqual({ maps: ["array built.data 4/8 x1 0x400"], warnings });
  });

  test("a section that is not in the file", () => {
    const btf = new MapBtf();
    btf.section(".data.gone", 0, []);
    expect(seen(buildObject({ sections: [], btf })).warnings).toEqual([
      "BTF section '.data.gone' [2]: the file has no such section, or an empty one",
    ]);
  });

  test("another size than the section: values have no type", () => {
    const btf = new MapBtf();
    btf.placed(".data", 12, [{ name: "v", type: btf.u32, at: 0, size: 4 }]);
    expect(readMaps(buildObject({ sections: [data], btf })).maps[0]?.record).toMatchObject({
      btfId: 0,
      valueSize: 8,
    });
  });
});

describe("data sections", () => {
  test("of the wrong type make no map, empty ones and code neither", () => {
    const object = buildObject({
      sections: [
        { name: ".bss", bytes: new Uint8Array(8) },
        { name: ".data", type: SECTION_TYPE.NOBITS, size: 8 },
        { name: ".data.empty" },
        { name: ".rodata.code", bytes: new Uint8Array(8), flags: SECTION_FLAG.EXECINSTR },
        { name: ".database", bytes: new Uint8Array(8) },
      ],
    });
    expect(seen(object)).toEqual({
      maps: [],
      warnings: [
        "section [1] '.bss': makes no map, since its type is 1 and not 8",
        "section [2] '.data': makes no map, since its type is 8 and not 1",
      ],
    });
  });

  test("that are compressed have no contents", () => {
    const object = buildObject({
      sections: [{ name: ".data", bytes: new Uint8Array(8), flags: SECTION_FLAG.COMPRESSED }],
    });
    const [map] = readMaps(object).maps;
    expect(map?.record.valueSize).toBe(8);
    expect(map?.contents).toMatchObject({ count: 0, cut: true });
    expect(object.warnings()).toEqual(["Cannot read ELF section [1] '.data': it is compressed"]);
  });

  test("of zeros are kept up to 64 MiB, all together", () => {
    const sizes = [2 ** 40, 2 ** 25, 2 ** 25 + 1, 2 ** 25, 8];
    const object = buildObject({
      sections: sizes.map((size, i) => ({ name: `.bss.${i}`, type: SECTION_TYPE.NOBITS, size })),
    });
    const { maps } = readMaps(object);
    expect(maps.map(({ record }) => record.valueSize)).toEqual(sizes);
    expect(maps.map(({ contents }) => contents.values.length)).toEqual([0, 2 ** 25, 0, 2 ** 25, 0]);
    expect(maps.map(({ contents }) => contents.cut === true)).toEqual([true, false, true, false, true]);
    expect(object.warnings()[0]).toBe(
      "section [1] '.bss.0': its 1099511627776 zero bytes are too many to be kept",
    );
  });

  test("are found without symbols, by BTF", () => {
    const btf = new MapBtf();
    btf.placed(".data", 8, [{ name: "v", type: btf.u32, at: 4, size: 4 }]);
    const { maps, variableAt } = readMaps(
      buildObject({ sections: [{ name: ".data", bytes: new Uint8Array(8) }], btf }),
    );
    const [map] = maps;
    expect(map && [variableAt(map, 3), variableAt(map, 5)]).toEqual([undefined, { name: "v", offset: 1 }]);
  });
});

describe("externs of .kconfig", () => {
  test("of types that no loader takes have no place", () => {
    const btf = new MapBtf();
    const struct = btf.composite("STRUCT", "s", 4, [["x", btf.u32, 0]]);
    const externs = [btf.u32, struct, btf.array(btf.int("char", 1), 0), btf.int("u128", 16)].map((type, i) =>
      btf.raw("VAR", { name: `e${i}`, sizeOrType: type, tail: [2] }),
    );
    btf.section(
      ".kconfig",
      0,
      externs.map((extern) => [extern, 0, 0] as const),
    );
    const object = buildObject({ btf });
    const { maps, kconfig } = readMaps(object);
    expect(maps.map(text)).toEqual(["array built.kconfig 4/4 x1 0x480"]);
    expect(["e0", "e1", "e2", "e3"].map((name) => kconfig(name)?.offset)).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ]);
    expect(object.warnings().length).toBe(3);
  });

  test("that are huge are not kept", () => {
    const btf = new MapBtf();
    const text = btf.array(btf.int("char", 1), 0xffff_ffff);
    const externs = ["a", "b"].map((name) => btf.raw("VAR", { name, sizeOrType: text, tail: [2] }));
    btf.section(
      ".kconfig",
      0,
      externs.map((extern) => [extern, 0, 0] as const),
    );
    const { maps, kconfig } = readMaps(buildObject({ btf }));
    expect(maps[0]?.contents).toMatchObject({ count: 0, cut: true });
    expect(kconfig("b")?.offset).toBe(0xffff_ffff);
  });
});

describe("slots", () => {
  /** A map of maps at 0 with room for `length` slots behind its two members, another map behind it. */
  function outer(type: number, at: number, { to = "inner", keySize = 4, maxEntries = 2 } = {}) {
    const btf = new MapBtf();
    const inner = btf.struct({ type: btf.number(HASH) });
    const struct = btf.struct({
      type: btf.number(type),
      key_size: btf.number(keySize),
      max_entries: btf.number(maxEntries),
      values: btf.array(btf.pointer(inner), 0),
    });
    btf.placed(".maps", 64, [
      { name: "outer", type: struct, at: 0, size: 48 },
      { name: "inner", type: inner, at: 48, size: 8 },
    ]);
    const object = buildObject({
      sections: [
        { name: ".maps", bytes: new Uint8Array(64) },
        { name: ".data", bytes: new Uint8Array(8) },
      ],
      symbols: [
        { name: "inner", section: ".maps", value: 48, size: 8 },
        { name: "between", section: ".maps", value: 8, size: 8, type: SYMBOL_TYPE.NOTYPE },
        { name: "data", section: ".data", size: 8 },
      ],
      btf,
      pointers: { ".maps": [{ at, to }] },
    });
    const { contents } = readMaps(object).maps[0] as ObjectMap;
    return { slots: [contents.count, ...contents.keys, ...contents.values], warnings: object.warnings() };
  }

  const AT = "section [1] '.maps' at offset";

  test.each<[string, Parameters<typeof outer>, number[], string[]]>([
    ["the first", [ARRAY_OF_MAPS, 24], [1, 0, 0, 0, 0, 2, 0, 0, 0], []],
    ["the second", [HASH_OF_MAPS, 32], [1, 1, 0, 0, 0, 2, 0, 0, 0], []],
    [
      "the third of two",
      [ARRAY_OF_MAPS, 40],
      [0],
      [`${AT} 0x28: map 'outer': index 2 is none of its 2 entries`],
    ],
    [
      "before the first",
      [ARRAY_OF_MAPS, 8],
      [0],
      [`${AT} 0x8: map 'outer': index -2 is none of its 2 entries`],
    ],
    [
      "between two",
      [ARRAY_OF_MAPS, 28],
      [0],
      [`${AT} 0x1c: map 'outer': index 0.5 is none of its 2 entries`],
    ],
    [
      "in a map without slots",
      [ARRAY_OF_MAPS, 48],
      [0],
      [`${AT} 0x30: a pointer to 'inner' is in no map with slots`],
    ],
    ["in no map", [ARRAY_OF_MAPS, 56], [0], [`${AT} 0x38: a pointer to 'inner' is in no map with slots`]],
    [
      "outside",
      [ARRAY_OF_MAPS, 60],
      [0],
      ["Cannot parse ELF: 8 bytes at 0x3c are not in section [1] '.maps' (64 bytes)"],
    ],
    [
      "no map",
      [ARRAY_OF_MAPS, 24, { to: "data" }],
      [0],
      [`${AT} 0x18: map 'outer': 'data' at index 0 is no map`],
    ],
    [
      "inside of a map",
      [ARRAY_OF_MAPS, 24, { to: "between" }],
      [0],
      [`${AT} 0x18: map 'outer': 'between' at index 0 is no map`],
    ],
    [
      "keys that are no index",
      [HASH_OF_MAPS, 24, { keySize: 8 }],
      [0],
      [`${AT} 0x18: map 'outer': slots need keys of 4 bytes, not 8`],
    ],
    [
      "no program",
      [PROG_ARRAY, 24],
      [0],
      [`${AT} 0x0: map 'outer': member 'values' is no array [] of pointers to FUNC_PROTO`],
    ],
  ])("%s", (_, words, slots, warnings) => {
    expect(outer(...words)).toEqual({ slots, warnings });
  });
});

describe("legacy definitions", () => {
  const SECTION = { name: "maps", bytes: u32s(1, 4, 8, 16, 0, 2, 4, 4, 1) };
  const OUTSIDE = "section [1] 'maps' at offset";

  test.each([
    [
      "without sizes",
      [
        { name: "a", value: 0 },
        { name: "b", value: 20 },
      ],
      ["hash a 4/8 x16 0x0", "array b 4/4 x1 0x0"],
      [],
    ],
    [
      "in another order",
      [
        { name: "b", value: 20 },
        { name: "a", value: 0 },
      ],
      ["hash a 4/8 x16 0x0", "array b 4/4 x1 0x0"],
      [],
    ],
    [
      "over the end",
      [{ name: "b", value: 20, size: 20 }],
      ["unspec b 0/0 x0 0x0"],
      [`${OUTSIDE} 0x14: map 'b': its 20 bytes are not in the section (36 bytes)`],
    ],
    [
      "outside",
      [{ name: "b", value: 2 ** 40 }],
      ["unspec b 0/0 x0 0x0"],
      [`${OUTSIDE} 0x10000000000: map 'b': its 0 bytes are not in the section (36 bytes)`],
    ],
    [
      "of a section and a function",
      [
        { name: "s", type: SYMBOL_TYPE.SECTION, binding: 0 },
        { name: "f", type: SYMBOL_TYPE.FUNC },
      ],
      [],
      [],
    ],
    [
      "of no type, as old compilers have it",
      [{ name: "a", type: SYMBOL_TYPE.NOTYPE, size: 20 }],
      ["hash a 4/8 x16 0x0"],
      [],
    ],
    ["of no type, local: a label", [{ name: "a", type: SYMBOL_TYPE.NOTYPE, binding: 0 }], [], []],
  ])("%s", (_, symbols, maps, warnings) => {
    const named = symbols.map((symbol) => ({ section: "maps", ...symbol }));
    expect(seen(buildObject({ sections: [SECTION], symbols: named }))).toEqual({ maps, warnings });
  });

  test("in sections of their own", () => {
    const object = buildObject({
      sections: [
        { name: "maps/b", bytes: u32s(2, 4, 4, 1, 0) },
        { name: "maps/a", bytes: u32s(1, 4, 8, 16, 0) },
        { name: "mapsx", bytes: u32s(1, 4, 8, 16, 0) },
      ],
      symbols: [
        { name: "a", section: "maps/a" },
        { name: "b", section: "maps/b" },
        { name: "x", section: "mapsx" },
      ],
    });
    expect(seen(object)).toEqual({ maps: ["array b 4/4 x1 0x0", "hash a 4/8 x16 0x0"], warnings: [] });
  });
});

describe("structs of operations", () => {
  function ops(make: (btf: MapBtf) => unknown, sections = 1) {
    const btf = new MapBtf();
    make(btf);
    const section = { name: ".struct_ops.link", bytes: new Uint8Array(16).fill(7) };
    return buildObject({ sections: Array.from({ length: sections }, () => section), btf });
  }
  const place = (at: number) => (btf: MapBtf) =>
    btf.placed(".struct_ops.link", 16, [{ name: "o", type: btf.struct({ a: btf.pointer(0) }), at, size: 8 }]);

  test.each<[string, (btf: MapBtf) => unknown, string[], number, string[]]>([
    ["a sound one", place(8), ["struct_ops o 4/8 x1 0x2000"], 1, []],
    [
      "outside",
      place(12),
      ["struct_ops o 4/8 x1 0x2000"],
      0,
      [
        "section [1] '.struct_ops.link' at offset 0xc: struct_ops 'o': its 8 bytes are not in the section (16 bytes)",
      ],
    ],
    [
      "no struct",
      (btf) => btf.placed(".struct_ops.link", 16, [{ name: "o", type: btf.u32, at: 0, size: 4 }]),
      [],
      0,
      ["section [1] '.struct_ops.link' at offset 0x0: struct_ops 'o': type [2] is no variable of a struct"],
    ],
    ["no BTF of it", () => {}, [], 0, ["section [1] '.struct_ops.link': no BTF tells what is there"]],
  ])("%s", (_, make, maps, count, warnings) => {
    const object = ops(make);
    expect(readMaps(object).maps[0]?.contents.count ?? 0).toBe(count);
    expect(seen(object)).toEqual({ maps, warnings });
  });

  test("are those of the first section of a name", () => {
    expect(seen(ops(place(8), 3)).maps).toEqual(["struct_ops o 4/8 x1 0x2000"]);
  });
});

describe("names", () => {
  test.each([
    ["xdp_guard.bpf.o", "xdp_guard"],
    ["/a.b/objects/filter.o", "filter"],
    ["no_dot", "no_dot"],
    ["a_name_of_more_than_15.o", "a_name_of_more_"],
    ["folder/", ""],
    [".o", ""],
  ])("of the object %s: %s", (label, name) => expect(objectName(label)).toBe(name));

  test.each([
    ["my_object_name", ".rodata", "my_objec.rodata"],
    ["my_object_name", ".bss", "my_objec.bss"],
    ["my_object_name", ".data", "my_objec.data"],
    ["my_object_name", ".kconfig", "my_obje.kconfig"],
    ["short", ".bss", "short.bss"],
    ["", ".data", ".data"],
    ["my_object_name", ".rodata.abracadabra", ".rodata.abracad"],
    ["my_object_name", ".data.x", ".data.x"],
    ["xdp-guard", ".data", "xdp_guar.data"],
    ["n\xc3\xa4mlich", ".data.\xff", ".data._"],
    ["n\xc3\xa4mlich", ".data", "n__mlich.data"],
  ])("of a data map of %s, %s: %s", (object, section, name) =>
    expect(dataMapName(object, section)).toBe(name),
  );

  test("of maps have 15 characters", () =>
    expect(kernelName("a_name_of_more_than_15")).toBe("a_name_of_more_"));
});
