/** What moves along when functions are put together: records of .BTF.ext, callbacks that only a tag names. */
import { describe, expect, test } from "vitest";
import { decodeFuncInfo, decodeLineInfo } from "../../src/btf/ext-info.ts";
import type { FileSource } from "../../src/sources/object/file-source.ts";
import { objectSource } from "../../src/sources/object/source.ts";
import { ext } from "../btf/ext-builder.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";
import { type CodeObject, code, codeObject, func } from "./code-object.ts";

const CALL = 0x85;
const RETURN = insns(MOV_R0_0, EXIT);
const calling = (imm: number) => insns(insn(CALL, { src: 1, imm }), EXIT);

const open = (object: CodeObject) => objectSource(codeObject(object), "x.o");

function infoOf(source: FileSource, id = 1) {
  const { funcInfo, funcInfoRecSize, lineInfo, lineInfoRecSize } = source.code(source.prog(id));
  const { littleEndian } = source.host();
  const funcs = funcInfoRecSize === 0 ? [] : decodeFuncInfo(funcInfo, funcInfoRecSize, littleEndian);
  const lines = lineInfoRecSize === 0 ? [] : decodeLineInfo(lineInfo, lineInfoRecSize, littleEndian);
  return {
    funcs: funcs.map(({ insnOff, typeId }) => [insnOff, typeId]),
    lines: lines.map(({ insnOff, lineOff }) => [insnOff, lineOff]),
  };
}

describe.each([true, false])("func_info and line_info, little-endian: %s", (littleEndian) => {
  const btf = new BtfBuilder();
  const [xdp, text] = [btf.string("xdp"), btf.string(".text")];
  const int = btf.int("int", 4);
  const [main, other, callee] = ["main", "other", "callee"].map((name) => btf.func(name, int, []));
  const extBytes = ext(
    {
      func_info: {
        recordSize: 8,
        sections: [
          [
            xdp,
            [
              [0, main as number],
              [16, other as number],
            ],
          ],
          [text, [[16, callee as number]]],
        ],
      },
      line_info: {
        recordSize: 16,
        sections: [
          [text, [[24, 0, 5, 0]]],
          // In no order, and two for one slot.
          [
            xdp,
            [
              [24, 0, 4, 0],
              [8, 0, 2, 0],
              [0, 0, 1, 0],
              [8, 0, 3, 0],
            ],
          ],
          [text, [[16, 0, 6, 0]]],
        ],
      },
    },
    { littleEndian },
  );
  // Calls are not where byte order matters here.
  const bytes = (imm: number) => {
    const slots = calling(imm);
    if (littleEndian) return slots;
    slots[1] = 0x01;
    new DataView(slots.buffer).setInt32(4, imm, false);
    return slots;
  };
  const source = open({
    format: { bits: 64, littleEndian },
    sections: [
      code("xdp", insns(bytes(-1), RETURN)),
      code(".text", insns(RETURN, RETURN)),
      { name: ".BTF", bytes: btf.build(littleEndian) },
      { name: ".BTF.ext", bytes: extBytes },
    ],
    symbols: [
      func("main", "xdp", 16),
      func("other", "xdp", 16, { value: 16 }),
      func("unused", ".text", 16),
      func("callee", ".text", 16, { value: 16 }),
    ],
    relocations: { xdp: [[0, "callee"]] },
  });

  test("stand where their functions are", () => {
    expect(infoOf(source, 1)).toEqual({
      funcs: [
        [0, main],
        [2, callee],
      ],
      lines: [
        [0, 1],
        [1, 2],
        [2, 6],
        [3, 5],
      ],
    });
    expect(infoOf(source, 2)).toEqual({ funcs: [[0, other]], lines: [[1, 4]] });
    expect(source.warnings()).toEqual([]);
  });

  test("are counted", () => {
    expect(Array.from(source.progs(), ({ btfId, nrFuncInfo }) => [btfId, nrFuncInfo])).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });
});

test("without a record for the program, there are none for what it calls", () => {
  const btf = new BtfBuilder();
  const text = btf.string(".text");
  const type = btf.func("callee", btf.int("int", 4), []);
  const source = open({
    sections: [
      code("xdp", calling(-1)),
      code(".text", RETURN),
      { name: ".BTF", bytes: btf.build() },
      { name: ".BTF.ext", bytes: ext({ func_info: { recordSize: 8, sections: [[text, [[0, type]]]] } }) },
    ],
    symbols: [func("main", "xdp", 16), func("callee", ".text", 16)],
    relocations: { xdp: [[0, "callee"]] },
  });
  expect(infoOf(source)).toEqual({ funcs: [], lines: [] });
  expect(source.prog(1).btfId).toBe(0);
});

describe.each([true, false])("calls, little-endian: %s", (littleEndian) => {
  const call = (imm: number) => {
    const slot = new DataView(new ArrayBuffer(8));
    slot.setUint8(0, CALL);
    slot.setUint8(1, littleEndian ? 0x10 : 0x01);
    slot.setInt32(4, imm, littleEndian);
    return new Uint8Array(slot.buffer);
  };
  /** `main` calls twice; behind it stand `near` in its section, `f` and `g` in .text, of two slots each. */
  const called = (imms: readonly [number, number], relocations: readonly (readonly [number, string])[]) => {
    const source = open({
      format: { bits: 64, littleEndian },
      sections: [code("xdp", insns(...imms.map(call), EXIT, RETURN)), code(".text", insns(RETURN, RETURN))],
      symbols: [
        func("main", "xdp", 24),
        func("near", "xdp", 16, { value: 24 }),
        func("f", ".text", 16),
        func("g", ".text", 16, { value: 16 }),
      ],
      relocations: { xdp: relocations },
    });
    const { references = [] } = source.code(source.prog(1));
    return references.map((reference) => `${reference.pc} ${"name" in reference && reference.name}`);
  };

  test.each([
    ["by distance", [2, 1], [], ["0 near", "1 near"]],
    ["by distance and relocation", [2, -1], [[8, "g"]], ["0 near", "1 g"]],
    [
      "relocations in another order",
      [-1, -1],
      [
        [8, "g"],
        [0, "f"],
      ],
      ["0 f", "1 g"],
    ],
    [
      "two relocations of one call: the last",
      [-1, 1],
      [
        [0, "f"],
        [0, "g"],
      ],
      ["0 g", "1 near"],
    ],
  ] as const)("%s", (_, imms, relocations, references) => {
    expect(called(imms, relocations)).toEqual(references);
  });
});

describe("an exception callback", () => {
  const tagged = (callback: string, binding = 1) => {
    const btf = new BtfBuilder();
    const main = btf.func("main", btf.int("int", 4), []);
    btf.raw("DECL_TAG", { name: `exception_callback:${callback}`, sizeOrType: main, tail: [0xffff_ffff] });
    return open({
      sections: [
        code("xdp", RETURN),
        code(".text", insns(RETURN, EXIT)),
        { name: ".BTF", bytes: btf.build() },
      ],
      symbols: [
        func("main", "xdp", 16),
        func("unused", ".text", 16),
        func("handler", ".text", 8, { value: 16, binding }),
      ],
    });
  };

  test("stands behind the program, though nothing calls it", () => {
    const source = tagged("handler");
    expect(source.code(source.prog(1)).xlated).toEqual(insns(RETURN, EXIT));
    expect(source.warnings()).toEqual([]);
  });

  test.each([
    ["no such function", tagged("nobody"), "nobody"],
    ["a static function", tagged("handler", 0), "handler"],
  ])("%s: a warning", (_, source, name) => {
    expect(source.prog(1).xlatedLen).toBe(16);
    expect(source.warnings()).toEqual([
      `the exception callback '${name}' of 'main' is not among the global functions`,
    ]);
  });
});
