/** Anything may be read: it is a program or an InspectError, and a program can be printed in every way. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { classicWarnings } from "../../src/cbpf/check.ts";
import { type ClassicInsn, MAX_INSNS } from "../../src/cbpf/insn.ts";
import { InspectError } from "../../src/errors.ts";
import { parseClassic } from "../../src/cbpf/program.ts";
import { classicPicture } from "../../src/render/cbpf/picture.ts";
import { pictureDot } from "../../src/render/graph/dot-graph.ts";
import { classicJson, classicPlain } from "../../src/render/cbpf/listing.ts";
import { valueOrInspectError } from "../support/outcome.ts";
import { jsonText, plainText } from "../support/rendered.ts";
import { arrayOf, initialisersOf, insnsOfNumbers, FILTERS, numbersOf } from "./recorded.ts";

const anyInsn: fc.Arbitrary<ClassicInsn> = fc.record({
  // Meaningful codes are rare among 65536.
  code: fc.oneof(fc.nat(0xff), fc.nat(0xffff)),
  jt: fc.nat(0xff),
  jf: fc.nat(0xff),
  k: fc.oneof(
    fc.nat(64),
    fc.integer({ min: -64, max: 0 }).map((k) => k >>> 0),
    fc.nat(0xffffffff),
  ),
});
const anyProgram = fc.array(anyInsn, { minLength: 1, maxLength: 60 });

/** Texts that look like programs. */
const likeText = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      ",",
      ";",
      "=",
      " ",
      "\n",
      "0x",
      "/*",
      "*/",
      "//",
      "\\x",
      '"',
      "28",
      "0",
      "6",
      "14",
      "4096",
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.from(pieces.join("")));

/** A true program, cut and damaged. */
const damaged = fc
  .record({
    input: fc.constantFrom(
      ...FILTERS.slice(0, 40).flatMap(({ numbers }) => {
        const insns = insnsOfNumbers(numbers);
        return [numbers, initialisersOf(insns), arrayOf(insns)].map((form) => Buffer.from(form));
      }),
    ),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(0xff)), { maxLength: 3 }),
  })
  .map(({ input, cut, changes }) => {
    const bytes = Buffer.from(input.subarray(0, Math.ceil(input.length * cut)));
    for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });

test("every input", () => {
  const input = fc.oneof(fc.uint8Array({ maxLength: 200 }), likeText, damaged);
  fc.assert(
    fc.property(input, fc.boolean(), (bytes, littleEndian) => {
      const program = valueOrInspectError(() => parseClassic(bytes, { littleEndian }));
      if (program instanceof InspectError) {
        expect(program.message).toMatch(/^Cannot parse classic BPF: ./);
        return;
      }
      const { insns, warnings } = program;
      expect(insns.length).toBeGreaterThan(0);
      expect(insns.length).toBeLessThanOrEqual(MAX_INSNS);
      for (const warning of [...warnings, ...classicWarnings(insns)])
        expect(warning).toMatch(/^[^\n]+[^.\n]$/);
      expect(plainText((out) => classicPlain(out, insns)).split("\n")).toHaveLength(insns.length + 1);
    }),
    { numRuns: 3000 },
  );
});

test("every program is the same in every form", () => {
  fc.assert(
    fc.property(anyProgram, (insns) => {
      for (const text of [numbersOf(insns), numbersOf(insns, ","), initialisersOf(insns)]) {
        expect(parseClassic(Buffer.from(text)).insns).toEqual(insns);
      }
      for (const littleEndian of [true, false]) {
        const bytes = arrayOf(insns, littleEndian);
        expect(parseClassic(Buffer.from(Buffer.from(bytes).toString("hex")), { littleEndian }).insns).toEqual(
          insns,
        );
      }
    }),
  );
});

test("the JSON of every program is the program, and tells what its listing tells", () => {
  fc.assert(
    fc.property(anyProgram, fc.boolean(), (insns, pretty) => {
      const document = JSON.parse(jsonText((json) => classicJson(json, insns), { pretty }));
      expect(
        document.map(({ code, jt, jf, k }: Record<string, string | number>) => ({
          code: Number(code),
          jt,
          jf,
          k,
        })),
      ).toEqual(insns);
      const listing = plainText((out) => classicPlain(out, insns))
        .split("\n")
        .slice(0, -1);
      expect(
        document.map(
          ({ pc, disasm }: { pc: number; disasm: string }) => `(${String(pc).padStart(3, "0")}) ${disasm}`,
        ),
      ).toEqual(listing);
    }),
  );
});

test("every program has a graph, with each instruction in it once", () => {
  fc.assert(
    fc.property(anyProgram, (insns) => {
      const numbers = [...pictureDot(classicPicture(insns)).matchAll(/\((\d{3,})\) [a-z]/g)].map(([, pc]) =>
        Number(pc),
      );
      expect(numbers).toEqual(insns.map((_, pc) => pc));
    }),
  );
});
