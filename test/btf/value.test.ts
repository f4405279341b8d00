import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { decodePlanned, decodeValue, sizeOf } from "../../src/btf/value.ts";
import { writeBtfValue, writeValue } from "../../src/btf/value-json.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import { jsonText } from "../support/rendered.ts";

const VALUES = new Btf(dataFile(import.meta.url, "data/values.btf"));
const VALUE1 = dataFile(import.meta.url, "data/value1.bin");

function idOf(btf: Btf, name: string): number {
  for (let id = 1; id < btf.typeCount; id++) if (btf.type(id)?.name === name) return id;
  throw new Error(`no type ${name}`);
}

/** The value as it is written from its bytes; the same as from its tree. */
function written(btf: Btf, id: number, bytes: Uint8Array, plain: boolean): string {
  const direct = jsonText((json) => writeValue(json, planValue(btf, id), bytes, 0, { plain }));
  expect(jsonText((json) => writeBtfValue(json, decodeValue(btf, id, bytes), { plain }))).toBe(direct);
  return direct;
}

/** Where ours is deliberately right and bpftool is wrong; the numbers are of section 24 of the inventory. */
const DIFFERENCES = [
  {
    why: "24.3: an unsigned ENUM64 without a fitting name is unsigned",
    plain: ['"e64b": -2', '"e64b": 18446744073709551614'],
    json: ['"e64b":-2', '"e64b":18446744073709551614'],
  },
  {
    why: "24.18: a signed integer of odd width below 0 has its sign",
    plain: ['"i24": 0xffffff', '"i24": -0x1'],
    json: ['"i24":"0xffffff"', '"i24":"-0x1"'],
  },
  {
    why: "24.18: so has a signed bit field: 3 bits",
    plain: ['"x": 0x5', '"x": -0x3'],
    json: ['"x":"0x5"', '"x":"-0x3"'],
  },
  {
    why: "24.18: so has a signed bit field: 7 bits",
    plain: ['"y": 0x55', '"y": -0x2b'],
    json: ['"y":"0x55"', '"y":"-0x2b"'],
  },
] as const;

/** The recorded text with the differences in it; each must be found once. */
function corrected(recorded: string, form: "plain" | "json"): string {
  return DIFFERENCES.reduce((text, difference) => {
    const [theirs, ours] = difference[form];
    expect(text.split(theirs).length, difference.why).toBe(2);
    return text.replace(theirs, ours);
  }, recorded);
}

describe("writeValue() prints what bpftool 7.8.0 printed: struct Big", () => {
  const big = idOf(VALUES, "Big");

  test("plain", () => {
    const ours = jsonText(
      (json) => {
        json.startArray().startObject().numberField("key", 0).key("value");
        writeValue(json, planValue(VALUES, big), VALUE1, 0, { plain: true });
        json.endObject().endArray();
      },
      { pretty: true },
    );
    const theirs = corrected(dataText(import.meta.url, "data/value1.plain.txt"), "plain").split("\n");
    expect(`${ours}\n`.split("\n")).toEqual(theirs);
  });

  test("JSON", () => {
    const ours = written(VALUES, big, VALUE1, false);
    const recorded = corrected(dataText(import.meta.url, "data/value1.json.txt"), "json");
    const theirs = /"formatted":\{"key":0,"value":(.*)\}\}\]\n$/.exec(recorded)?.[1];
    expect(ours).toBe(theirs);
    JSON.parse(ours);
  });
});

/** One type and some bytes of it. */
type Make = (builder: BtfBuilder) => number;
type Row = readonly [what: string, make: Make, hex: string, plain: string, json: string];

const INT = (size: number, encoding = 0, bits = size * 8, bitOffset = 0): Make => {
  return (builder) => builder.int("t", size, { encoding, bits, bitOffset });
};
const SIGNED = 1;
const CHAR = 2;
const BOOL = 4;

const ENUM =
  (signed: boolean, size: number): Make =>
  (builder) =>
    builder.raw("ENUM", {
      name: "E",
      flag: signed,
      vlen: 2,
      sizeOrType: size,
      tail: [builder.string("MINUS"), 0xffffffff, builder.string("SEVEN"), 7],
    });

const ENUM64 =
  (signed: boolean): Make =>
  (builder) =>
    builder.raw("ENUM64", {
      name: "E",
      flag: signed,
      vlen: 1,
      sizeOrType: 8,
      tail: [builder.string("WIDE"), 1, 1],
    });

/** Unsigned, with the names A, B ... */
const ENUM_OF =
  (size: number, ...values: number[]): Make =>
  (builder) =>
    builder.raw("ENUM", {
      name: "E",
      vlen: values.length,
      sizeOrType: size,
      tail: values.flatMap((value, i) => [builder.string("AB".charAt(i)), value]),
    });

const ENUM64_OF =
  (size: number, value: bigint): Make =>
  (builder) =>
    builder.raw("ENUM64", {
      name: "E",
      vlen: 1,
      sizeOrType: size,
      tail: [builder.string("A"), Number(value & 0xffffffffn), Number(value >> 32n)],
    });

const CHARS =
  (count: number): Make =>
  (builder) =>
    builder.array(builder.int("char", 1, { encoding: SIGNED }), count);

const FLOAT =
  (size: number): Make =>
  (builder) =>
    builder.raw("FLOAT", { name: "f", sizeOrType: size });

/** A struct with bit fields: `[width, bit offset]` each, named a, b ... */
const BIT_FIELDS =
  (make: Make, ...fields: readonly (readonly [bits: number, offset: number])[]): Make =>
  (builder) => {
    const type = make(builder);
    const tail = fields.flatMap(([bits, offset], i) => [
      builder.string("abcd".charAt(i)),
      type,
      ((bits << 24) | offset) >>> 0,
    ]);
    return builder.raw("STRUCT", { name: "S", flag: true, vlen: fields.length, sizeOrType: 16, tail });
  };

function member(type: number, bitOffset: number): readonly [string, number, number] {
  return ["m", type, bitOffset];
}

const ROWS: readonly Row[] = [
  ["u8", INT(1), "c8", "200", "200"],
  ["s8", INT(1, SIGNED), "fb", "-5", "-5"],
  ["u64", INT(8), "ffffffffffffffff", "18446744073709551615", "18446744073709551615"],
  ["s64", INT(8, SIGNED), "feffffffffffffff", "-2", "-2"],
  ["u24", INT(3), "010203", "0x30201", '"0x30201"'],
  ["s24 from 0 up, as bpftool's", INT(3, SIGNED), "ffff7f", "0x7fffff", '"0x7fffff"'],
  ["s24 below 0 (24.18)", INT(3, SIGNED), "fdffff", "-0x3", '"-0x3"'],
  ["s40 below 0 (24.18)", INT(8, SIGNED, 40), "fdffffffff000000", "-0x3", '"-0x3"'],
  ["7 bits at bit 3", INT(4, 0, 7, 3), "f8070000", "0x7f", '"0x7f"'],
  ["128 bits", INT(16), "02".padEnd(32, "0"), "0x2", '"0x2"'],
  [
    "128 bits with an upper half",
    INT(16),
    `${"0".repeat(16)}01${"0".repeat(14)}`,
    "0x10000000000000000",
    '"0x10000000000000000"',
  ],
  ["signed 128 bits", INT(16, SIGNED), "02".padEnd(32, "0"), "0x2", '"0x2"'],
  ["signed 128 bits below 0 (24.18)", INT(16, SIGNED), "fd".padEnd(32, "f"), "-0x3", '"-0x3"'],
  [
    "the least of 128 bits (24.18)",
    INT(16, SIGNED),
    "80".padStart(32, "0"),
    "-0x80000000000000000000000000000000",
    '"-0x80000000000000000000000000000000"',
  ],
  ["no bits", INT(4, 0, 0), "ffffffff", "0x0", '"0x0"'],
  ["more bits than the kernel allows", INT(32, 0, 136), "00".repeat(32), "null", "null"],
  ["s8 at a bit of its own", INT(2, SIGNED, 8, 4), "f00f", "-0x1", '"-0x1"'],
  ["2 ** 53 - 1", INT(8), "ffffffffffff1f00", "9007199254740991", "9007199254740991"],
  ["2 ** 53 + 1", INT(8), "0100000000002000", "9007199254740993", "9007199254740993"],
  ["-(2 ** 53) - 1", INT(8, SIGNED), "ffffffffffffdfff", "-9007199254740993", "-9007199254740993"],
  ["CHAR", INT(1, CHAR), "41", '"A"', '"A"'],
  ["CHAR of 4 bytes: the first counts", INT(4, CHAR), "41420000", '"A"', '"A"'],
  ["CHAR of 7 bits", INT(1, CHAR, 7), "41", "0x41", '"0x41"'],
  ["CHAR of 128 bits", INT(16, CHAR), "41".padEnd(32, "0"), "0x41", '"0x41"'],
  ["CHAR not printable", INT(1, CHAR), "07", "0x7", '"\\u0007"'],
  ["CHAR quote, where bpftool writes broken JSON (24.18)", INT(1, CHAR), "22", '"\\""', '"\\""'],
  ["CHAR backslash, likewise (24.18)", INT(1, CHAR), "5c", '"\\\\"', '"\\\\"'],
  ["BOOL", INT(1, BOOL), "02", "true", "true"],
  ["BOOL false", INT(1, BOOL), "00", "false", "false"],
  ["BOOL of 4 bytes: the first counts", INT(4, BOOL), "00010000", "false", "false"],
  ["BOOL of 1 bit", INT(1, BOOL, 1), "03", "0x1", '"0x1"'],
  ["an unknown encoding, null where bpftool stops", INT(4, 8), "01000000", "null", "null"],
  ["ENUM with a name", ENUM(false, 4), "07000000", '"SEVEN"', '"SEVEN"'],
  ["unsigned ENUM with a name of all bits", ENUM(false, 4), "ffffffff", '"MINUS"', '"MINUS"'],
  ["signed ENUM with a name below 0", ENUM(true, 4), "ffffffff", '"MINUS"', '"MINUS"'],
  ["signed ENUM without a name", ENUM(true, 4), "feffffff", "-2", "-2"],
  ["unsigned ENUM without a name (24.3)", ENUM(false, 4), "feffffff", "4294967294", "4294967294"],
  ["signed ENUM of 1 byte", ENUM(true, 1), "ff", '"MINUS"', '"MINUS"'],
  ["signed ENUM of 8 bytes", ENUM(true, 8), "ffffffffffffffff", '"MINUS"', '"MINUS"'],
  ["unsigned ENUM of 1 byte with a name that bpftool misses (24.3)", ENUM_OF(1, 0xff), "ff", '"A"', '"A"'],
  ["unsigned ENUM of 2 bytes without a name (24.3)", ENUM_OF(2, 1), "feff", "65534", "65534"],
  ["the first of two names", ENUM_OF(4, 1, 1), "01000000", '"A"', '"A"'],
  ["ENUM of 3 bytes", ENUM_OF(3, 1), "010000", "null", "null"],
  ["ENUM64 of 4 bytes, where bpftool reads 8", ENUM64_OF(4, 1n), "01000000", '"A"', '"A"'],
  ["ENUM64 with a name past 2 ** 53", ENUM64_OF(8, 2n ** 64n - 2n), "fe".padEnd(16, "f"), '"A"', '"A"'],
  ["ENUM64 with a name", ENUM64(false), "0100000001000000", '"WIDE"', '"WIDE"'],
  ["signed ENUM64 without a name", ENUM64(true), "feffffffffffffff", "-2", "-2"],
  [
    "unsigned ENUM64 without a name (24.3)",
    ENUM64(false),
    "feffffffffffffff",
    "18446744073709551614",
    "18446744073709551614",
  ],
  ["PTR", (b) => b.ref("PTR", 0), "7856341280 88ffff", '"0xffff888012345678"', "18446612682375452280"],
  ["PTR NULL", (b) => b.ref("PTR", 0), "0".repeat(16), '"(nil)"', "0"],
  ["char array", CHARS(8), "6869202278220000", '"hi \\"x\\""', '"hi \\"x\\""'],
  ["char array of nothing", CHARS(2), "0000", '""', '""'],
  ["char array without a NUL", CHARS(2), "6869", "[104,105]", "[104,105]"],
  ["char array with a control character", CHARS(3), "680100", "[104,1,0]", "[104,1,0]"],
  ["char array that is not printable behind the NUL", CHARS(3), "6800ff", '"h"', '"h"'],
  ["array of none", CHARS(0), "", "[]", "[]"],
  ["const char array", (b) => b.array(b.ref("CONST", b.int("char", 1)), 2), "6100", '"a"', '"a"'],
  [
    "typedef of char is no char",
    (b) => b.array(b.ref("TYPEDEF", b.int("char", 1), "T"), 2),
    "6100",
    "[97,0]",
    "[97,0]",
  ],
  ["FLOAT of 8 bytes (24.18)", FLOAT(8), "000000000000f83f", "1.5", "1.5"],
  ["FLOAT of 8 bytes in full", FLOAT(8), "9a9999999999b9bf", "-0.1", "-0.1"],
  ["FLOAT of 4 bytes: the shortest text", FLOAT(4), "cdcccc3d", "0.1", "0.1"],
  [
    "FLOAT with an exponent",
    FLOAT(8),
    "0000000000006053",
    "4.1718496795330275e+93",
    "4.1718496795330275e+93",
  ],
  ["the greatest FLOAT of 4 bytes", FLOAT(4), "ffff7f7f", "3.4028235e+38", "3.4028235e+38"],
  ["the least FLOAT of 4 bytes", FLOAT(4), "01000000", "1e-45", "1e-45"],
  ["FLOAT -0", FLOAT(4), "00000080", "-0", "-0"],
  ["FLOAT that is no JSON number", FLOAT(4), "0000807f", '"Infinity"', '"Infinity"'],
  ["FLOAT below all numbers", FLOAT(8), "000000000000f0ff", '"-Infinity"', '"-Infinity"'],
  ["FLOAT that is no number", FLOAT(8), "000000000000f87f", '"NaN"', '"NaN"'],
  ["FLOAT of 16 bytes", FLOAT(16), "0".repeat(32), "null", "null"],
  ["TYPE_TAG (24.18)", (b) => b.ref("TYPE_TAG", b.int("t", 1), "user"), "05", "5", "5"],
  [
    "modifiers",
    (b) => b.ref("CONST", b.ref("VOLATILE", b.ref("TYPEDEF", b.int("t", 1), "T"))),
    "05",
    "5",
    "5",
  ],
  ["FWD, where bpftool stops", (b) => b.raw("FWD", { name: "F" }), "00", "null", "null"],
  ["FUNC", (b) => b.func("f", 0, []), "00", "null", "null"],
  ["void", () => 0, "00", "null", "null"],
  ["a type that is not there", () => 999, "00", "null", "null"],
  ["VAR", (b) => b.variable("v", b.int("t", 1)), "05", '{"v":5}', '{"v":5}'],
  [
    "DATASEC",
    (b) => {
      const type = b.int("t", 1);
      return b.section(".data", 4, [
        [b.variable("a", type), 0, 1],
        [b.variable("b", type), 2, 1],
      ]);
    },
    "01000300",
    '{".data":[{"a":1},{"b":3}]}',
    '{".data":[{"a":1},{"b":3}]}',
  ],
  [
    "a struct goes on behind a member that cannot be printed (24.18)",
    (b) => {
      const type = b.int("t", 1);
      return b.composite("STRUCT", "S", 2, [
        ["f", b.raw("FWD", { name: "F" }), 0],
        ["b", type, 8],
      ]);
    },
    "0102",
    '{"f":null,"b":2}',
    '{"f":null,"b":2}',
  ],
  [
    "an anonymous union shows all members",
    (b) => {
      const type = b.int("t", 1);
      const inner = b.composite("UNION", "", 1, [
        ["a", type, 0],
        ["b", type, 0],
      ]);
      return b.composite("STRUCT", "S", 1, [["", inner, 0]]);
    },
    "07",
    '{"":{"a":7,"b":7}}',
    '{"":{"a":7,"b":7}}',
  ],
  [
    "bit fields",
    BIT_FIELDS(INT(4), [3, 0], [12, 3]),
    "ff070000",
    '{"a":0x7,"b":0xff}',
    '{"a":"0x7","b":"0xff"}',
  ],
  [
    "signed bit fields (24.18)",
    BIT_FIELDS(
      (b) => b.ref("TYPEDEF", b.ref("CONST", b.int("int", 4, { encoding: SIGNED })), "T"),
      [3, 0],
      [13, 3],
    ),
    "fd070000",
    '{"a":-0x3,"b":0xff}',
    '{"a":"-0x3","b":"0xff"}',
  ],
  [
    "bit fields of enumerations and booleans have no sign",
    BIT_FIELDS(ENUM(true, 4), [3, 0], [1, 3]),
    "0f000000",
    '{"a":0x7,"b":0x1}',
    '{"a":"0x7","b":"0x1"}',
  ],
  [
    "bit fields over many bytes",
    BIT_FIELDS(INT(16), [64, 1], [127, 1], [60, 60]),
    "ff".repeat(16),
    '{"a":0xffffffffffffffff,"b":0x7fffffffffffffffffffffffffffffff,"c":0xfffffffffffffff}',
    '{"a":"0xffffffffffffffff","b":"0x7fffffffffffffffffffffffffffffff","c":"0xfffffffffffffff"}',
  ],
  [
    "a bit field as wide as its type",
    BIT_FIELDS(INT(4, SIGNED), [32, 0]),
    "feffffff",
    '{"a":-0x2}',
    '{"a":"-0x2"}',
  ],
  ["a bit field of nothing", BIT_FIELDS(INT(4), [0, 0]), "feffffff", '{"a":4294967294}', '{"a":4294967294}'],
  ["a bit field past the end", BIT_FIELDS(INT(4), [8, 4]), "ff", '{"a":null}', '{"a":null}'],
  [
    "array of empty structs",
    (b) => b.array(b.composite("STRUCT", "E", 0, []), 3),
    "",
    "[{},{},{}]",
    "[{},{},{}]",
  ],
  ["array of what has no size", (b) => b.array(b.func("f", 0, []), 3), "00", "[]", "[]"],
  [
    "array of what cannot be read",
    (b) => b.array(FLOAT(16)(b), 2),
    "00".repeat(32),
    "[null,null]",
    "[null,null]",
  ],
  [
    "array of more bytes than there are",
    (b) => b.array(b.array(b.array(b.int("t", 1), 0xffffffff), 0xffffffff), 0xffffffff),
    "0102",
    "[[[1,2]]]",
    "[[[1,2]]]",
  ],
  [
    "an old bit field: an INT with an offset, in a struct without the flag",
    (b) => b.composite("STRUCT", "S", 4, [member(b.int("t", 4, { bits: 4 }), 4)]),
    "a5000000",
    '{"m":0xa}',
    '{"m":"0xa"}',
  ],
  [
    "an old bit field behind a typedef",
    (b) => b.composite("STRUCT", "S", 4, [member(b.ref("TYPEDEF", b.int("t", 4, { bits: 4 }), "T"), 13)]),
    "21430000",
    '{"m":0x2}',
    '{"m":"0x2"}',
  ],
  [
    "an old bit field, signed (24.18)",
    (b) => b.composite("STRUCT", "S", 4, [member(b.int("t", 4, { bits: 4, encoding: SIGNED }), 4)]),
    "e5000000",
    '{"m":-0x2}',
    '{"m":"-0x2"}',
  ],
];

describe("writeValue()", () => {
  test.each(ROWS)("writeValue() of %s", (_, make, hex, plain, json) => {
    const builder = new BtfBuilder();
    const id = make(builder);
    const btf = new Btf(builder.build());
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(written(btf, id, bytes, true)).toBe(plain);
    expect(written(btf, id, bytes, false)).toBe(json);
  });

  test("writeValue() reads big-endian values by a big-endian BTF", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4, { encoding: SIGNED });
    const tail = [builder.string("x"), int, (4 << 24) | 4];
    const id = builder.raw("STRUCT", { name: "BF", flag: true, vlen: 1, sizeOrType: 4, tail });
    const btf = new Btf(builder.build(false));
    const bytes = Buffer.from("fa000001", "hex");
    expect(written(btf, int, bytes, true)).toBe(String(0xfa000001 | 0));
    expect(written(btf, id, bytes, true)).toBe('{"x":-0x6}');
  });

  test("writeValue() has null for what lies past the end of the bytes", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4);
    const id = builder.composite("STRUCT", "S", 12, [
      ["a", int, 0],
      ["b", int, 32],
      ["c", builder.ref("PTR", int), 64],
    ]);
    const btf = new Btf(builder.build());
    expect(written(btf, id, new Uint8Array(6), false)).toBe('{"a":0,"b":null,"c":null}');
  });

  test("writeValue() and decodePlanned() read a value among others", () => {
    const builder = new BtfBuilder();
    const plan = planValue(new Btf(builder.build()), 0);
    const short = builder.int("short", 2);
    const id = builder.composite("STRUCT", "S", 6, [
      ["a", short, 0],
      ["b", builder.array(builder.int("c", 1), 2), 16],
      ["c", short, 32],
    ]);
    const pair = planValue(new Btf(builder.build()), id);
    const bytes = Uint8Array.of(1, 0, 2, 3, 4, 0, 5, 0, 6, 7, 8, 0);
    const at = (from: number, to?: number) => {
      const direct = jsonText((json) => writeValue(json, pair, bytes, from, { plain: true }, to));
      const tree = decodePlanned(pair, bytes, from, to);
      expect(jsonText((json) => writeBtfValue(json, tree, { plain: true }))).toBe(direct);
      return direct;
    };
    expect(at(0, 6)).toBe('{"a":1,"b":[2,3],"c":4}');
    expect(at(6, 12)).toBe('{"a":5,"b":[6,7],"c":8}');
    expect(at(6)).toBe(at(6, 12));
    expect(at(0, 3)).toBe('{"a":1,"b":[2],"c":null}');
    expect(decodePlanned(plan, bytes)).toEqual({ kind: "none" });
  });
});

describe("sizeOf()", () => {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4);
  const struct = builder.composite("STRUCT", "S", 24, []);
  const array = builder.array(builder.array(struct, 3), 2);
  const loop = builder.ref("CONST", builder.raw("TYPEDEF", { name: "L", sizeOrType: 6 }));
  const huge = builder.array(builder.array(struct, 0xffffffff), 0xffffffff);
  const pointer = builder.ref("PTR", 0);
  const variable = builder.variable("v", builder.ref("CONST", array));
  const func = builder.func("f", 0, []);
  const btf = new Btf(builder.build());
  const ROWS: readonly (readonly [what: string, id: number, size: number])[] = [
    ["INT", int, 4],
    ["STRUCT", struct, 24],
    ["ARRAY of ARRAY", array, 144],
    ["ARRAY past 32 bits", huge, 0xffffffff],
    ["PTR", pointer, 8],
    ["VAR", variable, 144],
    ["a loop", loop, 0],
    ["FUNC", func, 0],
    ["void", 0, 0],
    ["nothing", 999, 0],
  ];
  test.each(ROWS)("sizeOf() of %s", (_, id, size) => expect(sizeOf(btf, id)).toBe(size));
});
