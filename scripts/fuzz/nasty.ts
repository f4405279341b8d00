/** BTF made by hand: what a mutation of good BTF hardly comes upon. */
import { BTF_KINDS, type BtfKind } from "../../src/btf/kinds.ts";
import { BlobBuilder, HEADER } from "./blob.ts";

const MOST = 0xffff_ffff;

type Make = (builder: BlobBuilder) => void;

/** Words behind the first three of a type whose every reference is `id`: two items where it has items. */
function tailTo(kind: BtfKind, id: number): { vlen?: number; tail?: readonly number[] } {
  switch (kind) {
    case "INT":
    case "VAR":
    case "DECL_TAG":
      return { tail: [0] };
    case "ARRAY":
      return { tail: [id, id, 3] };
    case "STRUCT":
    case "UNION":
      return { vlen: 2, tail: [0, id, 0, 0, id, 32] };
    case "FUNC_PROTO":
    case "ENUM":
      return { vlen: 2, tail: [0, id, 0, id] };
    case "DATASEC":
      return { vlen: 2, tail: [id, 0, 4, id, 4, 4] };
    case "ENUM64":
      return { vlen: 2, tail: [0, id, 0, 0, id, 1] };
    default:
      return {};
  }
}

const KINDS = BTF_KINDS.filter((kind) => kind !== "UNKN");

/** Of each kind: itself, and a ring of two with a pointer, a const or an array. */
const RINGS: readonly (readonly [name: string, make: Make])[] = KINDS.flatMap((kind) => [
  [
    `${kind} of itself`,
    (b: BlobBuilder) => void b.add(kind, { name: "T", sizeOrType: 1, ...tailTo(kind, 1) }),
  ],
  [
    `anonymous ${kind} of itself`,
    (b: BlobBuilder) => void b.add(kind, { sizeOrType: 1, ...tailTo(kind, 1) }),
  ],
  ...(["PTR", "CONST", "ARRAY", "FUNC_PROTO", "STRUCT"] as const).map((other): readonly [string, Make] => [
    `${kind} and ${other} of each other`,
    (b) => {
      b.add(kind, { sizeOrType: 2, ...tailTo(kind, 2) });
      b.add(other, { sizeOrType: 1, ...tailTo(other, 1) });
    },
  ]),
]);

/** A type in a type, `depth` times. */
function nested(depth: number, wrap: (builder: BlobBuilder, inner: number) => number): Make {
  return (builder) => {
    let type = builder.int("int", 4);
    for (let i = 0; i < depth; i++) type = wrap(builder, type);
    builder.add("FUNC", { name: "f", vlen: 1, sizeOrType: builder.add("FUNC_PROTO", { sizeOrType: type }) });
    builder.add("VAR", { name: "v", sizeOrType: type, tail: [1] });
  };
}

const twice = (builder: BlobBuilder, inner: number): number =>
  builder.composite("STRUCT", 4, [builder.string("a"), inner, 0, builder.string("b"), inner, 0]);

/** `count` members of one long name. */
function longNames(length: number, count: number, kind: "STRUCT" | "ENUM"): Make {
  return (builder) => {
    const type = builder.int("int", 4);
    const name = builder.string("n".repeat(length));
    const words = kind === "STRUCT" ? [name, type, 0] : [name, 7];
    const tail = Array.from({ length: count }, () => words).flat();
    builder.add(kind, { name: "S", vlen: count, sizeOrType: 4, tail });
  };
}

const CRAFTED: readonly (readonly [name: string, make: Make])[] = [
  ["nothing", () => undefined],
  ["string offsets past the end", (b) => void pastTheStrings(b, 0x1000)],
  ["string offsets far past the end", (b) => void pastTheStrings(b, MOST)],
  ["string offsets at the end", (b) => void pastTheStrings(b, 1)],
  ["an array of 2^32 - 1 bytes", (b) => void b.array(b.int("c", 1), MOST)],
  ["an array of 2^32 - 1 chars", (b) => void b.array(b.int("char", 1), MOST)],
  ["an array of 2^32 - 1 structs of nothing", (b) => void b.array(b.composite("STRUCT", 0, []), MOST)],
  ["an array of 2^32 - 1 voids", (b) => void b.array(0, MOST)],
  ["an array of nothing, of arrays of nothing", (b) => void b.array(b.array(b.int("c", 1), 0), 0)],
  ["2^32 - 1 arrays of nothing", (b) => void b.array(b.array(b.int("c", 1), 0), MOST)],
  [
    "2^32 - 1 arrays of 2^32 - 1 arrays of nothing",
    (b) => void b.array(b.array(b.array(b.int("c", 1), 0), MOST), MOST),
  ],
  [
    "2^32 - 1 structs of size 0 that have text",
    (b) => {
      const text = b.array(b.int("char", 1), 16);
      b.array(b.composite("STRUCT", 0, [b.string("text"), text, 0]), MOST);
    },
  ],
  [
    "2^32 - 1 structs of size 0 with a long name in each",
    (b) => void b.array(b.composite("STRUCT", 0, [b.string("m".repeat(300)), 0, 0]), MOST),
  ],
  [
    "an enumerator of a long name, many times",
    (b) => {
      const type = b.add("ENUM", { vlen: 1, sizeOrType: 1, tail: [b.string("e".repeat(3000)), 0] });
      b.array(b.composite("STRUCT", 0, [0, type, 0]), MOST);
    },
  ],
  ["arrays of arrays, 40 deep", nested(40, (b, inner) => b.array(inner, MOST))],
  ["arrays of one, 40 deep", nested(40, (b, inner) => b.array(inner, 1))],
  ["structs twice in structs, 40 deep", nested(40, twice)],
  [
    "unions twice in unions, 40 deep",
    nested(40, (b, inner) => b.composite("UNION", 4, [0, inner, 0, 0, inner, 0])),
  ],
  [
    "prototypes twice in prototypes",
    nested(30, (b, inner) => b.add("FUNC_PROTO", { vlen: 2, sizeOrType: inner, tail: [0, inner, 0, inner] })),
  ],
  [
    "pointers to prototypes twice in prototypes",
    nested(30, (b, inner) =>
      b.add("PTR", {
        sizeOrType: b.add("FUNC_PROTO", { vlen: 2, sizeOrType: inner, tail: [0, inner, 0, inner] }),
      }),
    ),
  ],
  [
    "structs in structs, 100 deep",
    nested(100, (b, inner) => b.composite("STRUCT", 4, [b.string("m"), inner, 0])),
  ],
  ["pointers to pointers, 100 deep", nested(100, (b, inner) => b.add("PTR", { sizeOrType: inner }))],
  [
    "typedefs of typedefs, 100 deep",
    nested(100, (b, inner) => b.add("TYPEDEF", { name: `t${b.nextId}`, sizeOrType: inner })),
  ],
  [
    "modifiers, 100 deep",
    nested(100, (b, inner) =>
      b.add((["CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"] as const)[b.nextId % 4] ?? "CONST", {
        sizeOrType: inner,
      }),
    ),
  ],
  ["bit fields of 255 bits", (b) => void wideBits(b, 255)],
  ["bit fields of 128 bits", (b) => void wideBits(b, 128)],
  [
    "bit fields at 2^24 - 1",
    (b) => void b.composite("STRUCT", 4, [0, b.int("int", 4), 0x07ff_ffff], { flag: true }),
  ],
  [
    "members far behind the end",
    (b) => void b.composite("STRUCT", 4, [0, b.int("int", 4), MOST, 0, 1, MOST - 7]),
  ],
  [
    "a struct of 2^32 - 1 bytes",
    (b) => void b.composite("STRUCT", MOST, [0, b.int("int", 4), 0], { name: "S" }),
  ],
  [
    "a gap of 2^29 bytes",
    (b) => void b.composite("STRUCT", MOST, [0, b.int("int", 4), 0, 0, 1, MOST - 31], { name: "S" }),
  ],
  ["integers of odd bits", (b) => void oddIntegers(b)],
  ["enumerations of odd sizes", (b) => void oddEnums(b)],
  [
    "floats of odd sizes",
    (b) =>
      [0, 1, 2, 3, 4, 8, 10, 12, 16, MOST].forEach(
        (size) => void b.add("FLOAT", { name: `f${size}`, sizeOrType: size }),
      ),
  ],
  [
    "ENUM64 of the largest and smallest",
    (b) =>
      [false, true].forEach(
        (flag) =>
          void b.add("ENUM64", {
            flag,
            vlen: 2,
            sizeOrType: 8,
            tail: [b.string("A"), MOST, MOST, b.string("B"), 0, 0x8000_0000],
          }),
      ),
  ],
  ["unknown kinds", (b) => [20, 31, 32, 64, 127].forEach((kind) => void b.add(kind, { sizeOrType: 1 }))],
  ["the unknown kind 20", (b) => void b.add(20)],
  ["kind 0", (b) => void b.add(0, { name: "void", sizeOrType: 1 })],
  [
    "a variable of 2^32 - 1",
    (b) =>
      void b.add("DATASEC", {
        name: ".data",
        vlen: 1,
        sizeOrType: MOST,
        tail: [b.add("VAR", { name: "v", sizeOrType: b.int("int", 4), tail: [MOST] }), MOST, MOST],
      }),
  ],
  [
    "sections of sections",
    nested(70, (b, inner) => b.add("DATASEC", { name: ".s", vlen: 1, sizeOrType: 4, tail: [inner, 0, 4] })),
  ],
  [
    "tags of everything",
    (b) =>
      [0, 1, 2, 3, 99, MOST].forEach(
        (id) => void b.add("DECL_TAG", { name: "bpf_kfunc", sizeOrType: id, tail: [MOST] }),
      ),
  ],
  [
    "kfuncs that are none",
    (b) =>
      [0, 1, 2, 3, 4].forEach((id) => {
        b.add("FUNC", { name: "f", sizeOrType: id });
        b.add("DECL_TAG", { name: "bpf_kfunc", sizeOrType: b.nextId - 1, tail: [MOST] });
      }),
  ],
  [
    "references past the end",
    (b) => KINDS.forEach((kind) => void b.add(kind, { name: "T", sizeOrType: 1000, ...tailTo(kind, 1000) })),
  ],
  [
    "references to the last but one",
    (b) =>
      KINDS.forEach(
        (kind) => void b.add(kind, { name: "T", sizeOrType: KINDS.length, ...tailTo(kind, KINDS.length) }),
      ),
  ],
  [
    "one name for all",
    (b) =>
      KINDS.flatMap((kind) => [kind, kind]).forEach(
        (kind) => void b.add(kind, { name: "same", sizeOrType: 0, ...tailTo(kind, 0) }),
      ),
  ],
  [
    "names of all bytes",
    (b) =>
      void b.composite(
        "STRUCT",
        4,
        Array.from({ length: 40 }, (_, i) => [
          b.string(Buffer.from([1 + i * 6, 2 + i * 6, 3 + i * 6]).toString("latin1")),
          b.int('i"\\\n\x7f\x80\xff', 4),
          0,
        ]).flat(),
      ),
  ],
  ["long names of members", longNames(600, 40, "STRUCT")],
  ["long names of enumerators", longNames(600, 40, "ENUM")],
];

function pastTheStrings(builder: BlobBuilder, name: number): void {
  for (const kind of KINDS) builder.add(kind, { name, sizeOrType: 0, ...tailTo(kind, 0) });
  builder.composite("STRUCT", 4, [name, 1, 0, name, 1, 0]);
  builder.add("ENUM", { name, vlen: 1, sizeOrType: 4, tail: [name, 1] });
  builder.add("FUNC_PROTO", { vlen: 1, tail: [name, 1] });
}

function wideBits(builder: BlobBuilder, bits: number): void {
  const type = builder.int("int", 4, { encoding: 1 });
  builder.composite("STRUCT", 4, [0, type, bits * 2 ** 24, 0, type, bits * 2 ** 24 + 3], { flag: true });
}

function oddIntegers(builder: BlobBuilder): void {
  for (const encoding of [0, 1, 2, 4, 7, 15])
    for (const bits of [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 255])
      for (const bitOffset of [0, 7, 255]) builder.int("i", 1 + (bits >> 3), { encoding, bits, bitOffset });
}

function oddEnums(builder: BlobBuilder): void {
  for (const kind of ["ENUM", "ENUM64"] as const)
    for (const sizeOrType of [0, 1, 2, 3, 4, 8, 16, MOST])
      for (const flag of [false, true]) builder.add(kind, { flag, sizeOrType, ...tailTo(kind, 1) });
}

/** `vlen` says more than there is. */
const HUGE_VLEN: readonly (readonly [name: string, make: Make])[] = KINDS.flatMap((kind) =>
  [0xffff, 0xff_ffff].map(
    (vlen) =>
      [
        `${kind} of ${vlen} items`,
        (b: BlobBuilder) => {
          b.add(kind, { name: "T", ...tailTo(kind, 1), vlen });
          b.int("int", 4);
        },
      ] as const,
  ),
);

/** Fields of the header that point out of the file. */
const HEADERS: readonly (readonly [name: string, bytes: () => Uint8Array])[] = Object.entries(HEADER).flatMap(
  ([field, offset]) =>
    [0, 1, 23, 25, 32, 100, 0x7fff_ffff, 0x8000_0000, MOST, MOST - 23].map(
      (value) =>
        [
          `header: ${field} ${value}`,
          () => {
            const builder = new BlobBuilder();
            builder.int("int", 4);
            const bytes = builder.build();
            new DataView(bytes.buffer).setUint32(offset, value, true);
            return bytes;
          },
        ] as const,
    ),
);

/** Too large to be cut at each length. */
const LARGE: readonly (readonly [name: string, make: Make])[] = [
  ["pointers to pointers, 60,000 deep", nested(60_000, (b, inner) => b.add("PTR", { sizeOrType: inner }))],
  [
    "structs in structs, 5,000 deep",
    nested(5000, (b, inner) => b.composite("STRUCT", 4, [b.string("m"), inner, 0])),
  ],
  ["arrays in arrays, 5,000 deep", nested(5000, (b, inner) => b.array(inner, 2))],
  [
    "typedefs of typedefs, 5,000 deep",
    nested(5000, (b, inner) => b.add("TYPEDEF", { name: "t", sizeOrType: inner })),
  ],
  [
    "prototypes in prototypes, 5,000 deep",
    nested(5000, (b, inner) => b.add("FUNC_PROTO", { sizeOrType: inner })),
  ],
  [
    "variables of variables, 5,000 deep",
    nested(5000, (b, inner) => b.add("VAR", { name: "v", sizeOrType: inner, tail: [1] })),
  ],
  ["30,000 bytes of name for 2,000 members", longNames(30_000, 2000, "STRUCT")],
  ["30,000 bytes of name for 2,000 enumerators", longNames(30_000, 2000, "ENUM")],
  [
    "20,000 types of one name",
    (b) => Array.from({ length: 20_000 }).forEach(() => void b.composite("STRUCT", 0, [], { name: "same" })),
  ],
  [
    "20,000 anonymous enumerations",
    (b) =>
      Array.from({ length: 20_000 }).forEach(
        () => void b.add("ENUM", { vlen: 1, sizeOrType: 4, tail: [1, 1] }),
      ),
  ],
  [
    "100,000 members",
    (b) => void b.composite("STRUCT", 4, Array.from({ length: 100_000 }, () => [0, 1, 0]).flat()),
  ],
  [
    "600,000 bytes of name for the types of 1,000 parameters",
    (b) => {
      const type = b.int("n".repeat(600_000), 4);
      const tail = Array.from({ length: 1000 }, () => [0, type]).flat();
      b.add("FUNC", { name: "f", sizeOrType: b.add("FUNC_PROTO", { vlen: 1000, tail }) });
    },
  ],
];

function build([name, make]: readonly [string, Make], littleEndian = true) {
  const builder = new BlobBuilder();
  make(builder);
  return { name: littleEndian ? name : `${name}, big endian`, bytes: builder.build(littleEndian) };
}

export interface NastySeed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Small ones. */
export function nastySeeds(): NastySeed[] {
  return [
    ...[...RINGS, ...CRAFTED, ...HUGE_VLEN].map((entry) => build(entry)),
    ...CRAFTED.map((entry) => build(entry, false)),
    ...HEADERS.map(([name, bytes]) => ({ name, bytes: bytes() })),
  ];
}

export function largeSeeds(): NastySeed[] {
  return LARGE.map((entry) => build(entry));
}
