import { describe, expect, test } from "vitest";
import { Btf } from "../../../src/btf/btf.ts";
import { type CDumpOptions, writeC } from "../../../src/btf/c/dump.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { dataFile, dataText } from "../../support/data.ts";
import { inspectErrorOf } from "../../support/outcome.ts";
import { plainText } from "../../support/rendered.ts";
import { CRAFTED } from "./crafted.ts";

const FIXTURES = ["layout", "declarators", "names", "tags"];

function btfFile(name: string): Btf {
  return new Btf(dataFile(import.meta.url, `../data/${name}.btf`));
}

function recorded(name: string): string {
  return dataText(import.meta.url, `../data/c/${name}.h`);
}

function dumped(btf: Btf, options: CDumpOptions = {}): string {
  return plainText((out) => writeC(out, btf, options));
}

/** A dump without the lines around its types. */
function definitions(text: string): string {
  const start = text.lastIndexOf("#endif\n\n", text.indexOf("/* BPF kfuncs */")) + "#endif\n\n".length;
  return text.slice(start, text.indexOf("\n/* BPF kfuncs */"));
}

describe("as bpftool prints it", () => {
  test.each(FIXTURES)("%s, unsorted", (name) => {
    expect(dumped(btfFile(`c/${name}`), { unsorted: true })).toBe(recorded(`${name}.unsorted`));
  });

  // The first type in order is needed by another one or written in place: bpftool does not lose it.
  test.each(["layout", "declarators", "tags"])("%s, sorted", (name) => {
    expect(dumped(btfFile(`c/${name}`))).toBe(recorded(`${name}.sorted`));
  });

  test("all kinds, unsorted", () => {
    expect(dumped(btfFile("all_kinds"), { unsorted: true })).toBe(recorded("all_kinds.unsorted"));
  });

  test.each(CRAFTED)("$name", ({ name, bytes, options }) => {
    expect(dumped(new Btf(bytes), options)).toBe(recorded(`crafted/${name}`));
  });
});

describe("the type that comes first, which bpftool skips when it sorts", () => {
  test("all kinds: bpftool has no anonymous enum", () => {
    const lost = "enum {\n\tAN = 7,\n};\n\n";
    const sorted = dumped(btfFile("all_kinds"));
    expect(definitions(sorted).startsWith(lost)).toBe(true);
    expect(sorted.replace(lost, "")).toBe(recorded("all_kinds.sorted"));
  });

  test("names: bpftool has the first enum where a struct needs it", () => {
    const first = "enum color {\n\tcolor = 0,\n\tRED = 1,\n};\n\n";
    const sorted = dumped(btfFile("c/names"));
    expect(definitions(sorted).startsWith(first)).toBe(true);
    expect(recorded("names.sorted")).toContain(first);
    expect(sorted.replace(first, "")).toBe(recorded("names.sorted").replace(first, ""));
  });
});

test("a root id that is not there", () => {
  const btf = btfFile("all_kinds");
  for (const id of [btf.typeCount, -1, 0.5]) {
    const error = inspectErrorOf(() => dumped(btf, { rootIds: [1, id] }));
    expect(error).toMatchObject({ code: "not-found", message: `invalid root ID: ${id}` });
  }
});

/** BTF of `bytes` split from `base`; its types and strings begin with those of `base`. */
function splitFrom(base: Btf, bytes: Uint8Array): Btf {
  const whole = new Btf(bytes);
  const words = whole.sections.words.subarray(base.sections.words.length);
  const strings = whole.sections.strings.subarray(base.sections.strings.length);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  for (const [i, size] of [24, 0, words.byteLength, words.byteLength, strings.length].entries()) {
    header.writeUInt32LE(size, 4 + i * 4);
  }
  const types = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return new Btf(Buffer.concat([header, types, strings]), base);
}

test.each([true, false])("split BTF: base and new types as if they were one, unsorted: %s", (unsorted) => {
  const b = new BtfBuilder();
  const int = b.int("int", 4);
  const shared = b.composite("STRUCT", "shared", 4, [["a", int, 0]]);
  b.composite("STRUCT", "twice", 4, [["base_member", int, 0]]);
  const base = new Btf(b.build());
  b.composite("STRUCT", "twice", 4, [["new_member", shared, 0]]);
  b.ref("TYPEDEF", b.ref("PTR", shared), "base");
  b.raw("ENUM", { name: "only_here", vlen: 1, sizeOrType: 4, tail: [b.string("ONLY_HERE"), 0] });
  b.raw("DECL_TAG", { name: "bpf_kfunc", sizeOrType: b.func("of_module", int, []), tail: [0xffff_ffff] });
  const text = dumped(splitFrom(base, b.build()), { unsorted });
  expect(text).toBe(dumped(new Btf(b.build()), { unsorted }));
  expect(text).toContain("struct twice___2 {");
  expect(text).toContain("extern int of_module(void) __weak __ksym;");
});

test("big-endian BTF", () => {
  const builder = new BtfBuilder();
  builder.composite("STRUCT", "s", 8, [["i", builder.int("int", 4), 0]]);
  expect(dumped(new Btf(builder.build(false)))).toBe(dumped(new Btf(builder.build())));
});
