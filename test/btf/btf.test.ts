import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { signature } from "../../src/btf/signature.ts";
import type { BtfType } from "../../src/btf/types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const ALL_KINDS = dataFile(import.meta.url, "data/all_kinds.btf");
const ENCODINGS: Readonly<Record<number, string>> = { 0: "(none)", 1: "SIGNED", 2: "CHAR", 4: "BOOL" };
const LINKAGES = ["static", "global", "extern"];

/** A type in the layout of `btf dump format raw`, made from what Btf.type() gives. */
function raw(btf: Btf, type: BtfType): string {
  const name = (text: string) => `'${text === "" ? "(anon)" : text}'`;
  const head = `[${type.id}] ${type.kind === "UNKN" ? "UNKNOWN" : type.kind} ${name(type.name)}`;
  switch (type.kind) {
    case "INT": {
      const encoding = ENCODINGS[type.encoding] ?? "UNKN";
      return `${head} size=${type.size} bits_offset=${type.bitOffset} nr_bits=${type.bits} encoding=${encoding}`;
    }
    case "PTR":
    case "TYPEDEF":
    case "VOLATILE":
    case "CONST":
    case "RESTRICT":
    case "TYPE_TAG":
      return `${head} type_id=${type.type}`;
    case "ARRAY":
      return `${head} type_id=${type.type} index_type_id=${type.indexType} nr_elems=${type.count}`;
    case "STRUCT":
    case "UNION": {
      const members = type.members.map(
        (member) =>
          `\n\t${name(member.name)} type_id=${member.type} bits_offset=${member.bitOffset}` +
          `${member.bitSize === 0 ? "" : ` bitfield_size=${member.bitSize}`}`,
      );
      return `${head} size=${type.size} vlen=${type.members.length}${members.join("")}`;
    }
    case "ENUM":
    case "ENUM64": {
      const suffix = type.kind === "ENUM" ? "" : type.signed ? "LL" : "ULL";
      const values = type.values.map((entry) => `\n\t${name(entry.name)} val=${entry.value}${suffix}`);
      const encoding = type.signed ? "SIGNED" : "UNSIGNED";
      return `${head} encoding=${encoding} size=${type.size} vlen=${type.values.length}${values.join("")}`;
    }
    case "FWD":
      return `${head} fwd_kind=${type.union ? "union" : "struct"}`;
    case "FUNC":
      return `${head} type_id=${type.type} linkage=${LINKAGES[type.linkage] ?? "(unknown)"}`;
    case "FUNC_PROTO": {
      const params = type.params.map((param) => `\n\t${name(param.name)} type_id=${param.type}`);
      return `${head} ret_type_id=${type.returnType} vlen=${type.params.length}${params.join("")}`;
    }
    case "VAR":
      return `${head} type_id=${type.type}, linkage=${LINKAGES[type.linkage] ?? "(unknown)"}`;
    case "DATASEC": {
      const vars = type.vars.map((entry) => {
        const variable = btf.type(entry.type);
        const place = `type_id=${entry.type} offset=${entry.offset} size=${entry.size}`;
        return `\n\t${place}${variable ? ` (VAR '${variable.name}')` : ""}`;
      });
      return `${head} size=${type.size} vlen=${type.vars.length}${vars.join("")}`;
    }
    case "FLOAT":
      return `${head} size=${type.size}`;
    case "DECL_TAG":
      return `${head} type_id=${type.type} component_idx=${type.component}`;
    case "UNKN":
      return head;
  }
}

describe("Btf.type() reads what bpftool 7.8.0 reads: all_kinds", () => {
  const btf = new Btf(ALL_KINDS);
  const recorded = dataText(import.meta.url, "data/all_kinds.raw.txt")
    .trimEnd()
    .split(/\n(?=\[)/);

  test("as many types", () => expect(btf.typeCount).toBe(recorded.length + 1));

  test.each(recorded.map((text, i) => [text.split("\n")[0] ?? "", text, i + 1] as const))(
    "type() of %s",
    (_, text, id) => expect(raw(btf, btf.type(id) as BtfType)).toBe(text),
  );
});

describe("Btf", () => {
  test("type 0 is void, other ids are undefined", () => {
    const btf = new Btf(ALL_KINDS);
    expect(btf.type(0)).toEqual({ kind: "UNKN", id: 0, name: "" });
    for (const id of [-1, 46, 0xffffffff]) expect(btf.type(id)).toBeUndefined();
  });

  test("type() gives the same object again", () => {
    const btf = new Btf(ALL_KINDS);
    expect(btf.type(13)).toBe(btf.type(13));
  });

  test("string() is undefined past the end", () => {
    const btf = new Btf(new BtfBuilder().build());
    expect([btf.string(0), btf.string(1), btf.string(0xffffffff)]).toEqual(["", undefined, undefined]);
  });

  test("big-endian blobs read like little-endian ones", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4, { encoding: 1 });
    builder.composite("STRUCT", "S", 8, [
      ["a", int, 0],
      ["b", builder.array(int, 1), 32],
    ]);
    builder.raw("ENUM64", { name: "E", vlen: 1, sizeOrType: 8, tail: [builder.string("X"), 2, 1] });
    const [little, big] = [true, false].map((order) => new Btf(builder.build(order))) as [Btf, Btf];
    expect([little.littleEndian, big.littleEndian]).toEqual([true, false]);
    for (let id = 1; id < little.typeCount; id++) expect(big.type(id)).toEqual(little.type(id));
    expect(big.type(4)).toMatchObject({ values: [{ name: "X", value: 2n + (1n << 32n) }] });
  });

  const blob = new BtfBuilder().build();
  const patched = (offset: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(blob);
    copy.set(bytes, offset);
    return copy;
  };
  const unknownKind = new BtfBuilder();
  unknownKind.int("int", 4);
  unknownKind.raw(20);
  const cutMember = new BtfBuilder();
  cutMember.raw("STRUCT", { vlen: 2, tail: [0, 0, 0] });
  const BROKEN: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
    ["no bytes", new Uint8Array(), "2 bytes at offset 0x0 are past the end (0 bytes)"],
    ["no magic number", patched(0, 0x7f, 0x45), "no magic number 0xeb9f"],
    ["a newer version", patched(2, 2), "version 2 is not 1"],
    ["a short header", patched(4, 8), "header of 8 bytes is too short"],
    ["types past the end", patched(12, 1, 1), "257 bytes at offset 0x18 are past the end (25 bytes)"],
    ["strings past the end", patched(16, 2), "1 bytes at offset 0x1a are past the end (25 bytes)"],
    ["an unknown kind", unknownKind.build(), "type [2] at offset 0x28 has the unknown kind 20"],
    ["a cut member", cutMember.build(), "type [1] at offset 0x18 runs over the end of the types"],
  ];
  test.each(BROKEN)("refuses %s", (_, bytes, message) => {
    const error = inspectErrorOf(() => new Btf(bytes));
    expect(error.message).toBe(`Cannot parse BTF: ${message}`);
    expect(error.code).toBe("malformed");
  });
});

describe("split BTF", () => {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const task = builder.composite("STRUCT", "task", 4, [["pid", int, 0]]);
  const base = new Btf(builder.build());

  function split(littleEndian = true) {
    const own = new BtfBuilder(base);
    const inode = own.composite("STRUCT", "inode", 12, [
      ["number", int, 0],
      ["owner", own.ref("PTR", task), 32],
    ]);
    return { bytes: own.build(littleEndian), inode };
  }
  const { bytes, inode } = split();
  const btf = new Btf(bytes, base);

  test("ids and strings go on behind those of the base", () => {
    expect([base.base, base.firstId, base.firstString]).toEqual([undefined, 1, 0]);
    expect(btf.base).toBe(base);
    expect([btf.firstId, btf.typeCount]).toEqual([base.typeCount, base.typeCount + 2]);
    expect([btf.firstString, btf.stringsEnd > base.stringsEnd]).toEqual([base.stringsEnd, true]);
  });

  test("types of both, those of the base are its own", () => {
    expect(btf.type(task)).toBe(base.type(task));
    expect(btf.type(0)).toMatchObject({ kind: "UNKN" });
    const type = btf.type(inode);
    expect(type).toMatchObject({
      kind: "STRUCT",
      id: inode,
      name: "inode",
      members: [
        { name: "number", type: int },
        { name: "owner", type: inode - 1 },
      ],
    });
    expect(btf.type(inode - 1)).toMatchObject({ kind: "PTR", id: inode - 1, type: task });
    for (const id of [btf.typeCount, 0xffff_ffff, -1]) expect(btf.type(id)).toBeUndefined();
    expect(base.type(inode)).toBeUndefined();
  });

  test("strings of both", () => {
    expect(btf.string(0)).toBe("");
    expect(btf.string(1)).toBe(base.string(1));
    expect(btf.string(btf.firstString)).not.toBe("");
    expect(btf.string(btf.stringsEnd)).toBeUndefined();
    expect(base.string(btf.firstString)).toBeUndefined();
  });

  test("names that repeat those of the base are found there", () => {
    const own = new BtfBuilder(base);
    own.raw("FWD", { name: "" });
    const shared = own.build();
    // The name is string 1 of the base.
    new DataView(shared.buffer).setUint32(24, 1, true);
    expect(new Btf(shared, base).type(base.typeCount)).toMatchObject({ kind: "FWD", name: "int" });
  });

  test("split BTF on split BTF", () => {
    const third = new BtfBuilder(btf);
    const id = third.ref("TYPEDEF", inode, "inode_t");
    const top = new Btf(third.build(), btf);
    expect(id).toBe(btf.typeCount);
    expect(top.type(id)).toMatchObject({ kind: "TYPEDEF", name: "inode_t", type: inode });
    expect(top.type(inode)).toBe(btf.type(inode));
    expect(top.type(task)).toBe(base.type(task));
    expect(top.string(1)).toBe(base.string(1));
    expect(signature(top, id)).toBe("inode_t ");
  });

  test("big-endian", () => {
    const big = new Btf(split(false).bytes, new Btf(builder.build(false)));
    for (let id = 0; id < btf.typeCount; id++) expect(big.type(id)).toEqual(btf.type(id));
  });

  test("without its base the ids begin with 1", () => {
    const alone = new Btf(bytes);
    expect([alone.firstId, alone.typeCount]).toEqual([1, 3]);
    expect(alone.type(2)).toMatchObject({ kind: "STRUCT", size: 12 });
  });

  test("errors name its own ids", () => {
    const broken = new BtfBuilder(base);
    broken.raw(99);
    const error = inspectErrorOf(() => new Btf(broken.build(), base));
    expect(error.message).toBe("Cannot parse BTF: type [3] at offset 0x18 has the unknown kind 99");
  });

  test("nothing of its own", () => {
    const none = new Btf(new BtfBuilder(base).build(), base);
    expect([none.typeCount, none.stringsEnd]).toEqual([base.typeCount, base.stringsEnd]);
    expect(none.type(task)).toBe(base.type(task));
  });
});

test("every kind reads the same in both byte orders", () => {
  const swapped = (bytes: Uint8Array) => {
    const copy = Buffer.from(bytes);
    const words = copy.readUInt32LE(12);
    copy.subarray(0, 2).swap16();
    copy.subarray(4, 24).swap32();
    copy.subarray(24, 24 + words).swap32();
    return Uint8Array.from(copy);
  };
  const [little, big] = [new Btf(ALL_KINDS), new Btf(swapped(ALL_KINDS))];
  expect(big.littleEndian).toBe(false);
  expect(big.typeCount).toBe(little.typeCount);
  for (let id = 0; id < little.typeCount; id++) expect(big.type(id)).toEqual(little.type(id));
});

describe("signature()", () => {
  const btf = new Btf(ALL_KINDS);
  /** By type id of all_kinds. */
  const ROWS: readonly (readonly [id: number, expected: string | undefined])[] = [
    [1, "int "],
    [10, "int * "],
    [11, "void * "],
    [12, "char [16]"],
    [13, "struct S "],
    [15, "union U "],
    [16, "enum E "],
    [19, "struct FS "],
    [20, "union FU "],
    [21, "T "],
    [22, "volatile int "],
    [24, "restrict int * "],
    [25, "int (int a, int *, ...)"],
    [26, "void ()"],
    [28, "int f_global(int a, int *, ...)"],
    [31, "static int  v_static"],
    [32, "int  v_glob"],
    [35, 'section (".data") '],
    [36, "double "],
    [37, undefined], // DECL_TAG
    [41, "enum E64 "],
    [44, "struct  "],
    [999, undefined],
  ];
  test.each(ROWS)("signature() of type %i is %j", (id, expected) => {
    expect(signature(btf, id)).toBe(expected);
  });

  test("signature() reads through TYPE_TAG, where bpftool drops the signature (24.23)", () => {
    const builder = new BtfBuilder();
    const tagged = builder.ref("TYPE_TAG", builder.int("int", 4, { encoding: 1 }), "user");
    const func = builder.func("f4", 0, [["p", builder.ref("PTR", tagged)]]);
    expect(signature(new Btf(builder.build()), func)).toBe("void f4(int * p)");
  });

  test("signature() is not cut at 1024 bytes", () => {
    const builder = new BtfBuilder();
    const long = builder.composite("STRUCT", "s".repeat(1500), 4, []);
    const func = builder.func("f", 0, [["p", long]]);
    expect(signature(new Btf(builder.build()), func)).toBe(`void f(struct ${"s".repeat(1500)} p)`);
  });
});
