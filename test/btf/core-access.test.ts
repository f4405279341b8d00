/** CO-RE relocations as text. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { coreText } from "../../src/btf/core-access.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

const builder = new BtfBuilder();
const int = builder.int("int", 4);
const numbers = builder.array(int, 4);
const inner = builder.composite("UNION", "", 16, [
  ["low", int, 0],
  ["all", numbers, 0],
]);
const constInner = builder.ref("CONST", inner);
const pair = builder.composite("STRUCT", "pair", 32, [
  ["left", int, 0],
  ["", constInner, 32],
  ["flag", int, 0x0100_0000 + 160],
]);
const pairs = builder.array(pair, 8);
const pairT = builder.ref("TYPEDEF", pair, "pair_t");
const constPair = builder.ref("CONST", pairT);
const table = builder.composite("STRUCT", "table", 260, [
  ["pairs", pairs, 0],
  ["first", builder.ref("PTR", pair), 2048],
]);
const flags = builder.raw("ENUM", {
  name: "cpu_flags",
  vlen: 2,
  sizeOrType: 4,
  tail: [builder.string("FLAG_A"), 0, builder.string("FLAG_B"), 1],
});
const wide = builder.raw("ENUM64", {
  name: "wide",
  vlen: 1,
  sizeOrType: 8,
  tail: [builder.string("HIGH"), 0, 1],
});
const forward = builder.raw("FWD", { name: "later" });
const pointer = builder.ref("PTR", builder.ref("CONST", builder.ref("VOLATILE", pair)));
const proto = builder.proto(int, []);
const nameless = builder.composite("STRUCT", "", 4, [["x", int, 0]]);
const many = builder.ref("TYPEDEF", nameless, "many_t");

const ofItself = builder.ref("CONST", many + 1);
const LONG_NAME = "x".repeat(600);
const long = builder.composite("STRUCT", LONG_NAME, 4, [["y", int, 0]]);
const MANY_STEPS = `0${":0".repeat(64)}`;

const ROWS: readonly (readonly [string, kind: number, typeId: number, access: string, wanted: string])[] = [
  ["a member", 0, pair, "0:0", "pair.left (byte_off)"],
  ["its size", 1, pair, "0:0", "pair.left (byte_sz)"],
  ["whether it is there", 2, pair, "0:0", "pair.left (field_exists)"],
  ["through a member without a name", 0, pair, "0:1:0", "pair.low (byte_off)"],
  ["an array in it", 3, pair, "0:1:1:3", "pair.all[3] (signed)"],
  ["a bit field, left", 4, pair, "0:2", "pair.flag (lshift_u64)"],
  ["a bit field, right", 5, pair, "0:2", "pair.flag (rshift_u64)"],
  ["another element of an array", 0, pair, "3:0", "pair[3].left (byte_off)"],
  ["arrays of structs", 0, table, "0:0:5:1:1:2", "table.pairs[5].all[2] (byte_off)"],
  ["a typedef has its own name", 0, constPair, "0:0", "pair_t.left (byte_off)"],
  ["a struct whose name is that of its typedef", 0, many, "0:0", "many_t.x (byte_off)"],
  ["a struct without a name", 0, nameless, "0:0", `struct [${nameless}].x (byte_off)`],
  ["the whole", 1, pair, "0", "pair (byte_sz)"],
  ["local type", 6, pair, "0", "struct pair (local_type_id)"],
  ["target type", 7, pairT, "0", "pair_t (target_type_id)"],
  ["type exists", 8, constPair, "0", "const pair_t (type_exists)"],
  ["type size", 9, pointer, "0", "const volatile struct pair * (type_size)"],
  ["type matches", 12, forward, "0", "struct later (type_matches)"],
  ["a union", 8, inner, "0", `union [${inner}] (type_exists)`],
  ["an array", 9, numbers, "0", "int[4] (type_size)"],
  ["a function", 8, proto, "0", "int () (type_exists)"],
  ["void", 8, 0, "0", "void (type_exists)"],
  ["a value of an enum", 11, flags, "1", "enum cpu_flags.FLAG_B (enumval_value)"],
  ["whether it is there", 10, flags, "0", "enum cpu_flags.FLAG_A (enumval_exists)"],
  ["of 64 bits", 11, wide, "0", "enum wide.HIGH (enumval_value)"],
  // What makes no sense.
  ["no such kind", 13, pair, "0", "struct pair (kind 13)"],
  ["no such type", 0, 999, "0:0", "[999] (0) (byte_off)"],
  ["no such type at all", 8, 999, "0", "[999] (type_exists)"],
  ["no such member", 0, pair, "0:9:1", "pair (9:1) (byte_off)"],
  ["a member of a number", 0, pair, "0:1:0:0", "pair.low (0) (byte_off)"],
  ["no numbers", 0, pair, "x", "pair (x) (byte_off)"],
  ["no access", 0, pair, "", "pair () (byte_off)"],
  ["a colon at the end", 0, pair, "0:", "pair (0:) (byte_off)"],
  ["below 0", 0, pair, "-1", "pair (-1) (byte_off)"],
  ["no such value", 11, flags, "7", "enum cpu_flags (7) (enumval_value)"],
  ["a value of no enum", 11, pair, "0", "struct pair (0) (enumval_value)"],
  [
    "a type that is made of itself",
    0,
    ofItself,
    "0:0",
    /* not known */ `${"const ".repeat(65)}[${ofItself}] (0) (byte_off)`,
  ],
  ["more steps than libbpf takes", 0, pair, MANY_STEPS, `pair (${MANY_STEPS}) (byte_off)`],
  ["a long name is cut", 8, long, "0", `struct ${LONG_NAME}`.slice(0, 512).concat("... (type_exists)")],
];

const offsets = ROWS.map(([, , , access]) => builder.string(access));
const btf = new Btf(builder.build());

test.each(ROWS.map((row, i) => [...row, offsets[i] as number] as const))(
  "%s",
  (_, kind, typeId, _access, wanted, accessStrOff) => {
    const { what, path } = coreText(btf, { insnOff: 0, typeId, accessStrOff, kind });
    expect(`${path} (${what})`).toBe(wanted);
  },
);

test("any relocation has a text of bounded length", () => {
  const number = fc.nat(200);
  fc.assert(
    fc.property(number, number, number, (typeId, accessStrOff, kind) => {
      const { what, path } = coreText(btf, { insnOff: 0, typeId, accessStrOff, kind });
      expect(what).not.toBe("");
      expect(path.length).toBeLessThanOrEqual(515);
    }),
  );
});
