import { describe, expect, test } from "vitest";
import type { JitedFunction, JitedListing, JitedRow } from "../../src/code/jited.ts";
import { jitedJson, jitedPlain, operandList } from "../../src/render/prog/jited.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const bytes = Uint8Array.of(0x0f, 0x1f);
const source = { text: 'return "x";', file: "a.c", line: 12, column: 5 };
const ROWS: readonly JitedRow[] = [
  { pc: 0, bytes, text: "nopl\t(%rax,%rax)", source },
  {
    pc: 0x1234,
    bytes,
    text: "movl\t%esi, -8(%rbp)",
    source: { ...source, text: undefined, line: 0, column: 0 },
  },
  { pc: 0x12345, bytes: Uint8Array.of(0xc3), text: "retq" },
];

function listing(...functions: readonly JitedFunction[]): JitedListing {
  return { functions, problems: [] };
}

const MAIN = { name: "bpf_prog_1_main", proto: "int main()", rows: ROWS };
const SUB = { name: "0x0000000000001000", rows: [] };
const PLAIN = { linum: false, opcodes: false };
const ALL = { linum: true, opcodes: true };

describe("plain", () => {
  test("functions, source lines, instructions", () => {
    expect(plainText((out) => jitedPlain(out, listing(MAIN, SUB), PLAIN))).toBe(
      [
        "int main():",
        "bpf_prog_1_main:",
        '; return "x";',
        "   0:\tnopl\t(%rax,%rax)",
        "1234:\tmovl\t%esi, -8(%rbp)",
        "12345:\tretq",
        "",
        "0x0000000000001000:",
        "",
        "",
      ].join("\n"),
    );
  });

  test("linum and opcodes", () => {
    expect(plainText((out) => jitedPlain(out, listing(MAIN), ALL))).toBe(
      [
        "int main():",
        "bpf_prog_1_main:",
        '; return "x"; [file:a.c line_num:12 line_col:5]',
        "   0:\tnopl\t(%rax,%rax)",
        "\t0f 1f ",
        "1234:\tmovl\t%esi, -8(%rbp)",
        "\t0f 1f ",
        "12345:\tretq",
        "\tc3 ",
        "",
        "",
      ].join("\n"),
    );
  });

  test("an image whose functions are not known", () => {
    expect(plainText((out) => jitedPlain(out, listing({ rows: ROWS.slice(2) }), PLAIN))).toBe(
      "12345:\tretq\n",
    );
  });
});

describe("JSON", () => {
  test("functions with instructions", () => {
    expect(jsonText((json) => jitedJson(json, listing({ ...MAIN, rows: ROWS.slice(1) }, SUB), PLAIN))).toBe(
      '[{"proto":"int main()","name":"bpf_prog_1_main","insns":[' +
        '{"pc":"0x1234","operation":"movl","operands":["%esi","-8","%rbp"],"args":["%esi","-8(%rbp)"]},' +
        '{"pc":"0x12345","operation":"retq","operands":[null],"args":[]}' +
        ']},{"name":"0x0000000000001000","insns":[]}]',
    );
  });

  test("linum and opcodes", () => {
    expect(jsonText((json) => jitedJson(json, listing({ ...MAIN, rows: ROWS.slice(0, 2) }), ALL))).toBe(
      '[{"proto":"int main()","name":"bpf_prog_1_main","insns":[' +
        '{"src":"return \\"x\\";","file":"a.c","line_num":12,"line_col":5,"pc":"0x0","operation":"nopl",' +
        '"operands":["%rax","%rax"],"args":["(%rax,%rax)"],"opcodes":["0x0f","0x1f"]},' +
        '{"file":"a.c","pc":"0x1234","operation":"movl","operands":["%esi","-8","%rbp"],' +
        '"args":["%esi","-8(%rbp)"],"opcodes":["0x0f","0x1f"]}' +
        "]}]",
    );
  });

  test("an image whose functions are not known is an array of instructions", () => {
    expect(jsonText((json) => jitedJson(json, listing({ rows: ROWS.slice(2) }), PLAIN))).toBe(
      '[{"pc":"0x12345","operation":"retq","operands":[null],"args":[]}]',
    );
  });
});

describe("operands stay whole", () => {
  test.each([
    ["", []],
    ["%rsp, %rbp", ["%rsp", "%rbp"]],
    ["$-16, 8(%rax,%rcx,4)", ["$-16", "8(%rax,%rcx,4)"]],
    ["(%rax,%rax)", ["(%rax,%rax)"]],
    ["x29, x30, [sp, #-16]!", ["x29", "x30", "[sp, #-16]!"]],
    ["{r4, r5, lr}", ["{r4, r5, lr}"]],
    ["8(8,%r4), 0(%r3)", ["8(8,%r4)", "0(%r3)"]],
    ["(%rsi), %es:(%rdi)", ["(%rsi)", "%es:(%rdi)"]],
    ["a, ), b", ["a, )", "b"]],
    ["(a, b", ["(a", "b"]],
    [",", ["", ""]],
  ])("%j", (text, expected) => expect(operandList(text)).toEqual(expected));
});
