import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listing } from "../../src/code/listing.ts";
import { programCode } from "../../src/code/program-code.ts";
import { disasm, type InsnSymbols } from "../../src/insn/disasm.ts";
import { type Insn, InsnArray } from "../../src/insn/insn.ts";
import { resolveSymbols } from "../../src/kallsyms/kallsyms.ts";
import { listingJson, listingPlain } from "../../src/render/prog/xlated.ts";
import { dataFile, dataText } from "../support/data.ts";
import { insn } from "../support/insns.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const NO_BTF = {
  funcInfo: new Uint8Array(),
  funcInfoRecSize: 8,
  lineInfo: new Uint8Array(),
  lineInfoRecSize: 16,
  jitedKsyms: [],
  jitedFuncLens: [],
};

/** The listing of a capture, under the kernel addresses that it assumes. */
function rows(name: string) {
  const xlated = dataFile(import.meta.url, `data/${name}`);
  const code = programCode({ ...NO_BTF, xlated }, undefined, true, (request) => {
    const pieces = [Buffer.from("ffffffff814ca650 T __bpf_call_base\n")];
    return resolveSymbols(request, () => pieces.pop());
  });
  return listing(code);
}

function recordedLines(name: string): string[] {
  return dataText(import.meta.url, `data/${name}`).split("\n");
}

/** Recorded output and the options it was recorded with. */
const RECORDED = [
  { name: "opcodes_256", options: { linum: false, opcodes: false } },
  { name: "opcodes_special", options: { linum: false, opcodes: true } },
] as const;

describe("listingPlain() prints what bpftool 7.8.0 printed", () => {
  for (const { name, options } of RECORDED) {
    const ours = plainText((out) => listingPlain(out, rows(`${name}.bin`), options)).split("\n");
    const theirs = recordedLines(`${name}.xlated.txt`);
    test(`${name}: as many lines`, () => expect(ours.length).toBe(theirs.length));
    test.each(theirs.map((line, i) => [line.trim(), i] as const))(`${name}: %s`, (_, i) => {
      expect(ours[i]).toBe(theirs[i]);
    });
  }
});

test("listingJson() prints what bpftool 7.8.0 printed: opcodes_special", () => {
  const options = { linum: false, opcodes: true };
  const ours = jsonText((json) => listingJson(json, rows("opcodes_special.bin"), options));
  expect(`${ours}\n`).toBe(dataText(import.meta.url, "data/opcodes_special.xlated.json.txt"));
});

/** Names no call: what a call prints shows which form it has. */
const SYMBOLS: InsnSymbols = { callTarget: ({ off }) => `pc<${off}>` };

function text(bytes: Uint8Array, littleEndian = true): string {
  const array = new InsnArray(bytes, littleEndian);
  return disasm(array.at(0) as Insn, array.at(1), 0, SYMBOLS);
}

describe("disasm() big-endian", () => {
  const ROWS: readonly (readonly [hex: string, expected: string])[] = [
    ["7912fff800000000", "(79) r1 = *(u64 *)(r2 -8)"],
    ["b710000000000007", "(b7) r1 = 7"],
    ["b7100000ffffffff", "(b7) r1 = -1"],
    ["1d12fffd00000000", "(1d) if r1 == r2 goto pc-3"],
    ["a51000020000001f", "(a5) if r1 < 0x1f goto pc+2"],
    ["050000050000 0000", "(05) goto pc+5"],
    ["18100000112233440000000055667788", "(18) r1 = 0x5566778811223344"],
    ["181100000000001a0000000000000000", "(18) r1 = map[id:26]"],
    ["8501000400000000", "(85) call pc<4>"],
    ["db a2 fff8 000000f1", "(db) r0 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r2)"],
  ];
  test.each(ROWS)("disasm() reads big-endian %s", (hex, expected) => {
    expect(text(Buffer.from(hex.replaceAll(" ", ""), "hex"), false)).toBe(expected);
  });
});

test("disasm() counts the missing second slot of a 64-bit load as 0", () => {
  expect(text(insn(0x18, { dst: 1, imm: -1 }))).toBe("(18) r1 = 0xffffffff");
});

test("disasm() never throws, for any two slots in any byte order", () => {
  const slots = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(slots, fc.boolean(), (bytes, littleEndian) => {
      expect(text(bytes, littleEndian)).toMatch(/^(\([0-9a-f]{2}\) \S|BUG_)/);
    }),
    { numRuns: 2000 },
  );
});
