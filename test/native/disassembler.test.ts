import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { dataWords, type Disassembler, openDisassembler } from "../../src/native/disassembler.ts";
import { dataText } from "../support/data.ts";

const opened = new Map<string, Disassembler>();

/** One for each machine, since loading takes a while. */
function disassembler(machine: string, littleEndian = true): Disassembler {
  const key = `${machine} ${littleEndian}`;
  const known = opened.get(key) ?? openDisassembler(machine, littleEndian) ?? dataWords(littleEndian);
  opened.set(key, known);
  return known;
}

function bytesOf(hex: string): Uint8Array {
  return parseHex(hex.replaceAll(" ", "")) as Uint8Array;
}

/** `55 pushq\t%rbp` */
function rows(machine: string, image: Uint8Array, { base = 0n, littleEndian = true } = {}): string[] {
  const insns = disassembler(machine, littleEndian).insns(image, base);
  return Array.from(insns, ({ bytes, text }) => `${Buffer.from(bytes).toString("hex")}\t${text}`);
}

function texts(machine: string, hex: string, options: { base?: bigint; littleEndian?: boolean } = {}) {
  return rows(machine, bytesOf(hex), options).map((row) => row.slice(row.indexOf("\t") + 1));
}

describe("what JIT compilers emit", () => {
  test.each([
    ["x86_64", 0xffffffffc0000000n, true],
    ["aarch64", 0n, true],
    ["s390x", 0x10000n, false],
    ["riscv64", 0n, true],
    ["ppc64le", 0n, true],
    ["armv7l", 0n, true],
  ])("%s", (machine, base, littleEndian) => {
    const recorded = dataText(import.meta.url, `data/jit-${machine}.txt`)
      .trimEnd()
      .split("\n");
    const image = bytesOf(recorded.map((row) => row.slice(0, row.indexOf("\t"))).join(""));
    expect(rows(machine, image, { base, littleEndian })).toEqual(recorded);
  });
});

describe("addresses of targets", () => {
  test.each([
    ["x86_64", "e8 00 00 00 00", 0xffffffffc0000000n, "callq\t0xffffffffc0000005"],
    ["x86_64", "eb fe", 0xfffffffffffffff0n, "jmp\t0xfffffffffffffff0"],
    ["aarch64", "02 00 00 14", 0xffff800080000000n, "b\t0xffff800080000008"],
    ["aarch64", "fe ff ff 97", 4n, "bl\t0xfffffffffffffffc"],
    ["s390x", "c0 e5 00 00 00 10", 0x3ff80000000n, "brasl\t%r14, 0x3ff80000020"],
    ["riscv64", "6f 00 80 00", 0xffffffff80000000n, "j\t0xffffffff80000008"],
    ["riscv64", "e3 8e a5 fe", 0n, "beq\ta1, a0, 0xfffffffffffffffc"],
  ])("%s %s at %#", (machine, hex, base, text) => {
    expect(texts(machine, hex, { base, littleEndian: machine !== "s390x" })).toEqual([text]);
  });
});

describe("machines", () => {
  test.each([
    ["i686", true, "55 89 e5 83 ec 10", ["pushl\t%ebp", "movl\t%esp, %ebp", "subl\t$16, %esp"]],
    ["i386", true, "40", ["incl\t%eax"]],
    ["aarch64_be", false, "1f 20 03 d5", ["nop"]],
    ["armv6l", true, "1e ff 2f e1", ["bx\tlr"]],
    ["ppc64", false, "38 60 ff ff", ["li\t3, -1"]],
    ["ppc", false, "4e 80 00 20", ["blr"]],
    ["riscv32", true, "13 05 15 00", ["addi\ta0, a0, 1"]],
    ["mips64", false, "67 bd ff f0", ["daddiu\t$sp, $sp, -0x10"]],
    ["mips64", true, "f0 ff bd 67", ["daddiu\t$sp, $sp, -0x10"]],
    ["mips", false, "27 bd ff f0", ["addiu\t$sp, $sp, -0x10"]],
    ["sparc64", false, "9d e3 bf 50", ["save\t%sp, -0xb0, %sp"]],
  ])("%s, little-endian: %s", (machine, littleEndian, hex, expected) => {
    expect(texts(machine, hex, { littleEndian })).toEqual(expected);
  });

  test.each([
    ["loongarch64", true, "20 00 00 4c 00 00", [".long\t0x4c000020", ".short\t0x0000"]],
    ["parisc64", false, "4c 00 00 20 01", [".long\t0x4c000020", ".byte\t0x01"]],
    ["", true, "01 02 03", [".byte\t0x01, 0x02, 0x03"]],
  ])("%j is not known: words of data", (machine, littleEndian, hex, expected) => {
    expect(openDisassembler(machine, littleEndian)).toBeUndefined();
    expect(texts(machine, hex, { littleEndian })).toEqual(expected);
  });
});

describe("what is no instruction is data, and the next one is found", () => {
  test.each([
    ["x86_64", true, "06 c3", [".byte\t0x06", "retq"]],
    ["x86_64", true, "90 e8 00 00", ["nop", ".byte\t0xe8", "addb\t%al, (%rax)"]],
    ["x86_64", true, "f0", ["lock"]],
    ["aarch64", true, "ff ff ff ff c0 03 5f d6", [".long\t0xffffffff", "ret"]],
    ["aarch64", true, "c0 03 5f d6 c0 03", ["ret", ".short\t0x03c0"]],
    ["s390x", false, "00 00 07 fe", [".short\t0x0000", "br\t%r14"]],
    ["s390x", false, "e7 70 f0 b8 30 0e 07 fe", [".byte\t0xe7, 0x70, 0xf0, 0xb8, 0x30, 0x0e", "br\t%r14"]],
    ["riscv64", true, "ff ff ff ff 82 80", [".long\t0xffffffff", "ret"]],
  ])("%s, little-endian: %s, %s", (machine, littleEndian, hex, expected) => {
    expect(texts(machine, hex, { littleEndian })).toEqual(expected);
  });
});

test("signs of immediates of x86-64 follow their size in the code", () => {
  expect(
    texts(
      "x86_64",
      "83 e7 f0  81 e7 f0 ff ff ff  48 83 e7 f0  48 81 e7 f0 ff ff ff  66 83 ff ff  c6 07 ff  6b ff f8",
    ),
  ).toEqual([
    "andl\t$-16, %edi",
    "andl\t$4294967280, %edi",
    "andq\t$-16, %rdi",
    "andq\t$-16, %rdi",
    "cmpw\t$-1, %di",
    "movb\t$-1, (%rdi)",
    "imull\t$-8, %edi, %edi",
  ]);
});

test("images longer than what is handed over at once", () => {
  const insn = bytesOf("48 81 ec 28 00 00 00");
  const image = Buffer.concat(Array.from({ length: 30_000 }, () => insn));
  const insns = [...disassembler("x86_64").insns(image, 0n)];
  expect(insns).toHaveLength(30_000);
  expect(new Set(insns.map(({ text }) => text))).toEqual(new Set(["subq\t$40, %rsp"]));
  expect(insns.every(({ offset }, i) => offset === i * insn.length)).toBe(true);
});

test("two images taken in turns", () => {
  const [left, right] = ["53", "5b"].map((hex) =>
    disassembler("x86_64")
      .insns(bytesOf(`${hex} ${hex}`), 0n)
      [Symbol.iterator](),
  );
  const taken = [left, right, left, right].map((insns) => insns?.next().value?.text);
  expect(taken).toEqual(["pushq\t%rbx", "popq\t%rbx", "pushq\t%rbx", "popq\t%rbx"]);
});

describe("any bytes at any address", () => {
  const MACHINES = [
    ["x86_64", true],
    ["i686", true],
    ["aarch64", true],
    ["armv7l", true],
    ["s390x", false],
    ["riscv64", true],
    ["riscv32", true],
    ["ppc64le", true],
    ["ppc64", false],
    ["mips64", true],
    ["mips", false],
    ["sparc64", false],
    ["loongarch64", true],
  ] as const;

  test.each(MACHINES)("of %s become rows without gaps", (machine, littleEndian) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (image, base) => {
          const insns = [...disassembler(machine, littleEndian).insns(image, base)];
          let end = 0;
          for (const { offset, bytes, text } of insns) {
            expect(offset).toBe(end);
            expect(bytes.length).toBeGreaterThan(0);
            expect(text).toMatch(/^[ -~]+(\t[\t -~]+)?$/);
            end += bytes.length;
          }
          expect(end).toBe(image.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});
