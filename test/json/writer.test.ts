import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteBuffer, ByteSink, TextBuffer } from "../../src/bytes/sink.ts";
import { fromByteText, toByteText } from "../../src/bytes/text.ts";
import { jsonQuote, quotedKey } from "../../src/json/quote.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { jsonText } from "../support/rendered.ts";

/** A document as the writer's caller has it. */
type Value = null | boolean | bigint | string | Value[] | { [key: string]: Value };

function write(json: JsonWriter, value: Value): void {
  if (value === null) json.null();
  else if (typeof value === "boolean") json.bool(value);
  else if (typeof value === "bigint") json.number(value);
  else if (typeof value === "string") json.string(toByteText(value));
  else if (Array.isArray(value)) {
    json.startArray();
    for (const item of value) write(json, item);
    json.endArray();
  } else {
    json.startObject();
    for (const [key, item] of Object.entries(value)) {
      json.key(toByteText(key));
      write(json, item);
    }
    json.endObject();
  }
}

describe("JsonWriter layouts", () => {
  const DOCUMENT: Value = [
    { command: ["prog", "show", "id", "121"], map_ids: [26n, 27n], empty: [], obj: {} },
    { x: 1n },
  ];

  test("compact: no blanks at all", () => {
    expect(jsonText((json) => write(json, { id: 1n, map_ids: [1n, 2n] }))).toBe('{"id":1,"map_ids":[1,2]}');
  });

  test("pretty: newlines before keys and before the end of what is not empty, nowhere else", () => {
    expect(jsonText((json) => write(json, DOCUMENT), { pretty: true })).toBe(`[{
        "command": ["prog","show","id","121"
        ],
        "map_ids": [26,27
        ],
        "empty": [],
        "obj": {}
    },{
        "x": 1
    }
]`);
  });

  const SCALARS: readonly (readonly [call: string, write: (json: JsonWriter) => unknown, text: string])[] = [
    ["number(2 ** 64 - 1)", (json) => json.number(2n ** 64n - 1n), "18446744073709551615"],
    ["number(-5)", (json) => json.number(-5), "-5"],
    ["bool(true)", (json) => json.bool(true), "true"],
    ["null()", (json) => json.null(), "null"],
    ["raw('0x5')", (json) => json.raw("0x5"), "0x5"],
    ["string()", (json) => json.string('a"b'), '"a\\"b"'],
  ];
  test.each(SCALARS)("%s stands alone", (_, call, text) => expect(jsonText(call)).toBe(text));

  const FIELDS: readonly (readonly [call: string, write: (json: JsonWriter) => unknown, text: string])[] = [
    ["stringField()", (json) => json.stringField("k\n", "v"), '{"k\\n":"v"}'],
    ["rawKey()", (json) => json.rawKey(quotedKey("k\n")).null(), '{"k\\n":null}'],
    ["numberField()", (json) => json.numberField("k", 7n), '{"k":7}'],
    ["boolField()", (json) => json.boolField("k", false), '{"k":false}'],
    ["nameField() of a name", (json) => json.nameField("type", "xdp"), '{"type":"xdp"}'],
    ["nameField() of a number", (json) => json.nameField("type", 99), '{"type":99}'],
    ["numberArrayField()", (json) => json.numberArrayField("k", [1, 2]), '{"k":[1,2]}'],
    ["stringArrayField()", (json) => json.stringArrayField("k", []), '{"k":[]}'],
  ];
  test.each(FIELDS)("%s writes a key with its value", (_, call, text) => {
    const written = jsonText((json) => {
      json.startObject();
      call(json);
      json.endObject();
    });
    expect(written).toBe(text);
  });
});

test("JsonWriter writes any document so that JSON.parse gives it back", () => {
  const string = fc.string({ unit: "binary", maxLength: 8 }).filter((text) => text.isWellFormed());
  const key = string.filter((text) => text !== "__proto__");
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.bigInt({ min: BigInt(Number.MIN_SAFE_INTEGER), max: BigInt(Number.MAX_SAFE_INTEGER) }),
      string,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const plain = (_: string, item: unknown) => (typeof item === "bigint" ? Number(item) : item);
  fc.assert(
    fc.property(value, fc.boolean(), (document, pretty) => {
      const text = jsonText((json) => write(json, document), { pretty });
      expect(JSON.parse(fromByteText(text))).toEqual(JSON.parse(JSON.stringify(document, plain)));
    }),
    { numRuns: 500 },
  );
});

test("JsonWriter writes the same to every sink, however small its buffer", () => {
  const key = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  const number = fc.oneof(
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, 1e9 - 1, 1e9, 1e18 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    fc.nat(9007199).map((billions) => billions * 1e9 - 1),
  );
  const call = fc.oneof(
    key.map((name) => (json: JsonWriter) => json.key(name)),
    key.map((name) => (json: JsonWriter) => json.rawKey(quotedKey(name))),
    key.map((text) => (json: JsonWriter) => json.string(text)),
    number.map((value) => (json: JsonWriter) => json.number(value)),
    fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => (json: JsonWriter) => json.stringBytes(bytes, 0, bytes.length)),
    fc.constantFrom(
      (json: JsonWriter) => json.startObject(),
      (json: JsonWriter) => json.startArray(),
      (json: JsonWriter) => (json.depth > 0 ? json.endObject() : json.null()),
      (json: JsonWriter) => (json.depth > 0 ? json.endArray() : json.bool(true)),
    ),
  );
  fc.assert(
    fc.property(fc.array(call), fc.boolean(), fc.integer({ min: 1, max: 80 }), (calls, pretty, size) => {
      const pieces: string[] = [];
      const small = new ByteSink((bytes) => void pieces.push(Buffer.from(bytes).toString("latin1")), size);
      const [large, text] = [new ByteBuffer(), new TextBuffer()];
      for (const sink of [small, large, text]) {
        const json = new JsonWriter(sink, { pretty });
        for (const call of calls) call(json);
      }
      small.flush();
      expect(large.toString()).toBe(text.toString());
      expect(pieces.join("")).toBe(text.toString());
    }),
    { numRuns: 500 },
  );
});

test("JsonWriter.number() writes a byte sink what String() gives", () => {
  const edges = fc.nat(52).chain((bits) => fc.constantFrom(2 ** bits - 1, 2 ** bits, 2 ** bits + 1));
  const decimals = fc
    .nat(15)
    .chain((digits) => fc.constantFrom(10 ** digits - 1, 10 ** digits, -(10 ** digits)));
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), edges, decimals), (value) => {
      const out = new ByteBuffer();
      new JsonWriter(out).number(value);
      expect(out.toString()).toBe(String(value));
    }),
    { numRuns: 2000 },
  );
});

test("JsonWriter.stringBytes() writes the byte text that stands in bytes", () => {
  const bytes = Buffer.from('..comm..a"b..c\\d..e\n..\xff.. a text that is longer than others', "latin1");
  const places = [0, 2, 6, 11, 16, 20, 23, bytes.length];
  for (const sink of [new ByteBuffer(), new TextBuffer()]) {
    const json = new JsonWriter(sink).startArray();
    for (const [i, from] of places.entries()) json.stringBytes(bytes, from, places[i + 1] ?? from);
    json.endArray();
    const texts = places.map((from, i) => jsonQuote(bytes.toString("latin1", from, places[i + 1] ?? from)));
    expect(sink.toString()).toBe(`[${texts.join(",")}]`);
  }
});

describe("JsonWriter among other writers", () => {
  test("element() lets the caller write a value: of an array, of a key, of the document", () => {
    const out = new ByteBuffer();
    const json = new JsonWriter(out, { pretty: true });
    json.startArray();
    for (const text of ["1", "[2]"]) {
      json.element();
      out.write(text);
    }
    json.startObject().key("a").element();
    out.write("3");
    json.numberField("b", 4).endObject().endArray();
    expect(out.toString()).toBe(`[1,[2],{
        "a": 3,
        "b": 4
    }
]`);
  });

  test("lineBreak() tells what stands before keys and ends", () => {
    const rowsText = (pretty: boolean) => {
      const out = new ByteBuffer();
      const json = new JsonWriter(out, { pretty });
      json.startObject().key("rows").startArray();
      const [inside, end] = [json.lineBreak(1), json.lineBreak()];
      for (const row of [1, 2]) {
        json.element();
        out.write(`{${inside}"row":${pretty ? " " : ""}${row}${end}}`);
      }
      json.endArray().endObject();
      return out.toString();
    };
    const rows = { rows: [{ row: 1n }, { row: 2n }] };
    for (const pretty of [false, true]) {
      expect(rowsText(pretty)).toBe(jsonText((json) => write(json, rows), { pretty }));
    }
  });

  test("fail() behind element()", () => {
    const out = new ByteBuffer();
    const json = new JsonWriter(out);
    json.startArray().element();
    out.write("1");
    json.fail("E");
    expect(out.toString()).toBe('[1,{"error":"E"}]');
  });
});

test("JsonWriter indents at any depth", () => {
  for (const depth of [63, 64, 65, 200]) {
    const text = jsonText(
      (json) => {
        for (let i = 0; i < depth; i++) json.startObject().key("k");
        json.null();
        for (let i = 0; i < depth; i++) json.endObject();
      },
      { pretty: true },
    );
    const lines = text.split("\n");
    expect(lines[depth]).toBe(`${"    ".repeat(depth)}"k": null`);
    expect(lines[depth + 1]).toBe(`${"    ".repeat(depth - 1)}}`);
  }
});

describe("JsonWriter.fail()", () => {
  type Under = (json: JsonWriter) => unknown;
  const NESTINGS: readonly (readonly [under: string, write: Under, expected: unknown])[] = [
    ["nothing", () => {}, { error: "E" }],
    ["an empty array", (json) => json.startArray(), [{ error: "E" }]],
    ["an array with elements", (json) => json.startArray().number(1), [1, { error: "E" }]],
    ["an empty object", (json) => json.startObject(), { error: "E" }],
    ["an object with keys", (json) => json.startObject().numberField("a", 1), { a: 1, error: "E" }],
    [
      "an object in an array",
      (json) => json.startArray().startObject().numberField("a", 1),
      [{ a: 1 }, { error: "E" }],
    ],
    [
      "an array in an object",
      (json) => json.startObject().key("a").startArray().number(1),
      { a: [1], error: "E" },
    ],
    [
      "an array in an object in an array",
      (json) => json.startArray().startObject().key("insns").startArray(),
      [{ insns: [] }, { error: "E" }],
    ],
    ["a key without its value", (json) => json.startObject().key("a"), { a: null, error: "E" }],
    [
      "a key without its value, deeper",
      (json) => json.startArray().startObject().key("a").startObject().key("b"),
      [{ a: { b: null } }, { error: "E" }],
    ],
  ];
  test.each(NESTINGS)("fail() under %s leaves a whole document", (_, under, expected) => {
    for (const pretty of [false, true]) {
      const out = new TextBuffer();
      const json = new JsonWriter(out, { pretty });
      under(json);
      json.fail("E");
      expect(json.depth).toBe(0);
      expect(JSON.parse(out.toString())).toEqual(expected);
    }
  });

  test("fail() escapes the message", () => {
    expect(jsonText((json) => json.fail('/a"b\\c\n'))).toBe('{"error":"/a\\"b\\\\c\\n"}');
  });
});
