/** The raw form of BTF, against recorded output of bpftool 7.8.0 and kind by kind. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { type RawOptions, rawJson, rawPlain } from "../../src/render/btf/raw.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";

function plain(btf: Btf, options?: RawOptions): string {
  const out = new ByteBuffer();
  rawPlain(out, btf, options);
  return out.toString();
}

function json(btf: Btf, options?: RawOptions, pretty = false): string {
  const out = new ByteBuffer();
  rawJson(out, new JsonWriter(out, { pretty }), btf, options);
  return out.toString();
}

const data = (name: string) => dataText(import.meta.url, `data/btf-raw/${name}`);
const bytes = (name: string) => dataFile(import.meta.url, `data/btf-raw/${name}.btf`);

/** bpftool extends the sign of unsigned ENUM values in JSON; we print what plain text has (docs/compat.md). */
function withUnsignedEnums(text: string): string {
  const unsigned = /"kind": ?"ENUM",[^{}]*"encoding": ?"UNSIGNED"/;
  return text
    .split(/(?=\{\s*"id":)/)
    .map((type) => (unsigned.test(type) ? type.replace(/(?<="val": ?)\d{19,}/g, lowerHalf) : type))
    .join("");
}

const lowerHalf = (value: string) => String(BigInt.asUintN(32, BigInt(value)));

const BASE = new Btf(bytes("split.base"));
const SPLIT = new Btf(bytes("split"), BASE);
const RECORDED: readonly (readonly [name: string, btf: Btf])[] = [
  ["all_kinds", new Btf(bytes("all_kinds"))],
  ["big_endian", new Btf(bytes("big_endian"))],
  ["split", SPLIT],
];

describe.each(RECORDED)("%s as recorded", (name, btf) => {
  test("plain", () => {
    expect(plain(btf)).toBe(data(`${name}.txt`));
  });

  test("compact JSON", () => {
    expect(`${json(btf)}\n`).toBe(withUnsignedEnums(data(`${name}.json.txt`)));
  });

  test("indented JSON", () => {
    expect(`${json(btf, {}, true)}\n`).toBe(withUnsignedEnums(data(`${name}.pretty.json.txt`)));
  });
});

describe("chosen types", () => {
  const ids = [50, 0, 3];

  test("in the given order, those of the base and void among them", () => {
    expect(plain(SPLIT, { ids })).toBe(data("split.roots.txt"));
    expect(`${json(SPLIT, { ids }, true)}\n`).toBe(data("split.roots.pretty.json.txt"));
  });

  test("void", () => {
    expect(plain(BASE, { ids: [0] })).toBe("[0] UNKNOWN '(anon)'\n");
    expect(json(BASE, { ids: [0, 0] })).toBe(
      '{"types":[{"id":0,"kind":"UNKNOWN","name":"(anon)"},{"id":0,"kind":"UNKNOWN","name":"(anon)"}]}',
    );
  });

  test("none", () => {
    expect(plain(BASE, { ids: [] })).toBe("");
    expect(json(BASE, { ids: [] })).toBe('{"types":[]}');
    expect(json(BASE, { ids: [] }, true)).toBe('{\n    "types": []\n}');
    expect(json(new Btf(new BtfBuilder().build()))).toBe('{"types":[]}');
  });

  test.each([-1, 0.5, Number.NaN, BASE.typeCount])("an error, and nothing else, for id %s", (id) => {
    const out = new ByteBuffer();
    expect(inspectErrorOf(() => rawPlain(out, BASE, { ids: [0, id] })).code).toBe("malformed");
    expect(inspectErrorOf(() => rawJson(out, new JsonWriter(out), BASE, { ids: [0, id] })).code).toBe(
      "malformed",
    );
    expect(out.toString()).toBe("");
  });
});

type Row = readonly [what: string, build: (btf: BtfBuilder) => void, plain: string, json: string];

const KINDS: readonly Row[] = [
  [
    "INT with all bits",
    (btf) => btf.raw("INT", { name: "i", sizeOrType: 0xffffffff, tail: [0xffffffff] }),
    "[1] INT 'i' size=4294967295 bits_offset=255 nr_bits=255 encoding=UNKN\n",
    '{"id":1,"kind":"INT","name":"i","size":4294967295,"bits_offset":255,"nr_bits":255,"encoding":"UNKN"}',
  ],
  [
    "INT of two encodings",
    (btf) => btf.int("i", 1, { encoding: 3 }),
    "[1] INT 'i' size=1 bits_offset=0 nr_bits=8 encoding=UNKN\n",
    '{"id":1,"kind":"INT","name":"i","size":1,"bits_offset":0,"nr_bits":8,"encoding":"UNKN"}',
  ],
  [
    "STRUCT without bitfields: the whole word is the offset",
    (btf) => btf.composite("STRUCT", "s", 4, [["m", 1, 0xff000001]]),
    "[1] STRUCT 's' size=4 vlen=1\n\t'm' type_id=1 bits_offset=4278190081\n",
    '{"id":1,"kind":"STRUCT","name":"s","size":4,"vlen":1,' +
      '"members":[{"name":"m","type_id":1,"bits_offset":4278190081}]}',
  ],
  [
    "UNION with bitfields",
    (btf) => {
      const name = btf.string("m");
      btf.raw("UNION", { vlen: 2, flag: true, tail: [name, 1, 0xff000001, 0, 0xffffffff, 0x00ffffff] });
    },
    "[1] UNION '(anon)' size=0 vlen=2\n" +
      "\t'm' type_id=1 bits_offset=1 bitfield_size=255\n" +
      "\t'(anon)' type_id=4294967295 bits_offset=16777215\n",
    '{"id":1,"kind":"UNION","name":"(anon)","size":0,"vlen":2,"members":[' +
      '{"name":"m","type_id":1,"bits_offset":1,"bitfield_size":255},' +
      '{"name":"(anon)","type_id":4294967295,"bits_offset":16777215}]}',
  ],
  [
    "unsigned ENUM: no value is negative, in JSON neither",
    (btf) => btf.raw("ENUM", { name: "e", vlen: 1, sizeOrType: 4, tail: [btf.string("a"), 0x80000000] }),
    "[1] ENUM 'e' encoding=UNSIGNED size=4 vlen=1\n\t'a' val=2147483648\n",
    '{"id":1,"kind":"ENUM","name":"e","encoding":"UNSIGNED","size":4,"vlen":1,' +
      '"values":[{"name":"a","val":2147483648}]}',
  ],
  [
    "signed ENUM",
    (btf) =>
      btf.raw("ENUM", {
        name: "e",
        vlen: 2,
        flag: true,
        sizeOrType: 4,
        tail: [btf.string("a"), 0x80000000, btf.string("b"), 0x7fffffff],
      }),
    "[1] ENUM 'e' encoding=SIGNED size=4 vlen=2\n\t'a' val=-2147483648\n\t'b' val=2147483647\n",
    '{"id":1,"kind":"ENUM","name":"e","encoding":"SIGNED","size":4,"vlen":2,' +
      '"values":[{"name":"a","val":-2147483648},{"name":"b","val":2147483647}]}',
  ],
  [
    "unsigned ENUM64",
    (btf) => btf.raw("ENUM64", { vlen: 1, sizeOrType: 8, tail: [0, 0xfffffffe, 0xffffffff] }),
    "[1] ENUM64 '(anon)' encoding=UNSIGNED size=8 vlen=1\n\t'(anon)' val=18446744073709551614ULL\n",
    '{"id":1,"kind":"ENUM64","name":"(anon)","encoding":"UNSIGNED","size":8,"vlen":1,' +
      '"values":[{"name":"(anon)","val":18446744073709551614}]}',
  ],
  [
    "signed ENUM64",
    (btf) => btf.raw("ENUM64", { vlen: 1, flag: true, sizeOrType: 8, tail: [0, 1, 0x80000000] }),
    "[1] ENUM64 '(anon)' encoding=SIGNED size=8 vlen=1\n\t'(anon)' val=-9223372036854775807LL\n",
    '{"id":1,"kind":"ENUM64","name":"(anon)","encoding":"SIGNED","size":8,"vlen":1,' +
      '"values":[{"name":"(anon)","val":-9223372036854775807}]}',
  ],
  [
    "FUNC of unknown linkage",
    (btf) => btf.raw("FUNC", { name: "f", vlen: 0xffffff, sizeOrType: 7 }),
    "[1] FUNC 'f' type_id=7 linkage=(unknown)\n",
    '{"id":1,"kind":"FUNC","name":"f","type_id":7,"linkage":"(unknown)"}',
  ],
  [
    "VAR of unknown linkage",
    (btf) => btf.raw("VAR", { name: "v", sizeOrType: 7, tail: [0xffffffff] }),
    "[1] VAR 'v' type_id=7, linkage=(unknown)\n",
    '{"id":1,"kind":"VAR","name":"v","type_id":7,"linkage":"(unknown)"}',
  ],
  [
    "DECL_TAG: components are signed",
    (btf) => btf.raw("DECL_TAG", { name: "t", sizeOrType: 7, tail: [0x80000000] }),
    "[1] DECL_TAG 't' type_id=7 component_idx=-2147483648\n",
    '{"id":1,"kind":"DECL_TAG","name":"t","type_id":7,"component_idx":-2147483648}',
  ],
  [
    "DATASEC of a variable, void, itself, and nothing",
    (btf) => {
      btf.variable("v", 0);
      btf.section(".data", 4, [
        [1, 0, 4],
        [0, 1, 2],
        [2, 3, 4],
        [3, 5, 6],
      ]);
    },
    "[1] VAR 'v' type_id=0, linkage=global\n" +
      "[2] DATASEC '.data' size=4 vlen=4\n" +
      "\ttype_id=1 offset=0 size=4 (VAR 'v')\n" +
      "\ttype_id=0 offset=1 size=2 (UNKNOWN '(anon)')\n" +
      "\ttype_id=2 offset=3 size=4 (DATASEC '.data')\n" +
      "\ttype_id=3 offset=5 size=6\n",
    '{"id":1,"kind":"VAR","name":"v","type_id":0,"linkage":"global"},' +
      '{"id":2,"kind":"DATASEC","name":".data","size":4,"vlen":4,"vars":[' +
      '{"type_id":1,"offset":0,"size":4},{"type_id":0,"offset":1,"size":2},' +
      '{"type_id":2,"offset":3,"size":4},{"type_id":3,"offset":5,"size":6}]}',
  ],
  [
    "lists without items",
    (btf) => {
      btf.composite("UNION", "u", 0, []);
      btf.section("d", 0, []);
      btf.raw("ENUM64", { name: "e", sizeOrType: 8 });
    },
    "[1] UNION 'u' size=0 vlen=0\n[2] DATASEC 'd' size=0 vlen=0\n[3] ENUM64 'e' encoding=UNSIGNED size=8 vlen=0\n",
    '{"id":1,"kind":"UNION","name":"u","size":0,"vlen":0,"members":[]},' +
      '{"id":2,"kind":"DATASEC","name":"d","size":0,"vlen":0,"vars":[]},' +
      '{"id":3,"kind":"ENUM64","name":"e","encoding":"UNSIGNED","size":8,"vlen":0,"values":[]}',
  ],
  [
    "kind flag on kinds that have no use for it",
    (btf) => {
      btf.raw("TYPE_TAG", { name: "t", flag: true, sizeOrType: 1 });
      btf.raw("PTR", { flag: true, vlen: 3 });
    },
    "[1] TYPE_TAG 't' type_id=1\n[2] PTR '(anon)' type_id=0\n",
    '{"id":1,"kind":"TYPE_TAG","name":"t","type_id":1},{"id":2,"kind":"PTR","name":"(anon)","type_id":0}',
  ],
];

describe.each([
  ["little", true],
  ["big", false],
])("kinds, %s endian", (_order, littleEndian) => {
  test.each(KINDS)("%s", (_what, build, plainText, types) => {
    const builder = new BtfBuilder();
    build(builder);
    const btf = new Btf(builder.build(littleEndian));
    expect(plain(btf)).toBe(plainText);
    expect(json(btf)).toBe(`{"types":[${types}]}`);
  });
});

test("a kind that only the blob itself knows", () => {
  const [unknown, int] = [100, 1];
  const layouts = Buffer.alloc(4 * (unknown + 1));
  layouts.set([4, 0, 0, 0], 4 * unknown);
  const words = [1, unknown * 2 ** 24, 7, 0xffffffff, 1, int * 2 ** 24, 4, 32];
  const header = Buffer.alloc(32);
  header.set([0x9f, 0xeb, 1, 0, 32]);
  const sections = [0, 4 * words.length, 4 * words.length, 3, 4 * words.length + 4, layouts.length];
  for (const [i, word] of sections.entries()) header.writeUInt32LE(word, 8 + 4 * i);
  const types = Buffer.alloc(4 * words.length);
  for (const [i, word] of words.entries()) types.writeUInt32LE(word, 4 * i);
  const btf = new Btf(Buffer.concat([header, types, Buffer.from("\0x\0\0"), layouts]));
  expect(plain(btf)).toBe("[1] UNKNOWN 'x'\n[2] INT 'x' size=4 bits_offset=0 nr_bits=32 encoding=(none)\n");
});

describe("numbers", () => {
  const edges = Array.from({ length: 10 }, (_, digits) => [10 ** digits - 1, 10 ** digits, 10 ** digits + 1]);
  const numbers = [...edges.flat(), 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

  test("of any length", () => {
    const builder = new BtfBuilder();
    for (const number of numbers) builder.raw("FLOAT", { sizeOrType: number });
    expect(plain(new Btf(builder.build()))).toBe(
      numbers.map((number, i) => `[${i + 1}] FLOAT '(anon)' size=${number}\n`).join(""),
    );
  });

  test("of each group of three digits", () => {
    const builder = new BtfBuilder();
    for (let i = 0; i < 1000; i++) builder.array(i, 1_000_000 * i + i, 1000 * i);
    const lines = Array.from(
      { length: 1000 },
      (_, i) =>
        `[${i + 1}] ARRAY '(anon)' type_id=${i} index_type_id=${1000 * i} nr_elems=${1_000_000 * i + i}\n`,
    );
    expect(plain(new Btf(builder.build()))).toBe(lines.join(""));
  });
});

describe("names", () => {
  /** Longer than what is copied at once, so that all else is far from the end of the strings. */
  const END = "e".repeat(300);

  /** Expects each name in both forms, of a type and of its only part. */
  function expectNames(names: readonly string[], last = END): void {
    const builder = new BtfBuilder();
    for (const name of names) builder.composite("STRUCT", name, 0, [[name, 0, 0]]);
    builder.raw("FWD", { name: last });
    const btf = new Btf(builder.build());
    const lines = names.map(
      (name, i) => `[${i + 1}] STRUCT '${name}' size=0 vlen=1\n\t'${name}' type_id=0 bits_offset=0\n`,
    );
    expect(plain(btf)).toBe(`${lines.join("")}[${names.length + 1}] FWD '${last}' fwd_kind=struct\n`);
    for (const pretty of [false, true]) {
      // Parsed byte text is byte text: what is not UTF-8 is escaped byte by byte.
      const { types } = JSON.parse(json(btf, {}, pretty));
      expect(types.slice(0, -1).map((type: { name: string }) => type.name)).toEqual(names);
      expect(
        types.slice(0, -1).map(({ members }: { members: [{ name: string }] }) => members[0].name),
      ).toEqual(names);
      expect(types.at(-1).name).toBe(last);
    }
  }

  test("of any length", () => {
    expectNames(Array.from({ length: 600 }, (_, i) => "n".repeat(i + 1)));
  });

  test("at any distance from the end of the strings", () => {
    for (let length = 1; length < 300; length++) expectNames(["name", "n".repeat(20)], "e".repeat(length));
  });

  test("with each byte in each place", () => {
    const all = Array.from({ length: 255 * 8 }, (_, i) => {
      const byte = String.fromCharCode((i >> 3) + 1);
      return `${"n".repeat(i & 7)}${byte}nn`;
    });
    expectNames(all);
    expectNames(all.filter((name) => !/["\\]/.test(name)));
  });

  test("UTF-8 stays as it is in JSON", () => {
    const builder = new BtfBuilder();
    builder.raw("FWD", { name: Buffer.from("größe").toString("latin1") });
    builder.raw("FWD", { name: END });
    expect(Buffer.from(json(new Btf(builder.build())), "latin1").toString()).toContain('"name":"größe"');
  });

  test("quotes anywhere in the strings", () => {
    const builder = new BtfBuilder();
    builder.string('printf("a\\n")');
    builder.raw("FWD", { name: "f" });
    builder.raw("FWD", {});
    builder.raw("FWD", { name: END });
    expect(
      JSON.parse(json(new Btf(builder.build()))).types.map(({ name }: { name: string }) => name),
    ).toEqual(["f", "(anon)", END]);
  });

  test("empty, without an end, past the end", () => {
    const builder = new BtfBuilder();
    builder.raw("FWD", { name: "x" });
    builder.composite("STRUCT", "", 0, [["x", 0, 0]]);
    const whole = Buffer.from(builder.build());
    const [name, memberName, stringsSize] = [24, 24 + 2 * 12, 20];
    const blob = Buffer.from(whole.subarray(0, -1)); // the last NUL is gone
    blob.writeUInt32LE(whole.readUInt32LE(stringsSize) - 1, stringsSize);
    const at = (offset: number) => {
      blob.writeUInt32LE(offset, name);
      blob.writeUInt32LE(offset, memberName);
      return plain(new Btf(blob)).split("\n\t");
    };
    expect(at(1)[1]).toBe("'x' type_id=0 bits_offset=0\n");
    expect(at(2)[1]).toBe("'(invalid)' type_id=0 bits_offset=0\n");
    expect(at(0xffffffff)[0]).toBe("[1] FWD '(invalid)' fwd_kind=struct\n[2] STRUCT '(anon)' size=0 vlen=1");
    const empty = Buffer.from(whole);
    empty.writeUInt32LE(2, name);
    expect(plain(new Btf(empty))).toContain("[1] FWD '' fwd_kind=struct\n");
    expect(json(new Btf(empty))).toContain('"name":"","fwd_kind":"struct"');
  });
});

describe("inside another document", () => {
  const btf = new Btf(bytes("all_kinds"));

  test.each([false, true])("JSON, indented: %s", (pretty) => {
    const out = new ByteBuffer();
    const writer = new JsonWriter(out, { pretty });
    writer.startArray();
    for (let i = 0; i < 20; i++) writer.startArray();
    rawJson(out, writer, btf);
    rawJson(out, writer, btf, { ids: [] });
    for (let i = 0; i <= 20; i++) writer.endArray();
    const text = out.toString();
    expect(JSON.parse(text).flat(20)).toEqual([JSON.parse(json(btf)), { types: [] }]);
    // Far inside, a thousand types are more than all buffers.
    const many = new ByteBuffer();
    const manyWriter = new JsonWriter(many, { pretty });
    for (let i = 0; i < 200; i++) manyWriter.startArray();
    rawJson(many, manyWriter, btf, { ids: Array(1500).fill(14) });
    for (let i = 0; i < 200; i++) manyWriter.endArray();
    const { types } = JSON.parse(many.toString()).flat(200)[0];
    expect(types).toEqual(Array(1500).fill(JSON.parse(json(btf)).types[13]));
    const deeper = json(btf, {}, pretty).replaceAll("\n", `\n${"    ".repeat(21)}`);
    expect(text).toContain(deeper);
  });
});
