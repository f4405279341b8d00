/** Any types, sound and broken, over any bytes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { decodePlanned } from "../../src/btf/value.ts";
import { type ValueOptions, writeBtfValue, writeValue } from "../../src/btf/value-json.ts";
import { planValue, type ValuePlan } from "../../src/btf/value-plan.ts";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { fromByteText } from "../../src/bytes/text.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { jsonText } from "../support/rendered.ts";

type Make = (builder: BtfBuilder) => void;

const MAX_TYPES = 12;

/** Types refer to any others, themselves and such as are not there. */
const id = fc.nat(MAX_TYPES + 1);
const size = fc.constantFrom(0, 1, 2, 3, 4, 8, 16, 40);
const name = fc.oneof(
  fc.constantFrom("", "a", "char", 'q"\\'),
  fc.uint8Array({ min: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const members = fc.array(fc.tuple(name, id, fc.nat(300), fc.constantFrom(0, 0, 1, 5, 31, 64, 200)), {
  maxLength: 4,
});

const type: fc.Arbitrary<Make> = fc.oneof(
  fc
    .record({
      name,
      size,
      encoding: fc.nat(5),
      bits: fc.nat(255),
      bitOffset: fc.constantFrom(0, 0, 0, 5, 200),
    })
    .map((int) => (b: BtfBuilder) => b.int(int.name, int.size, int)),
  fc
    .record({ name, size, encoding: fc.constantFrom(0, 1, 2, 4) })
    .map((int) => (b: BtfBuilder) => b.int(int.name, int.size, { encoding: int.encoding })),
  fc.record({ flag: fc.boolean(), size, value: fc.nat(0xffffffff), name }).map((e) => (b: BtfBuilder) => {
    b.raw("ENUM", { flag: e.flag, vlen: 2, sizeOrType: e.size, tail: [b.string(e.name), e.value, 0, 0] });
  }),
  fc
    .record({ flag: fc.boolean(), size, low: fc.nat(0xffffffff), high: fc.nat(0xffffffff) })
    .map((e) => (b: BtfBuilder) => {
      b.raw("ENUM64", { flag: e.flag, vlen: 1, sizeOrType: e.size, tail: [b.string("E"), e.low, e.high] });
    }),
  fc
    .record({ type: id, count: fc.constantFrom(0, 1, 2, 5) })
    .map((array) => (b: BtfBuilder) => b.array(array.type, array.count)),
  fc
    .record({ kind: fc.constantFrom("STRUCT", "UNION"), size, flag: fc.boolean(), members })
    .map((composite) => (b: BtfBuilder) => {
      const tail = composite.members.flatMap(([name, type, offset, bits]) => [
        b.string(name),
        type,
        composite.flag ? ((bits << 24) | offset) >>> 0 : offset,
      ]);
      const { kind, flag } = composite;
      b.raw(kind, { flag, vlen: composite.members.length, sizeOrType: composite.size, tail });
    }),
  fc
    .record({
      kind: fc.constantFrom("PTR", "TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG", "FUNC", "FWD"),
      type: id,
    })
    .map((ref) => (b: BtfBuilder) => b.ref(ref.kind, ref.type, "ref")),
  fc.record({ name, type: id }).map((v) => (b: BtfBuilder) => b.variable(v.name, v.type)),
  fc
    .array(fc.tuple(id, fc.nat(40), fc.nat(8)), { maxLength: 3 })
    .map((vars) => (b: BtfBuilder) => b.section(".data", 40, vars)),
  size.map((bytes) => (b: BtfBuilder) => b.raw("FLOAT", { name: "f", sizeOrType: bytes })),
);

const btf = fc
  .record({ types: fc.array(type, { minLength: 1, maxLength: MAX_TYPES }), littleEndian: fc.boolean() })
  .map(({ types, littleEndian }) => {
    const builder = new BtfBuilder();
    for (const make of types) make(builder);
    return new Btf(builder.build(littleEndian));
  });

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .array(fc.constantFrom(0, 0x22, 0x41, 0x5c, 0xff), { maxLength: 64 })
    .map((some) => Uint8Array.from(some)),
);

function direct(plan: ValuePlan, value: Uint8Array, options: ValueOptions): string {
  return jsonText((json) => writeValue(json, plan, value, 0, options));
}

test("writeValue() writes what a tree of the same bytes writes; as JSON it is JSON", () => {
  fc.assert(
    fc.property(btf, bytes, fc.boolean(), (types, value, plain) => {
      for (let id = 0; id <= types.typeCount; id++) {
        const plan = planValue(types, id);
        const tree = decodePlanned(plan, value);
        const text = direct(plan, value, { plain });
        expect(jsonText((json) => writeBtfValue(json, tree, { plain }))).toBe(text);
        if (!plain) JSON.parse(fromByteText(text));
      }
    }),
    { numRuns: 500 },
  );
});

test("writeValue() of a value among others is that of the value alone, in either kind of sink", () => {
  fc.assert(
    fc.property(btf, bytes, fc.nat(5), fc.boolean(), (types, value, shift, pretty) => {
      const plain = pretty;
      const among = new Uint8Array(value.length + 2 * shift).fill(0x42);
      among.set(value, shift);
      const end = shift + value.length;
      for (let id = 0; id <= types.typeCount; id++) {
        const plan = planValue(types, id);
        const alone = jsonText((json) => writeValue(json, plan, value, 0, { plain }), { pretty });
        const out = new ByteBuffer();
        writeValue(new JsonWriter(out, { pretty }), plan, among, shift, { plain }, end);
        expect(out.toString()).toBe(alone);
        expect(decodePlanned(plan, among, shift, end)).toEqual(decodePlanned(plan, value));
      }
    }),
    { numRuns: 500 },
  );
});

/** One type, and the text of a value of it. */
function textOf(make: (builder: BtfBuilder) => number, value: Uint8Array, littleEndian: boolean): string {
  const builder = new BtfBuilder();
  const type = make(builder);
  return direct(planValue(new Btf(builder.build(littleEndian)), type), value, { plain: true });
}

/** All bits of some bytes as a number, the first the most significant where they are big-endian. */
function wideOf(value: Uint8Array, littleEndian: boolean): bigint {
  const ordered = littleEndian ? value.toReversed() : value;
  return BigInt(`0x${Buffer.from(ordered).toString("hex")}`);
}

/** Bytes that are small, near a limit, or anything. */
function wideBytes(length: number): fc.Arbitrary<Uint8Array> {
  const byte = fc.constantFrom(0, 0, 0xff, 0xff, 0x1f, 0x20, 0x7f, 0x80, 1);
  const edges = fc.array(byte, { minLength: length, maxLength: length }).map((some) => Uint8Array.from(some));
  return fc.oneof(edges, fc.uint8Array({ minLength: length, maxLength: length }));
}

test("writeValue() of an integer is exact, in both signs and byte orders", () => {
  const row = fc
    .constantFrom(1, 2, 4, 8)
    .chain((length) => fc.tuple(wideBytes(length), fc.boolean(), fc.boolean()));
  fc.assert(
    fc.property(row, ([value, signed, littleEndian]) => {
      const bits = value.length * 8;
      const wide = wideOf(value, littleEndian);
      const text = textOf((b) => b.int("i", value.length, { encoding: signed ? 1 : 0 }), value, littleEndian);
      expect(text).toBe(String(signed ? BigInt.asIntN(bits, wide) : wide));
    }),
    { numRuns: 2000 },
  );
});

test("writeValue() of a bit field has its bits, in both signs and byte orders", () => {
  const row = fc.record({
    value: wideBytes(18),
    offset: fc.nat(15),
    bits: fc.integer({ min: 1, max: 128 }),
    signed: fc.boolean(),
    littleEndian: fc.boolean(),
  });
  fc.assert(
    fc.property(row, ({ value, offset, bits, signed, littleEndian }) => {
      const make = (b: BtfBuilder) => {
        const type = b.int("i", 16, { encoding: signed ? 1 : 0 });
        const tail = [b.string("f"), type, ((bits << 24) | offset) >>> 0];
        return b.raw("STRUCT", { flag: true, vlen: 1, sizeOrType: 18, tail });
      };
      const shift = littleEndian ? offset : value.length * 8 - offset - bits;
      const wide = wideOf(value, littleEndian) >> BigInt(shift);
      const field = signed ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide);
      const hex = field < 0 ? `-0x${(-field).toString(16)}` : `0x${field.toString(16)}`;
      expect(textOf(make, value, littleEndian)).toBe(`{"f":${hex}}`);
    }),
    { numRuns: 2000 },
  );
});

test("writeValue() of a float of 4 bytes gives the shortest text that is this float", () => {
  fc.assert(
    fc.property(wideBytes(4), (value) => {
      const float = new DataView(Uint8Array.from(value).buffer).getFloat32(0, true);
      fc.pre(Number.isFinite(float));
      const text = textOf((b) => b.raw("FLOAT", { name: "f", sizeOrType: 4 }), value, true);
      expect(Object.is(Math.fround(Number(text)), float)).toBe(true);
      const digits = text
        .replace(/e.*/, "")
        .replace(/[-.]/g, "")
        .replace(/^0+|0+$/g, "").length;
      const fewer = digits > 1 ? Number(float.toPrecision(digits - 1)) : Number.NaN;
      expect(Math.fround(fewer)).not.toBe(float);
    }),
    { numRuns: 2000 },
  );
});
