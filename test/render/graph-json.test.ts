import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InsnArray } from "../../src/insn/insn.ts";
import { chooseFunctions, namedFunctions } from "../../src/render/graph/functions.ts";
import { graphJson } from "../../src/render/graph/json.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";
import { progRecord } from "../support/records.ts";
import { jsonText } from "../support/rendered.ts";
import { graphCode } from "./graph-program.ts";

const jeq = (off: number) => insn(0x15, { dst: 1, off });
const program = { prog: progRecord({ id: 7, type: 6 }), name: "p" };

function graph(code: ReturnType<typeof graphCode>, { linum = false, opcodes = false, func = "" } = {}) {
  const all = namedFunctions(code);
  const functions = func === "" ? all : chooseFunctions(all, func);
  return JSON.parse(jsonText((json) => graphJson(json, program, code, functions, { linum, opcodes })));
}

describe("graphJson()", () => {
  it("has the program, functions, blocks, instructions, edges and loops", () => {
    const code = graphCode([MOV_R0_0, jeq(-2), insn(0x85, { imm: 5 }), EXIT, insn(0x0d)], {
      funcs: [
        [0, "entry"],
        [4, "second"],
      ],
      lines: [{ pc: 0, text: "  int x = 0;", line: 3 }],
      notes: [[1, "again"]],
    });
    expect(graph(code)).toEqual({
      format: "bpflens-graph",
      version: 1,
      program: { id: 7, type: "xdp", name: "p", tag: "0123456789abcdef", gpl_compatible: false },
      functions: [
        {
          number: 0,
          name: "entry",
          proto: "int entry()",
          start: 0,
          end: 4,
          blocks: [
            {
              number: 2,
              start: 0,
              end: 2,
              reach: "reached",
              loop: 2,
              insns: [
                { pc: 0, src: "int x = 0;", disasm: "(b7) r0 = 0" },
                { pc: 1, disasm: "(15) if r1 == 0x0 goto pc-2", note: "again" },
              ],
            },
            {
              number: 3,
              start: 2,
              end: 4,
              reach: "reached",
              exits: true,
              insns: [
                {
                  pc: 2,
                  src: "int x = 0;",
                  disasm: "(85) call bpf_ktime_get_ns#5",
                  call: { kind: "helper", target: "bpf_ktime_get_ns#5" },
                },
                { pc: 3, disasm: "(95) exit" },
              ],
            },
          ],
          outside: [],
          edges: [
            { from: 0, to: 2, kind: "entry", back: false },
            { from: 2, to: 3, kind: "fallthrough", back: false },
            { from: 2, to: 2, kind: "taken", back: true },
            { from: 3, to: 1, kind: "exit", back: false },
          ],
          loops: [{ head: 2, depth: 1, irreducible: false }],
        },
        {
          number: 1,
          name: "second",
          proto: "int second()",
          start: 4,
          end: 5,
          blocks: [
            {
              number: 2,
              start: 4,
              end: 5,
              reach: "reached",
              targets_unknown: true,
              insns: [{ pc: 4, disasm: "(0d) gotox r0" }],
            },
          ],
          outside: [],
          edges: [{ from: 0, to: 2, kind: "entry", back: false }],
          loops: [],
        },
      ],
    });
  });

  it("tells of calls within the program, callbacks, and places outside", () => {
    const callback = insns(insn(0x18, { src: 4, imm: 3 }), insn(0));
    const [main] = graph(
      graphCode([insn(0x85, { src: 1, off: 4 }), callback, jeq(50), EXIT, EXIT]),
    ).functions;
    expect(main.blocks[0].insns.map(({ call }: { call?: object }) => call)).toEqual([
      { kind: "subprog", target: "pc+4", start: 5 },
      { kind: "callback", start: 5 },
      undefined,
    ]);
    expect(main.outside).toEqual([{ number: 4, target: 54, what: "nothing" }]);
  });

  it("has places in the source and bytes when asked", () => {
    const code = graphCode([insn(0x18, { imm: 1 }), insn(0), EXIT], {
      lines: [{ pc: 0, text: "x", line: 3 }],
    });
    expect(graph(code, { linum: true, opcodes: true }).functions[0].blocks[0].insns).toEqual([
      {
        pc: 0,
        src: "x",
        file: "a.c",
        line_num: 3,
        line_col: 5,
        disasm: "(18) r0 = 0x1",
        bytes: "18 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00",
      },
      { pc: 2, disasm: "(95) exit", bytes: "95 00 00 00 00 00 00 00" },
    ]);
  });

  it("has the chosen functions only", () => {
    const code = graphCode([insn(0x85, { src: 1, off: 1 }), EXIT, EXIT]);
    expect(graph(code, { func: "1" }).functions.map(({ name }: { name: string }) => name)).toEqual([
      "func_1",
    ]);
  });

  it("has every instruction once, and edges between numbers that are there, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 400 }), (bytes) => {
        const code = { ...graphCode([]), insns: new InsnArray(bytes) };
        const { functions } = graph(code);
        const pcs = functions.flatMap(({ blocks }: { blocks: { insns: { pc: number }[] }[] }) =>
          blocks.flatMap(({ insns }) => insns.map(({ pc }) => pc)),
        );
        expect(pcs).toEqual(Array.from(code.insns.instructions(), ({ pc }) => pc));
        for (const { blocks, outside, edges } of functions) {
          const numbers = new Set([0, 1, ...[...blocks, ...outside].map(({ number }) => number)]);
          for (const { from, to } of edges) expect(numbers.has(from) && numbers.has(to)).toBe(true);
        }
      }),
    );
  });
});
