import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPlaces, type PlaceRequest } from "../../src/kallsyms/places.ts";

const TEXT = [
  "0000000000000000 A fixed_percpu_data",
  "0000000000001000 A cpu_info",
  "ffffffff81000000 T _stext",
  "ffffffff81000000 T _text",
  "ffffffff814ca650 T __bpf_call_base",
  "ffffffff8151b2c0 T htab_map_lookup_elem",
  "ffffffff8151b300 t twin",
  "not a line of the file at all",
  "ffffffffc0201000 t helper_of_module\t[nf_tables]",
  "ffffffffc0200000 t twin\t[nf_tables]",
  "ffffffff00000000 t low",
  "ffffffffc0300000 t bpf_prog_e8a0b6af00c52f43_bump\t[bpf]",
  "",
].join("\n");

function find(request: Partial<PlaceRequest>, text = TEXT, pieceSize = 1 << 20) {
  const bytes = Buffer.from(text, "latin1");
  function* pieces() {
    const piece = Buffer.alloc(pieceSize);
    for (let from = 0; from < bytes.length; from += pieceSize)
      yield piece.subarray(0, bytes.copy(piece, 0, from, from + pieceSize));
  }
  return findPlaces({ addresses: [], names: [], ...request }, pieces());
}

/** `name+offset [module]`, by address. */
function symbolsBefore(
  addresses: readonly bigint[],
  text = TEXT,
  pieceSize?: number,
): Record<string, string> {
  const found = [...find({ addresses }, text, pieceSize).before].map(([asked, { name, module, address }]) => [
    asked.toString(16),
    `${name}+${asked - address}${module === undefined ? "" : ` [${module}]`}`,
  ]);
  return Object.fromEntries(found);
}

describe("the symbol before an address", () => {
  test.each([
    ["its start", 0xffffffff814ca650n, "__bpf_call_base+0"],
    ["inside", 0xffffffff814ca6ffn, "__bpf_call_base+175"],
    ["the last byte before the next", 0xffffffff8151b2ffn, "htab_map_lookup_elem+63"],
    ["the first of several", 0xffffffff81000004n, "_stext+4"],
    ["of a module, out of order in the file", 0xffffffffc0200fffn, "twin+4095 [nf_tables]"],
    ["behind the one before", 0xffffffffc0201000n, "helper_of_module+0 [nf_tables]"],
    ["with the same low half as others", 0xffffffff00000010n, "low+16"],
    ["far away", 0xffffffff81400000n, undefined],
    ["at the distance of the longest function", 0xffffffff8100ffffn, "_stext+65535"],
    ["farther", 0xffffffff81010000n, undefined],
    ["behind all", 0xffffffffffffffffn, undefined],
    ["before all", 0xfffn, undefined],
    ["0", 0n, undefined],
  ])("%s", (_, address, symbol) => {
    expect(symbolsBefore([address])).toEqual(symbol === undefined ? {} : { [address.toString(16)]: symbol });
  });

  test("for several at once, in any order, in pieces of any size", () => {
    const addresses = [0xffffffffc0200001n, 0xffffffff814ca651n, 0x1001n, 0xffffffff814ca650n, 0x1001n];
    const all = symbolsBefore(addresses);
    expect(Object.keys(all)).toHaveLength(4);
    for (const address of addresses)
      expect(symbolsBefore([address])).toEqual({ [address.toString(16)]: all[address.toString(16)] });
    for (const size of [1, 7, 64]) expect(symbolsBefore(addresses, TEXT, size)).toEqual(all);
  });

  test("as a search through all lines finds it", () => {
    const number = fc.bigInt({ min: 1n, max: 0x2_0000_0000n });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.array(number), (symbols, wanted) => {
        const text = symbols
          .map((address, i) => `${address.toString(16).padStart(16, "0")} t s${i}\n`)
          .join("");
        const expected = [...new Set(wanted)].flatMap((asked) => {
          const near = symbols.filter((address) => address <= asked && asked - address < 0x1_0000n);
          if (near.length === 0) return [];
          const best = near.reduce((a, b) => (b > a ? b : a));
          return [[asked.toString(16), `s${symbols.indexOf(best)}+${asked - best}`]];
        });
        expect(symbolsBefore(wanted, text)).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe("the addresses of a name", () => {
  test("all of them, with their modules", () => {
    const { named } = find({ names: ["twin", "_text", "nothing", "twi"] });
    expect(Object.fromEntries(named)).toEqual({
      twin: [
        { name: "twin", module: undefined, address: 0xffffffff8151b300n },
        { name: "twin", module: "nf_tables", address: 0xffffffffc0200000n },
      ],
      _text: [{ name: "_text", module: undefined, address: 0xffffffff81000000n }],
      nothing: [],
      twi: [],
    });
  });

  test("no more than 64", () => {
    const text = Array.from({ length: 100 }, (_, i) => `${String(i + 1).padStart(16, "0")} d __key\n`).join(
      "",
    );
    expect(find({ names: ["__key"] }, text).named.get("__key")).toHaveLength(64);
  });
});

test.each([
  ["is there", TEXT, true],
  ["cannot be read", "", false],
  ["hides addresses", "0000000000000000 T _stext\n0000000000000000 T _text\n", false],
  ["is something else", "hello\n".repeat(10), false],
])("the file %s", (_, text, readable) => expect(find({}, text).readable).toBe(readable));

test("a line without end", () => {
  expect(find({ names: ["x"] }, "f".repeat(100_000), 4096).readable).toBe(false);
});
