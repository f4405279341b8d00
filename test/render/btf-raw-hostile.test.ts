/** The raw form of broken BTF, of BTF larger than buffers, and into sinks of any size. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import type { BtfType } from "../../src/btf/types.ts";
import { ByteBuffer, ByteSink } from "../../src/bytes/sink.ts";
import { InspectError } from "../../src/errors.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { rawJson, rawPlain } from "../../src/render/btf/raw.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile } from "../support/data.ts";
import { valueOrInspectError } from "../support/outcome.ts";

const file = (name: string) => dataFile(import.meta.url, `data/btf-raw/${name}.btf`);
const BASE = new Btf(file("split.base"));
const BLOBS = [
  { name: "all_kinds", original: file("all_kinds"), base: undefined },
  { name: "big_endian", original: file("big_endian"), base: undefined },
  { name: "split", original: file("split"), base: BASE },
];

type Form = "plain" | "compact" | "indented";
const FORMS: readonly Form[] = ["plain", "compact", "indented"];

function write(out: ByteSink, btf: Btf, form: Form): void {
  if (form === "plain") rawPlain(out, btf);
  else rawJson(out, new JsonWriter(out, { pretty: form === "indented" }), btf);
}

function text(btf: Btf, form: Form): string {
  const out = new ByteBuffer();
  write(out, btf, form);
  return out.toString();
}

interface Json {
  readonly [key: string]: string | number | readonly Json[];
}

/** Plain text has the values of JSON, in its order, with other things around. */
function plainOf({ id, kind, name, ...rest }: Json): string {
  const fields: string[] = [];
  const items: string[] = [];
  for (const [key, value] of Object.entries(rest)) {
    if (!Array.isArray(value)) fields.push(` ${key}=${value}`);
    else for (const item of value as readonly Json[]) items.push(`\n\t${itemOf(item)}`);
  }
  const text = fields.join("");
  return `[${id}] ${kind} '${name}'${kind === "VAR" ? text.replace(" linkage", ", linkage") : text}${items.join("")}`;
}

function itemOf({ name, ...rest }: Json): string {
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${value}`);
  return (name === undefined ? fields : [`'${name}'`, ...fields]).join(" ");
}

/** What plain text alone has, gone. */
function withoutExtras(plain: string): string {
  return plain
    .replace(/(?<=val=-?\d+)U?LL$/gm, "")
    .replace(/(?<=\ttype_id=\d+ offset=\d+ size=\d+) \([A-Z0-9_]+ '[\s\S]*?'\)(?=\n)/g, "");
}

/** Numbers of 64 bits are strings here, as JSON.parse would round them. */
function parse(json: string): readonly Json[] {
  return JSON.parse(json.replace(/(?<="val": ?)-?\d{16,}/g, '"$&"')).types;
}

/** The lists of a type as the decoder of types has them. */
function partsOf(type: BtfType): readonly unknown[] | undefined {
  switch (type.kind) {
    case "STRUCT":
    case "UNION":
      return type.members.map((member) => [member.type, member.bitOffset, member.bitSize]);
    case "ENUM":
    case "ENUM64":
      return type.values.map(({ value }) => String(value));
    case "FUNC_PROTO":
      return type.params.map((param) => param.type);
    case "DATASEC":
      return type.vars.map((variable) => [variable.type, variable.offset, variable.size]);
    default:
      return undefined;
  }
}

function partsOfJson({ members, values, params, vars }: Json): readonly unknown[] | undefined {
  const list = (parts: Json[string] | undefined) => parts as readonly Json[] | undefined;
  return (
    list(members)?.map((part) => [part.type_id, part.bits_offset, part.bitfield_size ?? 0]) ??
    list(values)?.map(({ val }) => String(val)) ??
    list(params)?.map((part) => part.type_id) ??
    list(vars)?.map((part) => [part.type_id, part.offset, part.size])
  );
}

/** All forms say the same, and what the decoder of types says. */
function expectConsistent(btf: Btf): void {
  const types = parse(text(btf, "compact"));
  expect(parse(text(btf, "indented"))).toEqual(types);
  expect(types.length).toBe(btf.typeCount - btf.firstId);
  const plain = types.map((type) => `${plainOf(type)}\n`).join("");
  expect(withoutExtras(text(btf, "plain"))).toBe(withoutExtras(plain));
  for (const [i, json] of types.entries()) {
    const type = btf.type(btf.firstId + i) as BtfType;
    expect(json.kind).toBe(type.kind === "UNKN" ? "UNKNOWN" : type.kind);
    // Offset 0 has no name, whatever stands there.
    if (type.name !== "" && json.name !== "(anon)") expect(json.name).toBe(type.name);
    expect(partsOfJson(json)).toEqual(partsOf(type));
  }
}

describe.each(BLOBS)("mutated $name", ({ original, base }) => {
  const typesEnd = 24 + original.readUInt32LE(12);
  const change = fc.record({ at: fc.nat(original.length - 1), value: fc.nat(255) });
  /** In the words of types, most of which stay readable. */
  const wordChange = fc.record({ at: fc.integer({ min: 24, max: typesEnd - 1 }), value: fc.nat(255) });

  test("prints the same in all forms, or is refused", () => {
    let printed = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(change, wordChange), { maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(original);
        for (const { at, value } of changes) bytes[at] = value;
        const btf = valueOrInspectError(() => new Btf(bytes, base));
        if (btf instanceof InspectError) return;
        printed++;
        expectConsistent(btf);
      }),
      { numRuns: 100 },
    );
    expect(printed).toBeGreaterThan(10);
  });
});

describe("sinks", () => {
  /** More than the usual buffer in each form, with names up to `longest`. */
  function makeLarge(longest: number): Btf {
    const builder = new BtfBuilder();
    for (let i = 0; i < 500; i++) {
      const name = `${i}`.padEnd(1 + ((i * 37) % longest), "x");
      builder.composite("STRUCT", name, i, [
        [`m${name}`, i, 8 * i],
        ["", i + 1, 0],
      ]);
      builder.raw("ENUM64", { flag: true, vlen: 1, tail: [builder.string("low"), i, 0x80000000] });
      builder.section("s", i, [[2, i, 4]]);
    }
    return new Btf(builder.build());
  }

  const LARGE = makeLarge(700);

  function textThrough(size: number, ahead: number, btf: Btf, form: Form): string {
    const pieces: Buffer[] = [];
    const out = new ByteSink((bytes) => void pieces.push(Buffer.from(bytes)), size);
    out.write(".".repeat(ahead));
    write(out, btf, form);
    out.flush();
    return Buffer.concat(pieces).toString("latin1");
  }

  test.each(FORMS)("of any size, filled to any extent: %s", (form) => {
    const whole = text(LARGE, form);
    expect(whole.length).toBeGreaterThan(2 * 65536);
    for (const size of [1, 33, 4095, 4096, 65536, 1 << 20]) {
      for (const ahead of [1, size]) {
        expect(textThrough(size, ahead, LARGE, form) === ".".repeat(ahead) + whole, `${size}, ${ahead}`).toBe(
          true,
        );
      }
    }
    for (let size = 4097; size < 4097 + 64; size += 3) {
      expect(textThrough(size, 0, LARGE, form) === whole, `${size}`).toBe(true);
    }
  });

  test.each(FORMS)("smaller than a name: %s", (form) => {
    const [first, second] = ["a".repeat(300_000), `b"${"\x01".repeat(100_000)}`];
    const builder = new BtfBuilder();
    builder.composite("STRUCT", first, 0, [[second, 1, 2]]);
    builder.raw("DECL_TAG", { name: second, sizeOrType: 1, tail: [0xffffffff] });
    const btf = new Btf(builder.build());
    const whole = text(btf, form);
    if (form === "plain") {
      const [struct, tag] = [`[1] STRUCT '${first}' size=0 vlen=1`, `[2] DECL_TAG '${second}' type_id=1`];
      expect(whole).toBe(`${struct}\n\t'${second}' type_id=1 bits_offset=2\n${tag} component_idx=-1\n`);
    } else {
      const [struct, tag] = parse(whole);
      expect(struct).toEqual({
        id: 1,
        kind: "STRUCT",
        name: first,
        size: 0,
        vlen: 1,
        members: [{ name: second, type_id: 1, bits_offset: 2 }],
      });
      expect(tag).toEqual({ id: 2, kind: "DECL_TAG", name: second, type_id: 1, component_idx: -1 });
    }
    for (const size of [16, 4096, 65536])
      expect(textThrough(size, 3, btf, form) === `...${whole}`).toBe(true);
  });

  test("that fail", () => {
    const gone = new Error("gone");
    const out = new ByteSink(() => {
      throw gone;
    });
    expect(() => rawPlain(out, LARGE)).toThrow(gone);
  });
});

test("ten thousand parts of one type, and as many types", () => {
  const builder = new BtfBuilder();
  const tail = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? 0 : i));
  builder.raw("STRUCT", { vlen: 10_000, flag: true, tail });
  for (let i = 0; i < 10_000; i++) builder.raw(i % 2 ? "PTR" : "FUNC", { sizeOrType: i });
  expectConsistent(new Btf(builder.build()));
});
