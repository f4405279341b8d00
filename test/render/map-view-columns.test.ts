/** Columns of keys and values by their types, and how forms of addresses are told from names. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import { columnsOf } from "../../src/render/map/view/columns.ts";
import type { ViewNode } from "../../src/render/map/view/node.ts";
import { bytesSource, readNode } from "../../src/render/map/view/read.ts";
import { typedNode } from "../../src/render/map/view/typed.ts";
import { valueText } from "../../src/render/map/view/value-text.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

/** A builder with the types that most tests need. */
function types() {
  const builder = new BtfBuilder();
  const u8 = builder.int("unsigned char", 1);
  const u16 = builder.int("unsigned short", 2);
  const u32 = builder.int("unsigned int", 4);
  const u64 = builder.int("unsigned long long", 8);
  const char = builder.int("char", 1, { encoding: 1 });
  const be16 = builder.ref("TYPEDEF", u16, "__be16");
  const be32 = builder.ref("TYPEDEF", u32, "__be32");
  const be64 = builder.ref("TYPEDEF", u64, "__be64");
  return { builder, u8, u16, u32, u64, char, be16, be32, be64 };
}

function nodeOf(builder: BtfBuilder, typeId: number, { human = false, littleEndian = true } = {}): ViewNode {
  const btf = new Btf(builder.build(littleEndian));
  return typedNode(planValue(btf, typeId), human ? { btf, typeId } : undefined);
}

const headings = (key: ViewNode | undefined, value: ViewNode | undefined, reserved: string[] = []) =>
  columnsOf({ key, value }, reserved).map(({ heading }) => heading);

describe("headings", () => {
  const { builder, u8, u32, u64, char } = types();
  const pair = builder.composite("STRUCT", "pair", 8, [
    ["pid", u32, 0],
    ["cpu", u32, 32],
  ]);
  const stats = builder.composite("STRUCT", "stats", 16, [
    ["count", u64, 0],
    ["pid", u32, 64],
    ["key", u32, 96],
  ]);
  const anonymous = builder.composite("UNION", "", 8, [
    ["whole", u64, 0],
    ["half", u32, 0],
  ]);
  const nested = builder.composite("STRUCT", "nested", 40, [
    ["", anonymous, 0],
    ["inner", pair, 64],
    ["comm", builder.array(char, 16), 128],
    ["bytes", builder.array(u8, 8), 256],
  ]);
  const section = builder.section(".data", 12, [
    [builder.variable("limit", u32), 0, 4],
    [builder.variable("last", pair), 4, 8],
  ]);
  const twice = builder.composite("STRUCT", "twice", 8, [
    ["a", u32, 0],
    ["a", u32, 32],
  ]);
  const node = (id: number) => nodeOf(builder, id);

  test.each<[string, ViewNode | undefined, ViewNode | undefined, string[]]>([
    ["scalars", node(u32), node(u64), ["key", "value"]],
    ["members", node(u32), node(pair), ["key", "pid", "cpu"]],
    ["a name in both", node(pair), node(stats), ["key.pid", "cpu", "count", "value.pid", "key"]],
    ["a member called as the key", node(u32), node(stats), ["key", "count", "pid", "value.key"]],
    [
      "inner structs, anonymous ones, text, arrays",
      node(u32),
      node(nested),
      ["key", "whole", "half", "inner.pid", "inner.cpu", "comm", "bytes"],
    ],
    ["variables of a section", node(u32), node(section), ["key", "limit", "last.pid", "last.cpu"]],
    ["a name twice in one struct", node(u32), node(twice), ["key", "value.a", "value.a#2"]],
    ["no key", undefined, node(pair), ["pid", "cpu"]],
    ["no value", node(pair), undefined, ["pid", "cpu"]],
  ])("%s", (_, key, value, expected) => {
    expect(headings(key, value)).toEqual(expected);
  });

  test("a reserved name", () => {
    expect(headings(node(u32), node(pair), ["cpu"])).toEqual(["key", "pid", "value.cpu"]);
  });

  test("too many columns stay together", () => {
    const wide = builder.composite(
      "STRUCT",
      "wide",
      4 * 300,
      Array.from({ length: 300 }, (_, i) => [`m${i}`, u32, 32 * i] as const),
    );
    const two = builder.composite("STRUCT", "two", 8 * 300, [
      ["a", wide, 0],
      ["b", wide, 32 * 300],
    ]);
    expect(headings(undefined, node(wide))).toHaveLength(300);
    expect(headings(undefined, node(two))).toEqual(["a", "b"]);
  });
});

/** What each column of a value shows. */
function cells(node: ViewNode, bytes: Uint8Array): Record<string, string> {
  const columns = columnsOf({ key: undefined, value: node });
  return Object.fromEntries(
    columns.map(({ heading, node: part, offset }) => [
      heading,
      valueText(readNode(part, bytesSource(bytes, 0, bytes.length), offset, { left: 1000 })),
    ]),
  );
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("typed values", () => {
  test("bit fields are numbers, enumerators names", () => {
    const { builder, u32 } = types();
    const colour = builder.raw("ENUM", {
      name: "colour",
      vlen: 1,
      sizeOrType: 4,
      tail: [builder.string("RED"), 0],
    });
    const flags = builder.raw("STRUCT", {
      name: "flags",
      vlen: 3,
      flag: true,
      sizeOrType: 8,
      tail: [
        ...[builder.string("low"), u32, (3 << 24) | 0],
        ...[builder.string("high"), u32, (5 << 24) | 3],
        ...[builder.string("colour"), colour, 32],
      ],
    });
    expect(cells(nodeOf(builder, flags), hex("0d000000 00000000"))).toEqual({
      low: "5",
      high: "1",
      colour: "RED",
    });
    expect(cells(nodeOf(builder, flags), hex("0d000000 07000000")).colour).toBe("7");
  });

  test("big-endian machines", () => {
    const { builder, u32 } = types();
    expect(cells(nodeOf(builder, u32, { littleEndian: false }), hex("00000102"))).toEqual({ value: "258" });
  });

  test("members outside of the value are empty", () => {
    const { builder, u32 } = types();
    const broken = builder.composite("STRUCT", "broken", 4, [["far", u32, 64]]);
    expect(cells(nodeOf(builder, broken), hex("01020304"))).toEqual({ far: "" });
  });
});

describe("forms by name and type", () => {
  const V6 = "20010db8 00000000 00000000 00000001";
  /** A struct with one member. */
  function form(make: (all: ReturnType<typeof types>) => number, name: string, bytes: string): string {
    const all = types();
    const struct = all.builder.composite("STRUCT", "s", bytes.replaceAll(" ", "").length / 2, [
      [name, make(all), 0],
    ]);
    return Object.values(cells(nodeOf(all.builder, struct, { human: true }), hex(bytes))).join(" ");
  }
  const v6 = ({ builder, u8 }: ReturnType<typeof types>) =>
    builder.composite("STRUCT", "in6_addr", 16, [["u6_addr8", builder.array(u8, 16), 0]]);

  test.each<[string, (all: ReturnType<typeof types>) => number, string, string, string]>([
    ["__be16", ({ be16 }) => be16, "port", "01bb", "443"],
    ["__be64", ({ be64 }) => be64, "cookie", "00000000 00000102", "258"],
    ["const __be16", ({ builder, be16 }) => builder.ref("CONST", be16), "x", "0102", "258"],
    [
      "a typedef of __be16",
      ({ builder, be16 }) => builder.ref("TYPEDEF", be16, "port_t"),
      "x",
      "0102",
      "258",
    ],
    ["__u16", ({ u16 }) => u16, "port", "01bb", "47873"],
    ["__be32 saddr", ({ be32 }) => be32, "saddr", "0a4d0001", "10.77.0.1"],
    ["__be32 remote_ip4", ({ be32 }) => be32, "remote_ip4", "0a4d0001", "10.77.0.1"],
    ["__be32 remote_port", ({ be32 }) => be32, "remote_port", "000001bb", "443"],
    ["__be32 seq", ({ be32 }) => be32, "seq", "00000102", "258"],
    ["__u32 saddr", ({ u32 }) => u32, "saddr", "0a4d0001", "16796938"],
    [
      "struct in_addr",
      ({ builder, be32 }) => builder.composite("STRUCT", "in_addr", 4, [["s_addr", be32, 0]]),
      "from",
      "0a4d0001",
      "10.77.0.1",
    ],
    ["struct in6_addr", v6, "from", V6, "2001:db8::1"],
    ["__u8[16] daddr", ({ builder, u8 }) => builder.array(u8, 16), "daddr", V6, "2001:db8::1"],
    ["__be32[4] src_ip6", ({ builder, be32 }) => builder.array(be32, 4), "src_ip6", V6, "2001:db8::1"],
    [
      "__be32[2] addrs",
      ({ builder, be32 }) => builder.array(be32, 2),
      "addrs",
      "0a000001 0a000002",
      "[10.0.0.1, 10.0.0.2]",
    ],
    ["in6_addr[2]", (all) => all.builder.array(v6(all), 2), "x", `${V6} ${V6}`, "[2001:db8::1, 2001:db8::1]"],
    [
      "__u8[16] cipher",
      ({ builder, u8 }) => builder.array(u8, 16),
      "cipher",
      "00".repeat(16),
      `[${Array(16).fill(0).join(", ")}]`,
    ],
    [
      "u8[6] h_dest",
      ({ builder, u8 }) => builder.array(u8, 6),
      "h_dest",
      "02000000000a",
      "02:00:00:00:00:0a",
    ],
    ["u8[6] smac", ({ builder, u8 }) => builder.array(u8, 6), "smac", "02000000000a", "02:00:00:00:00:0a"],
    ["u8[6] dice", ({ builder, u8 }) => builder.array(u8, 6), "dice", "010203040506", "[1, 2, 3, 4, 5, 6]"],
    [
      "char[6] mac",
      ({ builder, char }) => builder.array(char, 6),
      "mac",
      "02000000000a",
      "02:00:00:00:00:0a",
    ],
    ["char[6] eth", ({ builder, char }) => builder.array(char, 6), "eth", "657468300000", "eth0"],
    ["char[4] without a NUL", ({ builder, char }) => builder.array(char, 4), "comm", "62617368", "bash"],
  ])("%s", (_, make, name, bytes, text) => {
    expect(form(make, name, bytes)).toBe(text);
  });

  test("a key or value by itself", () => {
    const { builder, be32, be16 } = types();
    expect(cells(nodeOf(builder, be32, { human: true }), hex("0a4d0001"))).toEqual({ value: "10.77.0.1" });
    expect(cells(nodeOf(builder, be16, { human: true }), hex("01bb"))).toEqual({ value: "443" });
  });

  test("variables of a section, members of what is in a list", () => {
    const { builder, be32, u32 } = types();
    const peer = builder.composite("STRUCT", "peer", 8, [
      ["addr", be32, 0],
      ["hits", u32, 32],
    ]);
    const section = builder.section(".bss", 12, [
      [builder.variable("gateway", be32), 0, 4],
      [builder.variable("peers", builder.array(peer, 1)), 4, 8],
    ]);
    expect(cells(nodeOf(builder, section, { human: true }), hex("0a000001 0a000002 05000000"))).toEqual({
      gateway: "10.0.0.1",
      peers: "[{addr: 10.0.0.2, hits: 5}]",
    });
  });

  test("types alone say nothing where forms are not wanted", () => {
    const { builder, be32 } = types();
    expect(cells(nodeOf(builder, be32), hex("0a4d0001"))).toEqual({ value: "16796938" });
  });
});
