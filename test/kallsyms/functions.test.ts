import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveFunctions } from "../../src/kallsyms/functions.ts";

const TEXT = [
  "ffffffff81000000 T _stext",
  "ffffffff81000000 T _text",
  "ffffffff81000010 t entry",
  "0000000000000008 A percpu",
  "ffffffffc0300010 t nf_hook\t[nf_tables]",
  "ffffffffc0300010 t nf_alias\t[nf_tables]",
  "ffffffff81000020 t late",
  "short",
  "ffffffff8100003g t no_number",
  "",
].join("\n");

function* pieces(text: string, size: number): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), "latin1");
}

function resolve(addresses: readonly bigint[], text = TEXT, size = 1 << 16) {
  return Object.fromEntries(
    Array.from(
      resolveFunctions(addresses, pieces(text, size)),
      ([address, { name, aliases, module }]) =>
        [address.toString(16), [name, ...aliases, ...(module ? [`[${module}]`] : [])].join(" ")] as const,
    ),
  );
}

describe("resolveFunctions()", () => {
  test.each([
    ["at a symbol", 0xffffffff81000010n, "entry"],
    ["at several: the first is the name", 0xffffffff81000000n, "_stext _text"],
    ["in a module", 0xffffffffc0300010n, "nf_hook nf_alias [nf_tables]"],
    ["behind a symbol", 0xffffffff81000014n, "entry"],
    ["behind one and at the next", 0xffffffff81000020n, "late"],
    ["between two: the nearest", 0xffffffff8100000cn, "_stext _text"],
    ["small addresses", 8n, "percpu"],
    ["too far behind", 0xffffffff81000034n, undefined],
    ["before all", 0xffffffff80ffff00n, undefined],
    ["zero", 0n, undefined],
    ["at a line that is not one", 0xffffffff81000030n, "late"],
  ])("%s", (_, address, names) => {
    expect(resolve([address])[address.toString(16)]).toBe(names);
  });

  test("all at once, however the text is cut", () => {
    const addresses = [
      0xffffffff81000000n,
      0xffffffff81000014n,
      0xffffffffc0300010n,
      0xffffffff81000020n,
      1n,
    ];
    const whole = resolve(addresses);
    expect(Object.keys(whole)).toHaveLength(4);
    for (let size = 1; size < 60; size++) expect(resolve(addresses, TEXT, size)).toEqual(whole);
  });

  test("nothing is read where nothing is asked", () => {
    const unread: Iterable<Uint8Array> = {
      [Symbol.iterator]() {
        throw new Error("read");
      },
    };
    expect(resolveFunctions([], unread).size).toBe(0);
    expect(resolveFunctions([0n], unread).size).toBe(0);
  });

  test("any text is read to its end", () => {
    const line = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(...TEXT.split("\n")));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 99 }), (lines, size) => {
        const functions = resolveFunctions([0xffffffff81000010n], pieces(lines.join("\n"), size));
        const known = lines.slice(0, -1).some((text) => /^ffffffff810000(00|10) /.test(text));
        expect(functions.size).toBe(known ? 1 : 0);
      }),
    );
  });
});
