/** The forms of a program, and what is wrong with them. */
import { describe, expect, test } from "vitest";
import { classicWarnings } from "../../src/cbpf/check.ts";
import type { ClassicInsn } from "../../src/cbpf/insn.ts";
import { type ClassicForm, parseClassic } from "../../src/cbpf/program.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { arrayOf, initialisersOf, numbersOf } from "./recorded.ts";

const LOAD: ClassicInsn = { code: 0x28, jt: 0, jf: 0, k: 12 };
const JUMP: ClassicInsn = { code: 0x15, jt: 0, jf: 1, k: 0x800 };
const ACCEPT: ClassicInsn = { code: 6, jt: 0, jf: 0, k: 0xffffffff };
const DROP: ClassicInsn = { code: 6, jt: 0, jf: 0, k: 0 };
const PROGRAM = [LOAD, JUMP, ACCEPT, DROP];

const HEX = "280000000c0000001500000100080000060000" + "00ffffffff0600000000000000";
const INITIALISERS =
  "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n{ 0x6, 0, 0, 0xffffffff },\n{ 0x6, 0, 0, 0x00000000 },\n";
const NUMBERS = "4\n40 0 0 12\n21 0 1 2048\n6 0 0 4294967295\n6 0 0 0\n";
const COMMAS = "4,40 0 0 12,21 0 1 2048,6 0 0 4294967295,6 0 0 0";
const spaced = (text: string, prefix = "", separator = " ") =>
  (text.match(/../g) ?? []).map((pair) => `${prefix}${pair}`).join(separator);

const parse = (text: string, options: { littleEndian?: boolean } = {}) =>
  parseClassic(Buffer.from(text, "latin1"), options);

describe("forms", () => {
  const forms: readonly (readonly [what: string, text: string, form: ClassicForm])[] = [
    ["-ddd", NUMBERS, "numbers"],
    ["-ddd without a last newline", NUMBERS.trim(), "numbers"],
    ["-ddd with the line ends of Windows", NUMBERS.replaceAll("\n", "\r\n"), "numbers"],
    ["-ddd with blank lines and indentation", NUMBERS.replaceAll("\n", "\n\n\t "), "numbers"],
    ["-ddd with numbers in hex", "4\n0x28 0 0 0xc\n0x15 0 1 0x800\n6 0 0 0xffffffff\n6 0 0 0", "numbers"],
    ["iptables", COMMAS, "numbers"],
    ["iptables, quoted", `"${COMMAS}"\n`, "numbers"],
    ["tc", `'${COMMAS},'`, "numbers"],
    ["commas and newlines", COMMAS.replaceAll(",", ",\n"), "numbers"],
    ["-dd", INITIALISERS, "initialisers"],
    ["-dd on one line", INITIALISERS.replaceAll("\n", ""), "initialisers"],
    ["-dd without blanks", INITIALISERS.replace(/\s/g, ""), "initialisers"],
    ["-dd without the last comma", INITIALISERS.replace(/,\n$/, ""), "initialisers"],
    ["C: an array", `struct sock_filter code[] = {\n${INITIALISERS}};\n`, "initialisers"],
    ["C: an array that is not declared", `{ ${INITIALISERS} }`, "initialisers"],
    ["C: comments", INITIALISERS.replaceAll("\n", "/* 1 { */ // 2 }\n"), "initialisers"],
    ["C: an open comment at the end", `${INITIALISERS}/* {`, "initialisers"],
    ["C: suffixes", INITIALISERS.replaceAll(" }", "UL }"), "initialisers"],
    ["C: a comma behind the last number", INITIALISERS.replaceAll(" }", ", }"), "initialisers"],
    ["digits", HEX, "hex"],
    ["upper case", HEX.toUpperCase(), "hex"],
    ["bytes", spaced(HEX), "hex"],
    ["words in lines", spaced(HEX).replaceAll(/(.{24})/g, "$1\n"), "hex"],
    ["bytes of C", spaced(HEX, "0x", ", "), "hex"],
    ["a string of C", `"${spaced(HEX, "\\x", "")}"`, "hex"],
    ["one number", `0x${HEX}`, "hex"],
    ["an array", Buffer.from(HEX, "hex").toString("latin1"), "array"],
  ];
  test.each(forms)("%s", (_, text, form) => {
    expect(parse(text)).toEqual({ form, insns: PROGRAM, warnings: [] });
  });

  test.each(["numbers", "initialisers"] as const)("%s have no byte order", (form) => {
    const text = form === "numbers" ? NUMBERS : INITIALISERS;
    expect(parse(text, { littleEndian: false })).toEqual({ form, insns: PROGRAM, warnings: [] });
  });

  test.each(["hex", "array"] as const)("%s in big-endian byte order", (form) => {
    const bytes = Buffer.from(arrayOf(PROGRAM, false));
    const input = form === "hex" ? Buffer.from(bytes.toString("hex")) : bytes;
    expect(parseClassic(input, { littleEndian: false })).toEqual({ form, insns: PROGRAM, warnings: [] });
  });

  test("eight digits in one line, one instruction", () => {
    expect(parse("0600000000000000").insns).toEqual([DROP]);
  });

  test("what a program can hold at most", () => {
    const insns = Array.from({ length: 65535 }, () => DROP);
    for (const input of [numbersOf(insns), initialisersOf(insns), arrayOf(insns)]) {
      expect(parseClassic(Buffer.from(input)).insns).toHaveLength(65535);
    }
  });
});

describe("what is cut is left out, with a warning", () => {
  const PROMISE = (count: number) => `the text promises 4 instructions, and has ${count}`;
  const SHORT = "the last instruction is cut, and is left out";
  const DIGIT = "the last hex digit has no other half, and is left out";
  const rows: readonly (readonly [text: string, count: number, warnings: readonly string[]])[] = [
    [NUMBERS.slice(0, -8), 3, [PROMISE(3)]],
    [`${NUMBERS}6 0 0 0\n`, 5, [PROMISE(5)]],
    [
      NUMBERS.slice(0, -3),
      3,
      ["line 5: the last instruction has 3 of 4 numbers, and is left out", PROMISE(3)],
    ],
    [
      COMMAS.slice(0, -2),
      3,
      ["line 1: the last instruction has 3 of 4 numbers, and is left out", PROMISE(3)],
    ],
    [INITIALISERS.slice(0, -3), 3, [`line 4: ${SHORT}`]],
    [INITIALISERS.slice(0, -20), 3, [`line 4: ${SHORT}`]],
    [`struct sock_filter f[] = {\n${INITIALISERS}{`, 4, [`line 6: ${SHORT}`]],
    [`struct sock_filter f[] = {\n${INITIALISERS}`, 4, []],
    [
      HEX.slice(0, -1),
      3,
      [`line 1: ${DIGIT}`, "the last 7 of 31 bytes, at offset 0x18, are no whole instruction"],
    ],
    [`${HEX}\n0`, 4, [`line 2: ${DIGIT}`]],
    [HEX.slice(0, -2), 3, ["the last 7 of 31 bytes, at offset 0x18, are no whole instruction"]],
    [`${HEX}06`, 4, ["the last 1 of 33 bytes, at offset 0x20, are no whole instruction"]],
    [
      Buffer.from(HEX, "hex").toString("latin1", 0, 20),
      2,
      ["the last 4 of 20 bytes, at offset 0x10, are no whole instruction"],
    ],
  ];
  test.each(rows)("%j", (text, count, warnings) => {
    const program = parse(text);
    expect(program.insns).toEqual([...PROGRAM, DROP].slice(0, count));
    expect(program.warnings).toEqual(warnings);
  });
});

describe("what cannot be read", () => {
  const LISTING = "(000) ldh      [12]\n(001) ret      #0\n";
  const rows: readonly (readonly [text: string, message: string, offset?: number])[] = [
    ["", "there is nothing to read"],
    [" \n\t\n", "there is nothing to read"],
    ["0\n", "there are no instructions"],
    ["14\n", "the text promises 14 instructions, and has 0"],
    ["14\n40 0 0", "line 2: the last instruction has 3 of 4 numbers, and is left out"],
    ["{", "there are no instructions"],
    ['""', "there are no instructions"],
    ["{ 0x28, 0,", "line 1: the last instruction is cut, and is left out"],
    ["28", "the text promises 28 instructions, and has 0"],
    ["280000", "the last 3 of 3 bytes, at offset 0x0, are no whole instruction"],
    ["\0", "the last 1 of 1 bytes, at offset 0x0, are no whole instruction"],
    [
      LISTING,
      "line 1: expected a sock_filter array, hex digits, or what tcpdump prints with -dd or -ddd, found '(000)'",
      0,
    ],
    [
      "28 00\n0g",
      "line 2: expected a sock_filter array, hex digits, or what tcpdump prints with -dd or -ddd, found '0g'",
      6,
    ],
    ["28 0\n00", "line 1: an odd number of hex digits", 3],
    [
      "00000000: 2800 0000 0c00 0000",
      "line 1: expected a sock_filter array, hex digits, or what tcpdump prints with -dd or -ddd, found '00000000:'",
      0,
    ],
    ["2\n40 0 0\n6 0 0 0", "line 2: expected 4 numbers, found 3", 2],
    ["2\n40 0 0 12 1\n6 0 0 0", "line 2: expected 4 numbers, found 5", 2],
    ["1\n40 0 0 x", "line 2: 'x' is no number (k)", 2],
    ["1\n40 0 0 -1", "line 2: '-1' is no number (k)", 2],
    ["1\n040 0 0 1", "line 2: '040' is no number (code)", 2],
    ["1\n65536 0 0 0", "line 2: code '65536' is larger than 65535", 2],
    ["1\n6 256 0 0", "line 2: jt '256' is larger than 255", 2],
    ["1\n6 0 256 0", "line 2: jf '256' is larger than 255", 2],
    ["1\n6 0 0 4294967296", "line 2: k '4294967296' is larger than 4294967295", 2],
    [`1\n6 0 0 ${"9".repeat(500)}`, `line 2: k '${"9".repeat(32)}...' is larger than 4294967295`, 2],
    ["{ 6, 0, 0 },\n{ 6, 0, 0, 0 },", "line 1: expected 4 numbers, found 3", 0],
    ["{ 6, 0, 0, 0 },\n{ 6, 0, 0, 0, 0 },", "line 2: expected 4 numbers, found 5", 16],
    ["{ 6, 0, 0, },", "line 1: '' is no number (k)", 0],
    ["{ 6, 0, 0, ~0U },", "line 1: '~0' is no number (k)", 0],
    ["{ BPF_RET, 0, 0, 0 },", "line 1: 'BPF_RET' is no number (code)", 0],
    ["{ 6, 0, 0, 0 },\n;\n", "line 2: expected '{ code, jt, jf, k }', found ';'", 16],
    ["{ 6, 0, 0, 0 },\n\n  x\ny", "line 3: expected '{ code, jt, jf, k }', found 'x'", 19],
    [`1\n6 0 0 ${"x".repeat(32)}`, `line 2: '${"x".repeat(32)}' is no number (k)`, 2],
    [`1\n6 0 0 ${"x".repeat(33)}`, `line 2: '${"x".repeat(32)}...' is no number (k)`, 2],
    ["\n1\n6 0 0 x", "line 3: 'x' is no number (k)", 3],
    ["\n\n280\n00", "line 3: an odd number of hex digits", 2],
    ["1 1\n6 0 0 0", "line 1: an odd number of hex digits", 0],
    ["{ 6, 0, 0, 0 }, }", "line 1: expected '{ code, jt, jf, k }', found '}'", 16],
    ["{ 6, 0, 0, 0 }, 6", "line 1: expected '{ code, jt, jf, k }', found '6'", 16],
    [
      "int x[] = { 6, 0, 0, 0 };",
      "line 1: expected '{ code, jt, jf, k }', found 'int x[] = { 6, 0, 0, 0 };'",
      0,
    ],
    ["f[] = { { 6, 0, 0, 0 } } x", "line 1: expected '{ code, jt, jf, k }', found '} x'", 23],
    ["{ 6, 0, { 6, 0, 0, 0 },", "line 1: expected 4 numbers, found 3", 0],
    [numbersOf(Array.from({ length: 65536 }, () => DROP)), "there are more than 65535 instructions"],
    [initialisersOf(Array.from({ length: 65536 }, () => DROP)), "there are more than 65535 instructions"],
    ["0600000000000000".repeat(65536), "there are more than 65535 instructions"],
    ["\0".repeat(65536 * 8), "there are more than 65535 instructions"],
  ];
  test.each(rows.map(([text, message, offset]) => ({ text, shown: text.slice(0, 60), message, offset })))(
    "$shown",
    ({ text, message, offset }) => {
      const error = inspectErrorOf(() => parse(text));
      expect(error.code).toBe("malformed");
      expect(error.message).toBe(`Cannot parse classic BPF: ${message}`);
      expect(error.data.offset).toBe(offset);
    },
  );
});

describe("the other byte order", () => {
  test("is noticed where all opcodes are strange", () => {
    const bytes = arrayOf(PROGRAM, false);
    expect(parseClassic(bytes).warnings).toEqual(["no opcode is known, but all are when read as big-endian"]);
    expect(parseClassic(arrayOf([DROP], false)).warnings).toHaveLength(1);
    expect(parseClassic(arrayOf(PROGRAM), { littleEndian: false }).warnings).toEqual([
      "no opcode is known, but all are when read as little-endian",
    ]);
  });

  test("is not suspected of zeros, and not where some are known", () => {
    expect(parseClassic(new Uint8Array(16)).warnings).toEqual([]);
    expect(parseClassic(arrayOf([LOAD, { ...LOAD, code: 0x2800 }])).warnings).toEqual([]);
    expect(parseClassic(arrayOf([{ ...LOAD, code: 0xffff }])).warnings).toEqual([]);
  });
});

describe("classicWarnings()", () => {
  const jump = (jt: number, jf: number): ClassicInsn => ({ ...JUMP, jt, jf });
  const always = (k: number): ClassicInsn => ({ code: 5, jt: 0, jf: 0, k: k >>> 0 });
  const rows: readonly (readonly [
    what: string,
    insns: readonly ClassicInsn[],
    warnings: readonly string[],
  ])[] = [
    ["none", PROGRAM, []],
    ["a jump to the last instruction", [jump(0, 0), DROP], []],
    ["a loop, which tcpdump makes for protochain", [LOAD, always(-2), DROP], []],
    ["a jump to itself", [always(-1)], []],
    ["a jump behind the end", [jump(1, 0), DROP], ["instruction 0 jumps out of the program, to 2"]],
    ["a jump before the start", [always(-3), DROP], ["instruction 0 jumps out of the program, to -2"]],
    [
      "several",
      [jump(8, 9), jump(0, 7), DROP],
      ["instruction 0 jumps out of the program, to 9, and 2 more do so"],
    ],
  ];
  test.each(rows)("%s", (_, insns, warnings) => expect(classicWarnings(insns)).toEqual(warnings));

  test("more than Linux takes", () => {
    const programs = [4096, 4097].map((length) => Array.from({ length }, () => DROP));
    expect(programs.map(classicWarnings)).toEqual([
      [],
      ["the program has 4097 instructions, Linux takes at most 4096"],
    ]);
  });
});
