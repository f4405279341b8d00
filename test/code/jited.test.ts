import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { type JitedProgram, jitedListing } from "../../src/code/jited.ts";
import type { ProgCode, ProgImage } from "../../src/model/records.ts";
import type { Disassembler } from "../../src/native/disassembler.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { u32s } from "../support/insns.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { progCode } from "../support/records.ts";

/** Every byte is an instruction; its text tells its value and its address. */
const BYTES: Disassembler = {
  insns: (image, base) =>
    Array.from(image, (byte, offset) => ({
      offset,
      bytes: image.subarray(offset, offset + 1),
      text: `${byte}@${base + BigInt(offset)}`,
    })),
};

const [FIRST, SECOND] = [0x1000n, 0x2000n];

/** Functions of 3 and 2 bytes, with three lines in the first and two in the second. */
function program(code: Partial<ProgCode> = {}, image: Partial<ProgImage> = {}): JitedProgram {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const types = [builder.func("first", int, []), builder.func("second", int, [["a", int]])];
  const file = builder.string("x.c");
  const lines = [0, 1, 2, 3, 4].flatMap((i) => [
    i,
    file,
    builder.string(`\tline ${i}`),
    ((10 + i) << 10) | i,
  ]);
  return {
    code: progCode({
      funcInfo: u32s(0, types[0] as number, 3, types[1] as number),
      lineInfo: u32s(...lines),
      jitedKsyms: [FIRST, SECOND],
      jitedFuncLens: [3, 2],
      ...code,
    }),
    image: {
      jited: Uint8Array.of(1, 2, 3, 4, 5),
      jitedLineInfo: u64s(FIRST, FIRST + 1n, FIRST + 2n, SECOND, SECOND + 1n),
      jitedLineInfoRecSize: 8,
      ...image,
    },
    btf: new Btf(builder.build()),
    littleEndian: true,
    names: new Map([[FIRST, "bpf_prog_1_first"]]),
  };
}

function u64s(...values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

/** What a listing prints: `name`, `signature: name`, `pc text; source`. */
function shown(given: JitedProgram): string[] {
  return jitedListing(given, BYTES).functions.flatMap(({ name, proto, rows }) => [
    proto === undefined ? `${name}` : `${proto}: ${name}`,
    ...Array.from(rows, ({ pc, text, source }) => `${pc} ${text}${source ? `; ${source.text}` : ""}`),
  ]);
}

function problems(given: JitedProgram): readonly string[] {
  return jitedListing(given, BYTES).problems;
}

test("functions with signatures, symbols or addresses, and lines", () => {
  expect(problems(program())).toEqual([]);
  expect(shown(program())).toEqual([
    "int first(): bpf_prog_1_first",
    "0 1@4096; line 0",
    "1 2@4097; line 1",
    "2 3@4098; line 2",
    "int second(int a): 0x0000000000002000",
    "0 4@8192; line 3",
    "1 5@8193; line 4",
  ]);
});

test("lines go to the function that their address is in, wherever functions stand", () => {
  const given = program(
    { jitedKsyms: [SECOND, FIRST] },
    { jitedLineInfo: u64s(SECOND, SECOND + 1n, SECOND + 1n, FIRST, FIRST + 1n) },
  );
  expect(shown(given)).toEqual([
    "int first(): 0x0000000000002000",
    "0 1@8192; line 0",
    "1 2@8193; line 2",
    "2 3@8194; line 2",
    "int second(int a): bpf_prog_1_first",
    "0 4@4096; line 3",
    "1 5@4097; line 4",
  ]);
});

test("lines outside of all functions are left out", () => {
  const given = program({}, { jitedLineInfo: u64s(0n, FIRST - 1n, FIRST + 3n, SECOND + 1n, 2n ** 64n - 1n) });
  expect(shown(given).filter((row) => row.includes(";"))).toEqual(["1 5@8193; line 3"]);
});

test("records may be longer than what is known of them", () => {
  const long = u64s(FIRST, 9n, FIRST + 1n, 9n, FIRST + 2n, 9n, SECOND, 9n, SECOND + 1n, 9n);
  expect(shown(program({}, { jitedLineInfo: long, jitedLineInfoRecSize: 16 }))).toEqual(shown(program()));
});

test("big-endian records", () => {
  const swapped = (bytes: Uint8Array, size: number) =>
    Uint8Array.from(bytes, (_, i) => bytes[i - (i % size) + size - 1 - (i % size)] as number);
  const { code, image, ...rest } = program();
  const given = {
    ...rest,
    code: { ...code, funcInfo: swapped(code.funcInfo, 4), lineInfo: swapped(code.lineInfo, 4) },
    image: { ...image, jitedLineInfo: swapped(image.jitedLineInfo, 8) },
    littleEndian: false,
  };
  expect(shown(given)).toEqual(shown(program()));
});

test("without BTF: no signatures, no lines", () => {
  expect(shown({ ...program(), btf: undefined })).toEqual([
    "bpf_prog_1_first",
    "0 1@4096",
    "1 2@4097",
    "2 3@4098",
    "0x0000000000002000",
    "0 4@8192",
    "1 5@8193",
  ]);
});

test("where functions begin is not known", () => {
  const { functions } = jitedListing(program({ jitedFuncLens: [] }), BYTES);
  expect(functions.map(({ name }) => name)).toEqual([undefined]);
  expect(Array.from(functions[0]?.rows ?? [], ({ text }) => text)).toEqual([
    "1@0",
    "2@1",
    "3@2",
    "4@3",
    "5@4",
  ]);
});

describe("what does not fit together", () => {
  test("functions without addresses", () => {
    const given = program({ jitedKsyms: [FIRST] });
    expect(shown(given).slice(4)).toEqual(["int second(int a): unknown", "0 4@0", "1 5@1"]);
    expect(shown(program({ jitedKsyms: [] }))[0]).toBe("int first(): unknown");
  });

  test("more functions than signatures", () => {
    expect(shown(program({ funcInfo: new Uint8Array() }))[0]).toBe("bpf_prog_1_first");
  });

  test.each([
    [[3, 3], "its functions have 6 bytes, but its image only 5", ["0 4@8192; line 3", "1 5@8193; line 4"]],
    [[9, 2], "its functions have 11 bytes, but its image only 5", []],
    [[3, 1], "the last 1 of 5 bytes of its image belong to no function", ["0 4@8192; line 3"]],
  ])("functions of %j bytes in an image of 5", (jitedFuncLens, problem, second) => {
    const given = program({ jitedFuncLens });
    expect(problems(given)).toEqual([problem]);
    const rows = shown(given);
    expect(rows.slice(rows.findIndex((row) => row.includes("second")) + 1)).toEqual(second);
  });

  test("more addresses of lines than lines", () => {
    const given = program({}, { jitedLineInfo: u64s(FIRST) });
    expect(problems(given)).toEqual([
      "there are not as many addresses of source lines as source lines: they are left out",
    ]);
    expect(shown(given)).toContain("0 1@4096");
  });

  test("no addresses of lines", () => {
    const given = program({}, { jitedLineInfo: new Uint8Array(), jitedLineInfoRecSize: 0 });
    expect(problems(given)).toEqual([]);
    expect(shown(given)).toContain("0 1@4096");
  });

  test("addresses of less than 8 bytes", () => {
    const given = program({}, { jitedLineInfoRecSize: 4 });
    expect(inspectErrorOf(() => shown(given)).message).toBe(
      "Cannot parse jited_line_info: records of 4 bytes are shorter than 8",
    );
  });
});

test("whatever the kernel said: rows, or an InspectError", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const size = fc.integer({ min: 0, max: 40 });
  const address = fc.oneof(fc.constant(FIRST), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  fc.assert(
    fc.property(
      fc.record({
        funcInfo: bytes,
        funcInfoRecSize: size,
        lineInfo: bytes,
        lineInfoRecSize: size,
        jitedKsyms: fc.array(address, { maxLength: 4 }),
        jitedFuncLens: fc.array(fc.oneof(size, fc.integer({ min: 0, max: 2 ** 32 - 1 })), { maxLength: 6 }),
      }),
      fc.record({ jited: bytes, jitedLineInfo: bytes, jitedLineInfoRecSize: size }),
      (code, image) => {
        const rows = valueOrInspectError(() => shown(program(code, image)));
        if (!Array.isArray(rows)) return;
        const listed = Math.min(
          image.jited.length,
          code.jitedFuncLens.length === 0
            ? image.jited.length
            : code.jitedFuncLens.reduce((sum, length) => sum + length, 0),
        );
        expect(rows.filter((row) => row.includes("@"))).toHaveLength(listed);
      },
    ),
    { numRuns: 500 },
  );
});
