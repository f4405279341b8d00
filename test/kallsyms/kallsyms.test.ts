import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveSymbols } from "../../src/kallsyms/kallsyms.ts";
import type { KernelSymbols, SymbolRequest } from "../../src/kallsyms/symbols.ts";

const BASE = 0xffffffff814ca650n;

const TEXT = [
  "0000000000000000 A fixed_percpu_data",
  "ffffffff81000000 T _stext",
  "ffffffff81000000 T _text",
  "ffffffff814ca650 T __bpf_call_base",
  "ffffffff814ca6e0 T __bpf_prog_run_args32",
  "ffffffff8151b2c0 T htab_map_lookup_elem",
  "ffffffff8151b2c0 T htab_map_lookup_alias",
  "ffffffff8151b2c0 T htab_map_lookup_third",
  "ffffffff8151b300 t htab_map_update_elem",
  "ffffffffc0201000 t helper_of_module\t[nf_tables]",
  "ffffffffc0300000 t bpf_prog_e8a0b6af00c52f43_bump\t[bpf]",
  "",
].join("\n");

interface Read extends KernelSymbols {
  /** How many bytes were taken from the file. */
  readonly taken: number;
}

/** Resolves over `text` cut after each of `sizes` bytes, and again and again. */
function resolve(text: string, request: Partial<SymbolRequest>, sizes: readonly number[] = [1 << 20]): Read {
  const bytes = Buffer.from(text, "latin1");
  let taken = 0;
  let count = 0;
  const symbols = resolveSymbols({ addresses: [], offsets: [], ...request }, () => {
    const piece = bytes.subarray(taken, taken + (sizes[count++ % sizes.length] ?? 1));
    taken += piece.length;
    return piece.length > 0 ? piece : undefined;
  });
  return { ...symbols, taken };
}

function namesOf(request: Partial<SymbolRequest>, text = TEXT): Record<string, string> {
  const { names } = resolve(text, request);
  return Object.fromEntries([...names].map(([address, name]) => [address.toString(16), name]));
}

describe("resolveSymbols() by address", () => {
  const ROWS: readonly (readonly [
    what: string,
    addresses: readonly bigint[],
    names: Record<string, string>,
  ])[] = [
    ["one symbol", [0xffffffff8151b300n], { ffffffff8151b300: "htab_map_update_elem" }],
    ["a symbol of a module", [0xffffffffc0201000n], { ffffffffc0201000: "helper_of_module" }],
    ["a BPF program", [0xffffffffc0300000n], { ffffffffc0300000: "bpf_prog_e8a0b6af00c52f43_bump" }],
    ["an address inside of a function", [0xffffffff8151b301n], {}],
    ["an address with the same low half", [0x000000008151b300n], {}],
    ["address 0", [0n], {}],
    [
      "some of which one is missing",
      [0xffffffff8151b300n, 1n, BASE],
      { ffffffff8151b300: "htab_map_update_elem", ffffffff814ca650: "__bpf_call_base" },
    ],
  ];
  test.each(ROWS)("resolveSymbols() names %s", (_, addresses, names) => {
    expect(namesOf({ addresses })).toEqual(names);
  });

  test("resolveSymbols() names addresses that share their low half with address 0", () => {
    const text = "ffffffff00000000 T low_half_is_zero\n";
    expect(namesOf({ addresses: [0n, 0xffffffff00000000n] }, text)).toEqual({
      ffffffff00000000: "low_half_is_zero",
    });
  });
});

describe("resolveSymbols() by distance from __bpf_call_base", () => {
  test("resolveSymbols() adds signed distances, in 64 bits that wrap", () => {
    const ahead = Number(0xffffffff8151b300n - BASE);
    const { callBase, names } = resolve(TEXT, { offsets: [ahead, Number(0xffffffff81000000n - BASE), 0] });
    expect(callBase).toBe(BASE);
    expect(names.get(0xffffffff8151b300n)).toBe("htab_map_update_elem");
    expect(names.get(0xffffffff81000000n)).toMatch(/^_s?text$/);
    expect(names.get(BASE)).toBe("__bpf_call_base");
  });

  test("resolveSymbols() wraps around the end of the address space", () => {
    const text = "0000000000000010 T wrapped\nfffffffffffffff0 T __bpf_call_base\n";
    expect(resolve(text, { offsets: [0x20] }).names.get(0x10n)).toBe("wrapped");
  });

  test("resolveSymbols() does not look for the base where nothing is told by distance", () => {
    expect(resolve(TEXT, { addresses: [0xffffffff8151b300n] }).callBase).toBe(0n);
  });
});

describe("resolveSymbols() where addresses are hidden or missing", () => {
  const hidden = TEXT.replace(/^[0-9a-f]{16}/gm, "0".repeat(16));
  const ROWS: readonly (readonly [what: string, text: string])[] = [
    ["hidden addresses", hidden],
    ["no __bpf_call_base", TEXT.replace(" __bpf_call_base\n", " another_name\n")],
    ["a hidden __bpf_call_base alone", TEXT.replace("ffffffff814ca650", "0".repeat(16))],
    ["an empty file", ""],
    ["a file that is not kallsyms", "hello\nworld __bpf_call_base\n\n\n"],
  ];
  test.each(ROWS)("resolveSymbols() names nothing: %s", (_, text) => {
    const { callBase, names } = resolve(text, { offsets: [330864], addresses: [0xffffffff8151b300n] });
    expect(callBase).toBe(0n);
    expect([...names]).toEqual([]);
  });
});

/** What glibc's bsearch meets first among the sorted symbols with an address. */
function bsearchPick(text: string, wanted: bigint): string | undefined {
  const symbols = text
    .split("\n")
    .flatMap((line) => {
      const [, address, name] = /^([0-9a-f]{16}) . (\S+)/.exec(line) ?? [];
      return address === undefined ? [] : [{ address: BigInt(`0x${address}`), name }];
    })
    .filter(({ address }) => address !== 0n)
    .sort((a, b) => Number(a.address - b.address));
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const symbol = symbols[middle];
    if (symbol === undefined) return undefined;
    if (symbol.address === wanted) return symbol.name;
    if (wanted < symbol.address) high = middle;
    else low = middle + 1;
  }
  return undefined;
}

describe("resolveSymbols() with aliases", () => {
  const alias = 0xffffffff8151b2c0n;
  for (let before = 0; before < 8; before++) {
    const lines = Array.from({ length: before }, (_, i) => `ffffffff8100000${i} t before_${i}\n`).join("");
    const text = `${lines}${TEXT.slice(TEXT.indexOf("ffffffff814ca650"))}`;
    test(`resolveSymbols() takes the alias that bsearch meets, ${before} symbols before it`, () => {
      expect(resolve(text, { addresses: [alias] }).names.get(alias)).toBe(bsearchPick(text, alias));
    });
  }

  test("the pick does depend on the number of symbols: the test above can fail", () => {
    const picks = new Set(
      Array.from({ length: 8 }, (_, before) => {
        const lines = Array.from({ length: before }, (_, i) => `ffffffff8100000${i} t before_${i}\n`).join(
          "",
        );
        return bsearchPick(`${lines}${TEXT.slice(TEXT.indexOf("ffffffff814ca650"))}`, alias);
      }),
    );
    expect(picks.size).toBeGreaterThan(1);
  });
});

test("resolveSymbols() gives the same for every way to cut the file into pieces", () => {
  const request = fc.record({
    addresses: fc.subarray([0xffffffff8151b2c0n, 0xffffffff8151b300n, 0xffffffffc0201000n, 1n]),
    offsets: fc.subarray([0, 330864, Number(0xffffffff8151b300n - BASE), -1]),
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(request, cuts, (asked, sizes) => {
      const { callBase, names } = resolve(TEXT, asked, sizes);
      const whole = resolve(TEXT, asked);
      expect(callBase).toBe(whole.callBase);
      expect(new Map(names)).toEqual(new Map(whole.names));
    }),
    { numRuns: 500 },
  );
});

test("resolveSymbols() grows past its first buffer", () => {
  const filler = Array.from(
    { length: 60_000 },
    (_, i) => `ffffffff90${i.toString(16).padStart(6, "0")} t filler_symbol_number_${i}\n`,
  ).join("");
  const text = `${filler}ffffffffa0000000 T the_last\n`;
  expect(text.length).toBeGreaterThan(2 << 20);
  const { names } = resolve(text, { addresses: [0xffffffff90000007n, 0xffffffffa0000000n] }, [1 << 18]);
  expect([...names.values()]).toEqual(["filler_symbol_number_7", "the_last"]);
});

describe("resolveSymbols() stops early", () => {
  const line = 10; // bytes of one piece: shorter than any line
  const far = TEXT.indexOf("ffffffffc0201000");

  test("it reads one line past the symbol it needs, where an alias would stand", () => {
    const address = 0xffffffff8151b300n;
    const next = TEXT.indexOf("\n", far) + 1;
    expect(resolve(TEXT, { addresses: [address] }, [line]).taken).toBeLessThan(next + line);
  });

  test("it reads nothing where nothing is asked", () => {
    expect(resolve(TEXT, {}, [line]).taken).toBe(0);
  });

  test("it reads to the end for a symbol that is not there", () => {
    expect(resolve(TEXT, { addresses: [1n] }, [line]).taken).toBe(TEXT.length);
  });

  test("it stops at __bpf_call_base and one line where the function stands before it", () => {
    const offsets = [Number(0xffffffff81000000n - BASE)];
    const text = TEXT.replace("ffffffff81000000 T _text\n", "");
    const taken = resolve(text, { offsets }, [line]).taken;
    expect(taken).toBeLessThan(text.indexOf("ffffffff8151b2c0"));
  });
});
