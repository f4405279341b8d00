/** BTF that clang does not make. What bpftool prints for each is recorded in ../data/c/crafted/NAME.h. */
import type { CDumpOptions } from "../../../src/btf/c/dump.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";

export interface Crafted {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly options: CDumpOptions;
}

/** `flag`: the offsets hold widths, too. Members are name, type, offset and width in bits. */
function composite(
  builder: BtfBuilder,
  kind: "STRUCT" | "UNION",
  name: string,
  size: number,
  members: readonly (readonly [name: string, type: number, offset: number, width?: number])[],
): number {
  const tail = members.flatMap(([member, type, offset, width = 0]) => [
    builder.string(member),
    type,
    width * 2 ** 24 + offset,
  ]);
  return builder.raw(kind, { name, flag: true, vlen: members.length, sizeOrType: size, tail });
}

function enumeration(
  builder: BtfBuilder,
  kind: "ENUM" | "ENUM64",
  name: string,
  size: number,
  values: readonly (readonly [name: string, value: number | bigint])[],
  signed = false,
): number {
  const tail = values.flatMap(([value, number]) => {
    const bits = BigInt.asUintN(64, BigInt(number));
    const words = [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
    return [builder.string(value), ...(kind === "ENUM" ? words.slice(0, 1) : words)];
  });
  return builder.raw(kind, { name, flag: signed, vlen: values.length, sizeOrType: size, tail });
}

/** A DECL_TAG. */
function tag(builder: BtfBuilder, name: string, type: number, component = -1): void {
  builder.raw("DECL_TAG", { name, sizeOrType: type, tail: [component >>> 0] });
}

/** Unsorted, or the types whose ids `make` returns. */
function crafted(name: string, make: (builder: BtfBuilder) => readonly number[] | undefined): Crafted {
  const builder = new BtfBuilder();
  const rootIds = make(builder);
  return { name, bytes: builder.build(), options: rootIds ? { rootIds } : { unsorted: true } };
}

/** Sorted. The type that bpftool loses then is one that is not written for itself: an anonymous enum in a struct. */
function sorted(name: string, make: (builder: BtfBuilder) => void): Crafted {
  const builder = new BtfBuilder();
  const lost = enumeration(builder, "ENUM", "", 4, [["A", 0]]);
  composite(builder, "STRUCT", "holder", 4, [["lost", lost, 0]]);
  make(builder);
  return { name, bytes: builder.build(), options: {} };
}

/** Structs that need padding, under a `long` of some size. */
function padded(builder: BtfBuilder, longSize: number): void {
  const long = builder.int("long unsigned int", longSize);
  const int = builder.int("int", 4);
  const short = builder.int("short", 2);
  const char = builder.int("char", 1);
  const pointer = builder.ref("PTR", 0);
  composite(builder, "STRUCT", "hole", 16, [
    ["a", char, 0],
    ["b", char, 96],
  ]);
  composite(builder, "STRUCT", "small_hole", 4, [
    ["a", char, 0],
    ["b", char, 24],
  ]);
  composite(builder, "STRUCT", "end", 24, [
    ["a", pointer, 0],
    ["b", char, 64],
  ]);
  composite(builder, "STRUCT", "between_bits", 8, [
    ["a", int, 0, 3],
    ["b", int, 40, 3],
  ]);
  composite(builder, "STRUCT", "between_bits_of_a_byte", 4, [
    ["a", char, 0, 1],
    ["b", char, 5, 2],
    ["c", char, 13, 3],
  ]);
  composite(builder, "STRUCT", "bits_then_int", 8, [
    ["a", int, 0, 3],
    ["b", int, 32],
  ]);
  composite(builder, "STRUCT", "bits_then_char", 8, [
    ["a", int, 0, 3],
    ["b", char, 32],
  ]);
  composite(builder, "STRUCT", "bits_at_odd_place", 8, [
    ["a", short, 3, 9],
    ["b", long, 20, 12],
  ]);
  composite(builder, "STRUCT", "packed_with_hole", 13, [
    ["a", char, 0],
    ["b", int, 24],
    ["c", short, 80],
  ]);
  composite(builder, "STRUCT", "size_only", 12, []);
  composite(builder, "STRUCT", "array_of_none", 4, [
    ["a", builder.array(long, 0), 0],
    ["b", int, 0],
  ]);
  composite(builder, "UNION", "larger", 16, [["a", char, 0]]);
  enumeration(builder, "ENUM", "word", 8, [["WORD", 1]]);
}

export const CRAFTED: readonly Crafted[] = [
  crafted("enum-sizes", (b) => {
    enumeration(b, "ENUM", "byte", 1, [["B", 200]]);
    enumeration(b, "ENUM", "signed_byte", 1, [["SB", -1]], true);
    enumeration(b, "ENUM", "half", 2, [["H", 1]]);
    enumeration(b, "ENUM", "word", 8, [["W", 0xffffffff]]);
    enumeration(b, "ENUM64", "small64", 8, [
      ["S0", 0],
      ["S1", 0xffffffff],
    ]);
    enumeration(b, "ENUM64", "large64", 8, [
      ["L0", 0],
      ["L1", 2n ** 63n],
    ]);
    enumeration(
      b,
      "ENUM64",
      "negative64",
      8,
      [
        ["N0", -1n],
        ["N1", -(2n ** 63n)],
      ],
      true,
    );
    enumeration(b, "ENUM64", "byte64", 1, [["B64", 7]]);
    enumeration(b, "ENUM", "declared", 4, []);
    enumeration(b, "ENUM64", "declared64", 8, []);
    enumeration(b, "ENUM", "", 4, []);
    const inner = enumeration(b, "ENUM", "", 1, [
      ["I0", 0],
      ["I1", 1],
    ]);
    composite(b, "STRUCT", "holder", 2, [
      ["named", inner, 0],
      ["", inner, 8],
    ]);
  }),
  crafted("name-collisions", (b) => {
    const int = b.int("int", 4);
    const first = composite(b, "STRUCT", "same", 4, [["a", int, 0]]);
    const second = composite(b, "STRUCT", "same", 4, [["b", int, 0]]);
    const third = composite(b, "UNION", "same", 4, [["c", int, 0]]);
    enumeration(b, "ENUM", "same", 4, [
      ["same", 1],
      ["same___2", 2],
    ]);
    const forward = b.raw("FWD", { name: "same" });
    enumeration(b, "ENUM", "same", 4, []);
    enumeration(b, "ENUM64", "same", 8, []);
    const type = b.ref("TYPEDEF", int, "same");
    enumeration(b, "ENUM", "", 4, [
      ["same", 3],
      ["other", 4],
    ]);
    const again = b.ref("TYPEDEF", type, "same");
    b.ref("TYPEDEF", again, "other");
    composite(b, "STRUCT", "users", 40, [
      ["a", b.ref("PTR", third), 0],
      ["b", b.ref("PTR", second), 64],
      ["c", b.ref("PTR", first), 128],
      ["d", b.ref("PTR", forward), 192],
      ["e", again, 256],
      ["f", type, 288],
    ]);
  }),
  crafted("type-tags", (b) => {
    const int = b.int("int", 4);
    const tagged = b.ref("TYPE_TAG", int, "user");
    const attribute = b.raw("TYPE_TAG", { name: "address_space(1)", flag: true, sizeOrType: int });
    const constTagged = b.ref("CONST", tagged);
    const taggedConst = b.ref("TYPE_TAG", b.ref("CONST", int), "user");
    const taggedPointer = b.ref("TYPE_TAG", b.ref("PTR", int), "rcu");
    const proto = b.proto(tagged, [["p", b.ref("PTR", taggedConst)]]);
    const members = [
      ["a", b.ref("PTR", tagged)],
      ["b", b.ref("PTR", attribute)],
      ["c", b.ref("PTR", constTagged)],
      ["d", b.ref("PTR", taggedConst)],
      ["e", b.ref("PTR", taggedPointer)],
      ["f", b.ref("PTR", b.ref("TYPE_TAG", proto, "user"))],
      ["g", b.ref("TYPE_TAG", b.array(int, 2), "user")],
      ["h", b.ref("PTR", b.ref("TYPE_TAG", tagged, "percpu"))],
      ["i", b.ref("PTR", b.ref("TYPE_TAG", 0, "user"))],
      ["j", b.ref("CONST", taggedPointer)],
    ] as const;
    composite(
      b,
      "STRUCT",
      "tags",
      80,
      members.map(([name, type], i) => [name, type, i * 64]),
    );
    b.ref("TYPEDEF", tagged, "tagged_t");
  }),
  crafted("declarators", (b) => {
    const int = b.int("int", 4);
    const pointer = b.ref("PTR", int);
    const rows = b.array(b.array(int, 3), 2);
    const variadic = b.proto(int, [
      ["format", b.ref("PTR", b.ref("CONST", int))],
      ["", 0],
    ]);
    const unnamed = b.proto(0, [
      ["", int],
      ["", pointer],
      ["", rows],
      ["", b.ref("PTR", rows)],
    ]);
    const onlyVoid = b.proto(0, [["", 0]]);
    const constArray = b.ref("CONST", b.array(pointer, 4));
    const inner = composite(b, "STRUCT", "", 4, [["x", int, 0]]);
    const returns = b.proto(b.ref("PTR", variadic), [["s", b.ref("PTR", inner)]]);
    const types = [
      b.ref("PTR", variadic),
      b.ref("PTR", b.ref("PTR", unnamed)),
      b.array(b.ref("PTR", onlyVoid), 5),
      b.ref("PTR", b.ref("CONST", returns)),
      b.ref("VOLATILE", constArray),
      b.ref("PTR", constArray),
      b.ref("RESTRICT", b.ref("CONST", b.ref("PTR", b.ref("VOLATILE", pointer)))),
      b.ref("CONST", b.ref("VOLATILE", int)),
      b.array(b.ref("PTR", rows), 7),
      b.ref("PTR", b.array(b.ref("PTR", b.array(b.ref("PTR", returns), 8)), 9)),
    ];
    types.forEach((type, i) => void b.ref("TYPEDEF", type, `t${i}`));
    b.ref("TYPEDEF", onlyVoid, "function");
    b.ref("TYPEDEF", 0, "nothing");
    composite(b, "STRUCT", "unnamed", 24, [
      ["", pointer, 0],
      ["", b.array(int, 2), 64],
      ["", b.ref("PTR", rows), 128],
    ]);
  }),
  crafted("anonymous", (b) => {
    const int = b.int("int", 4);
    let type = int;
    for (let level = 0; level < 16; level++)
      type = composite(b, level % 2 ? "UNION" : "STRUCT", "", 4, [[level % 3 ? `m${level}` : "", type, 0]]);
    composite(b, "STRUCT", "deep", 4, [["bottom", type, 0]]);
    const members = enumeration(b, "ENUM", "", 4, [["USED", 1]]);
    enumeration(b, "ENUM", "", 4, [["UNUSED", 1]]);
    composite(b, "STRUCT", "", 4, [["never_written", int, 0]]);
    b.func("f", members, [["p", b.ref("PTR", composite(b, "UNION", "", 4, [["in_a_parameter", int, 0]]))]]);
    b.ref("TYPEDEF", composite(b, "STRUCT", "", 4, [["e", members, 0]]), "named_by_typedef");
    const returned = enumeration(b, "ENUM", "", 4, [["RETURNED", 1]]);
    b.proto(returned, []);
  }),
  crafted("forward", (b) => {
    const int = b.int("int", 4);
    // Each points to the next, the last one to the first.
    const ring = composite(b, "STRUCT", "ring0", 16, [
      ["next", 3, 0],
      ["value", int, 64],
    ]);
    b.ref("PTR", 4);
    composite(b, "STRUCT", "ring1", 16, [
      ["next", 5, 0],
      ["value", int, 64],
    ]);
    b.ref("PTR", ring);
    // A typedef of a pointer to a struct that uses the typedef.
    b.ref("TYPEDEF", 7, "handle");
    b.ref("PTR", 8);
    composite(b, "STRUCT", "object", 16, [
      ["self", 6, 0],
      ["visit", 10, 64],
    ]);
    b.proto(6, [["", 6]]);
    b.ref("PTR", 9);
    // Declared only.
    b.raw("FWD", { name: "nowhere" });
    b.raw("FWD", { name: "nowhere_union", flag: true });
    b.ref("TYPEDEF", 11, "nowhere_t");
    composite(b, "UNION", "holds", 16, [["object", 8, 0]]);
  }),
  crafted("builtin-names", (b) => {
    const int = b.int("int", 4);
    for (const [name, size] of [
      ["__Poly8_t", 1],
      ["__Poly16_t", 2],
      ["__Poly64_t", 8],
      ["__Poly128_t", 16],
    ] as const) {
      composite(b, "STRUCT", `has${name}`, size, [["p", b.int(name, size), 0]]);
    }
    const list = b.ref(
      "TYPEDEF",
      composite(b, "STRUCT", "__va_list", 4, [["stack", int, 0]]),
      "__builtin_va_list",
    );
    b.ref("TYPEDEF", 0, "__gnuc_va_list");
    b.ref("TYPEDEF", list, "va_list");
    composite(b, "STRUCT", "uses", 4, [["list", list, 0]]);
    b.raw("FLOAT", { name: "double", sizeOrType: 8 });
    b.ref("TYPEDEF", b.raw("FLOAT", { name: "float", sizeOrType: 4 }), "single");
    b.ref("TYPEDEF", 0, "byte\xe9");
  }),
  crafted("kfuncs", (b) => {
    const int = b.int("int", 4);
    const none = b.proto(0, []);
    const task = b.ref("PTR", composite(b, "STRUCT", "task", 4, [["pid", int, 0]]));
    const two = b.func("b_two", int, [
      ["t", task],
      ["", int],
    ]);
    const one = b.raw("FUNC", { name: "a_one", sizeOrType: none });
    const callback = b.ref("PTR", b.proto(int, [["", task]]));
    const pointer = b.func("c_pointer", callback, [["callback", callback]]);
    const untagged = b.func("untagged", int, []);
    tag(b, "bpf_kfunc", two);
    tag(b, "bpf_fastcall", two);
    tag(b, "bpf_kfunc", pointer);
    tag(b, "bpf_fastcall", untagged);
    tag(b, "bpf_kfunc", untagged, 0);
    tag(b, "bpf_kfunc", task);
    tag(b, "bpf_kfuncs", untagged);
    tag(b, "bpf_kfunc", one);
  }),
  crafted("padding", (b) => {
    padded(b, 8);
  }),
  crafted("padding-32-bit", (b) => {
    padded(b, 4);
  }),
  crafted("root-ids", (b) => {
    const int = b.int("int", 4);
    const inner = composite(b, "STRUCT", "inner", 4, [["i", int, 0]]);
    const other = composite(b, "STRUCT", "other", 8, [["inner", b.ref("PTR", inner), 0]]);
    const outer = composite(b, "STRUCT", "outer", 8, [
      ["inner", inner, 0],
      ["i", int, 32],
    ]);
    const func = b.func("kfunc", 0, [["o", b.ref("PTR", outer)]]);
    tag(b, "bpf_kfunc", func);
    const type = b.ref("TYPEDEF", b.ref("PTR", outer), "outer_t");
    return [type, func, other, outer];
  }),
  crafted("root-void", (b) => {
    return [0, b.int("int", 4)];
  }),
  sorted("order", (b) => {
    b.ref("TYPEDEF", 0, "of_void");
    b.raw("FWD", { name: "forward" });
    const struct = composite(b, "STRUCT", "z_struct", 4, []);
    composite(b, "UNION", "a_union", 4, []);
    const int = b.int("int", 4);
    b.ref("TYPEDEF", int, "of_int");
    const reference = b.ref("TYPEDEF", struct, "z_of_struct");
    b.ref("TYPEDEF", reference, "a_of_struct");
    b.ref("TYPEDEF", b.array(b.ref("PTR", struct), 3), "of_structs");
    b.ref("TYPEDEF", b.ref("PTR", b.proto(int, [])), "of_function");
    enumeration(b, "ENUM", "last_enum", 4, [["L", 0]]);
    enumeration(b, "ENUM64", "first_enum", 8, [["F", 0]]);
    enumeration(b, "ENUM", "", 4, [["Z_CONSTANT", 0]]);
    enumeration(b, "ENUM", "", 4, [
      ["C_CONSTANT", 0],
      ["AA_CONSTANT", 0],
    ]);
    for (const name of ["b", "a\xe9", "ab", "B", "a"]) composite(b, "STRUCT", name, 0, []);
    b.ref("PTR", b.ref("TYPEDEF", b.raw("FWD", { name: "declared" }), "of_declared"));
  }),
  sorted("order-of-one-name", (b) => {
    const int = b.int("int", 4);
    const long = b.int("long", 8);
    const others = [int, b.ref("PTR", int), b.ref("CONST", int), b.array(int, 3), b.array(int, 2)];
    for (const name of ["zz", "b", "a", "a_name_that_takes_more_than_all_of_the_64_bits", "\xff\xfe", ""]) {
      composite(b, "STRUCT", "same", 16, [[name, int, 0]]);
      composite(b, "STRUCT", "same", 16, [[name, long, 0]]);
      composite(
        b,
        "UNION",
        "same",
        16,
        others.map((type) => [name, type, 0]),
      );
      enumeration(b, "ENUM", "same", 4, [
        [`${name}1`, 1],
        [`${name}2`, 2],
      ]);
      const anonymous = composite(b, "STRUCT", "", 4, [[name, int, 0]]);
      b.ref("TYPEDEF", b.ref("PTR", anonymous), "same");
    }
    composite(b, "STRUCT", "same", 16, []);
    composite(b, "STRUCT", "same", 16, []);
    for (const other of others) b.ref("TYPEDEF", other, "same_t");
  }),
];
