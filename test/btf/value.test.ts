import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { sizeOf } from "../../src/btf/value.ts";
import { writeValue } from "../../src/btf/value-json.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import { jsonText } from "../support/rendered.ts";

const VALUES = new Btf(dataFile(import.meta.url, "data/values.btf"));
const VALUE1 = dataFile(import.meta.url, "data/value1.bin");

function idOf(btf: Btf, name: string): number {
  for (let id = 1; id < btf.typeCount; id++) if (btf.type(id)?.name === name) return id;
  throw new Error(`no type ${name}`);
}

/** Where ours is deliberately right and bpftool is wrong; the numbers are of section 24 of the inventory. */
const DIFFERENCES = [
  {
    why: "24.3: an unsigned ENUM64 without a fitting name is unsigned",
    plain: ['"e64b": -2', '"e64b": 18446744073709551614'],
    json: ['"e64b":-2', '"e64b":18446744073709551614'],
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
        writeValue(json, VALUES, big, VALUE1, { plain: true });
        json.endObject().endArray();
      },
      { pretty: true },
    );
    const theirs = corrected(dataText(import.meta.url, "data/value1.plain.txt"), "plain").split("\n");
    expect(`${ours}\n`.split("\n")).toEqual(theirs);
  });

  test("JSON", () => {
    const ours = jsonText((json) => writeValue(json, VALUES, big, VALUE1, { plain: false }));
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

const CHARS =
  (count: number): Make =>
  (builder) =>
    builder.array(builder.int("char", 1, { encoding: SIGNED }), count);

function member(type: number, bitOffset: number): readonly [string, number, number] {
  return ["m", type, bitOffset];
}

const ROWS: readonly Row[] = [
  ["u8", INT(1), "c8", "200", "200"],
  ["s8", INT(1, SIGNED), "fb", "-5", "-5"],
  ["u64", INT(8), "ffffffffffffffff", "18446744073709551615", "18446744073709551615"],
  ["s64", INT(8, SIGNED), "feffffffffffffff", "-2", "-2"],
  ["u24", INT(3), "010203", "0x30201", '"0x30201"'],
  ["s24, unsigned as bpftool's", INT(3, SIGNED), "ffffff", "0xffffff", '"0xffffff"'],
  ["7 bits at bit 3", INT(4, 0, 7, 3), "f8070000", "0x7f", '"0x7f"'],
  ["128 bits", INT(16), "02".padEnd(32, "0"), "0x2", '"0x2"'],
  [
    "128 bits with an upper half",
    INT(16),
    `${"0".repeat(16)}01${"0".repeat(14)}`,
    "0x10000000000000000",
    '"0x10000000000000000"',
  ],
  ["CHAR", INT(1, CHAR), "41", '"A"', '"A"'],
  ["CHAR not printable", INT(1, CHAR), "07", "0x7", '"\\u0007"'],
  ["CHAR quote, where bpftool writes broken JSON (24.18)", INT(1, CHAR), "22", '"\\""', '"\\""'],
  ["CHAR backslash, likewise (24.18)", INT(1, CHAR), "5c", '"\\\\"', '"\\\\"'],
  ["BOOL", INT(1, BOOL), "02", "true", "true"],
  ["BOOL false", INT(1, BOOL), "00", "false", "false"],
  ["an unknown encoding, null where bpftool stops", INT(4, 8), "01000000", "null", "null"],
  ["ENUM with a name", ENUM(false, 4), "07000000", '"SEVEN"', '"SEVEN"'],
  ["unsigned ENUM with a name of all bits", ENUM(false, 4), "ffffffff", '"MINUS"', '"MINUS"'],
  ["signed ENUM with a name below 0", ENUM(true, 4), "ffffffff", '"MINUS"', '"MINUS"'],
  ["signed ENUM without a name", ENUM(true, 4), "feffffff", "-2", "-2"],
  ["unsigned ENUM without a name (24.3)", ENUM(false, 4), "feffffff", "4294967294", "4294967294"],
  ["signed ENUM of 1 byte", ENUM(true, 1), "ff", '"MINUS"', '"MINUS"'],
  ["signed ENUM of 8 bytes", ENUM(true, 8), "ffffffffffffffff", '"MINUS"', '"MINUS"'],
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
  [
    "FLOAT (24.18)",
    (b) => b.raw("FLOAT", { name: "double", sizeOrType: 8 }),
    "000000000000f83f",
    "1.5",
    "1.5",
  ],
  [
    "FLOAT that is no JSON number",
    (b) => b.raw("FLOAT", { name: "float", sizeOrType: 4 }),
    "0000807f",
    "null",
    "null",
  ],
  [
    "FLOAT of 16 bytes",
    (b) => b.raw("FLOAT", { name: "long double", sizeOrType: 16 }),
    "0".repeat(32),
    "null",
    "null",
  ],
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
    "a bit field is unsigned hex, also of a signed type",
    (b) => {
      const type = b.int("int", 4, { encoding: SIGNED });
      const tail = [b.string("x"), type, (3 << 24) | 0, b.string("y"), type, (12 << 24) | 3];
      return b.raw("STRUCT", { name: "BF", flag: true, vlen: 2, sizeOrType: 4, tail });
    },
    "ff070000",
    '{"x":0x7,"y":0xff}',
    '{"x":"0x7","y":"0xff"}',
  ],
  [
    "an old bit field: an INT with an offset, in a struct without the flag",
    (b) => b.composite("STRUCT", "S", 4, [member(b.int("t", 4, { bits: 4 }), 4)]),
    "a5000000",
    '{"m":0xa}',
    '{"m":"0xa"}',
  ],
];

describe("writeValue()", () => {
  test.each(ROWS)("writeValue() of %s", (_, make, hex, plain, json) => {
    const builder = new BtfBuilder();
    const id = make(builder);
    const btf = new Btf(builder.build());
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(jsonText((out) => writeValue(out, btf, id, bytes, { plain: true }))).toBe(plain);
    expect(jsonText((out) => writeValue(out, btf, id, bytes, { plain: false }))).toBe(json);
  });

  test("writeValue() reads big-endian values by a big-endian BTF", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4, { encoding: SIGNED });
    const tail = [builder.string("x"), int, (4 << 24) | 4];
    const id = builder.raw("STRUCT", { name: "BF", flag: true, vlen: 1, sizeOrType: 4, tail });
    const btf = new Btf(builder.build(false));
    const bytes = Buffer.from("fa000001", "hex");
    expect(jsonText((out) => writeValue(out, btf, int, bytes, { plain: true }))).toBe(String(0xfa000001 | 0));
    expect(jsonText((out) => writeValue(out, btf, id, bytes, { plain: true }))).toBe('{"x":0xa}');
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
    const written = jsonText((out) => writeValue(out, btf, id, new Uint8Array(6), { plain: false }));
    expect(written).toBe('{"a":0,"b":null,"c":null}');
  });
});

describe("sizeOf()", () => {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4);
  const struct = builder.composite("STRUCT", "S", 24, []);
  const array = builder.array(builder.array(struct, 3), 2);
  const loop = builder.ref("CONST", builder.raw("TYPEDEF", { name: "L", sizeOrType: 6 }));
  const func = builder.func("f", 0, []);
  const btf = new Btf(builder.build());
  const ROWS: readonly (readonly [what: string, id: number, size: number])[] = [
    ["INT", int, 4],
    ["STRUCT", struct, 24],
    ["ARRAY of ARRAY", array, 144],
    ["a loop", loop, 0],
    ["FUNC", func, 0],
    ["void", 0, 0],
    ["nothing", 999, 0],
  ];
  test.each(ROWS)("sizeOf() of %s", (_, id, size) => expect(sizeOf(btf, id)).toBe(size));
});
