import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ClassicInsn } from "../../src/cbpf/insn.ts";
import { classicLine } from "../../src/render/cbpf/listing.ts";
import { dataText } from "../support/data.ts";

type Operands = Omit<ClassicInsn, "code"> & { readonly pc: number };

function line(code: number, { pc, ...operands }: Operands): string {
  return classicLine({ code, ...operands }, pc);
}

/** Numbers from `from` up to `to`, `step` apart. */
function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

describe("as bpf_image() prints them", () => {
  // In the order of data/oracle.c.
  const load = (code: number, k: number) => line(code, { jt: 0, jf: 0, k, pc: 5 });
  const ours = [
    ...steps(0, 256, 1).map((code) => line(code, { jt: 3, jf: 7, k: 0xfffffff0, pc: 5 })),
    ...steps(0xfffff000 - 4, 0xfffff000 + 72, 1).map((k) => load(0x20, k)),
    ...steps(0xfffff000, 0xfffff000 + 64, 4).flatMap((k) => [load(0x28, k), load(0x30, k)]),
  ];
  const recorded = dataText(import.meta.url, "data/opcodes.txt")
    .trimEnd()
    .split("\n");

  test("as many lines", () => expect(ours.length).toBe(recorded.length));

  test.each(ours.map((text, index) => [text, recorded[index]]))("%j", (text, expected) => {
    expect(text).toBe(expected);
  });

  const OPERANDS: readonly Operands[] = [
    { jt: 0, jf: 0, k: 0, pc: 0 },
    { jt: 1, jf: 0, k: 14, pc: 7 },
    { jt: 0, jf: 255, k: 0x7fffffff, pc: 999 },
    { jt: 255, jf: 1, k: 0x80000000, pc: 1000 },
    { jt: 3, jf: 3, k: 0xffffffff, pc: 12345 },
    { jt: 17, jf: 4, k: 0xfffff008, pc: 65535 },
  ];
  const digests = dataText(import.meta.url, "data/digests.txt")
    .trim()
    .split(/ .*\n?/);
  const CODES = 0x1000;

  test.each(steps(0, 0x10000, CODES))("4096 codes from %i on", (from) => {
    const lines = steps(from, from + CODES, 1).flatMap((code) => OPERANDS.map((each) => line(code, each)));
    expect(
      createHash("sha256")
        .update(`${lines.join("\n")}\n`)
        .digest("hex"),
    ).toBe(digests[from / CODES]);
  });
});
