import { describe, expect, it } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { TextBuffer } from "../../src/bytes/sink.ts";
import { programCode } from "../../src/code/program-code.ts";
import { NO_SYMBOLS } from "../../src/kallsyms/symbols.ts";
import { writeVisual } from "../../src/render/prog/visual.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "../support/insns.ts";
import { progCode } from "../support/records.ts";
import { plainText } from "../support/rendered.ts";

interface Line {
  readonly pc: number;
  readonly text: string;
  readonly file?: string;
}

/** A main function that calls a second one, each with its signature and lines. */
function visual(lines: readonly Line[], { linum = false, opcodes = false } = {}): string {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const main = builder.func("entry", int, []);
  const second = builder.func("helper", int, [["x", int]]);
  const lineInfo = u32s(
    ...lines.flatMap(({ pc, text, file = "a.c" }) => [
      pc,
      builder.string(file),
      builder.string(text),
      ((pc + 10) << 10) | 5,
    ]),
  );
  const code = {
    xlated: insns(insn(0x85, { src: 1, off: 1 }), EXIT, MOV_R0_0, EXIT),
    funcInfo: u32s(0, main - 0, 2, second),
    funcInfoRecSize: 8,
    lineInfo,
    lineInfoRecSize: 16,
    jitedKsyms: [],
    jitedFuncLens: [],
  };
  const out = new TextBuffer();
  writeVisual(
    out,
    programCode(code, new Btf(builder.build()), true, () => NO_SYMBOLS),
    { linum, opcodes },
  );
  return out.toString();
}

describe("writeVisual()", () => {
  it("gives each function its own signature and source lines", () => {
    const dot = visual([
      { pc: 0, text: "return helper(1);" },
      { pc: 2, text: "return 0;" },
    ]);
    const labels = [...dot.matchAll(/"(fn_\d_bb_2)" \[.*label = "(.*)" \]/g)].map(([, id, label]) => [
      id,
      label,
    ]);
    expect(labels).toEqual([
      ["fn_0_bb_2", "{; int entry():\\l; return\\ helper(1);\\l0: (85) call pc+1\\l| 1: (95) exit\\l}"],
      ["fn_1_bb_2", "{; int helper(int x):\\l; return\\ 0;\\l0: (b7) r0 = 0\\l| 1: (95) exit\\l}"],
    ]);
  });

  it("shows places and opcodes when asked", () => {
    const dot = visual([{ pc: 2, text: "x" }], { linum: true, opcodes: true });
    expect(dot).toContain(
      "; [a.c line:12 col:5]\\l; x\\l0: (b7) r0 = 0\\l\\ \\ \\ \\ b7 00 00 00 00 00 00 00\\l",
    );
  });

  const rows: [behaviour: string, text: string, expected: string][] = [
    ["escapes what has a meaning in a record", "a<b>|{c}", "; a\\<b\\>\\|\\{c\\}\\l"],
    ["escapes quotes once for the DOT language", 'printk("hi")', '; printk(\\"hi\\")\\l'],
    ["escapes backslashes before quotes", '"\\"', '; \\"\\\\\\"\\l'],
    ["keeps an HTML entity what it is", '"&lt;" & y', '; \\"&amp;lt;\\"\\ &\\ y\\l'],
    ["keeps a line that begins with a bang", "!x", "; !x\\l"],
    ["prints nothing for an empty line", "  ", "{; int helper(int x):\\l0: (b7) r0 = 0\\l"],
  ];
  it.each(rows)("%s", (_behaviour, text, expected) => {
    expect(visual([{ pc: 2, text }])).toContain(expected);
  });

  const files: [behaviour: string, file: string, expected: string][] = [
    ["whole up to 32 characters", "/an/absolute/path/of/thirty-2/ok", "/an/absolute/path/of/thirty-2/ok"],
    [
      "from the first slash within the last 32",
      "/a/very/long/path/that/is/over/thirty/two/chars/file.c",
      ".../is/over/thirty/two/chars/file.c",
    ],
    [
      "from the last slash where none is within",
      "dir/this_is_a_very_long_base_name_over_32_characters.c",
      ".../this_is_a_very_long_base_name_over_32_characters.c",
    ],
    [
      "without dots where nothing is cut",
      "/this_is_a_very_long_base_name_over_32_characters.c",
      "/this_is_a_very_long_base_name_over_32_characters.c",
    ],
  ];
  it.each(files)("prints file names %s", (_behaviour, file, expected) => {
    expect(visual([{ pc: 2, text: "x", file }], { linum: true })).toContain(`; [${expected} line:12 col:5]`);
  });

  it("tells of a place outside of the function", () => {
    const code = programCode(progCode({ xlated: insns(MOV_R0_0) }), undefined, true, () => NO_SYMBOLS);
    const dot = plainText((out) => writeVisual(out, code, { linum: false, opcodes: false }));
    expect(dot).toContain(
      '"fn_0_bb_3" [ shape =Mdiamond, style = "filled", label = "pc 1: no instruction" ]',
    );
    expect(dot).toContain('"fn_0_bb_2" -> "fn_0_bb_3"');
  });

  it("leads an indirect jump to its targets, or tells that they are not known", () => {
    const xlated = insns(insn(0x0d), MOV_R0_0, EXIT);
    const code = programCode(progCode({ xlated }), undefined, true, () => NO_SYMBOLS);
    const draw = (drawn: typeof code) =>
      plainText((out) => writeVisual(out, drawn, { linum: false, opcodes: false }));
    const edges = (dot: string) =>
      [...dot.matchAll(/_bb_(\d)" -> "fn_0_bb_(\d)"/g)].map(([, ...ends]) => ends.join(">"));

    const unknown = draw(code);
    expect(edges(unknown)).toEqual(["0>2", "3>1", "2>4", "0>1"]);
    expect(unknown).toContain(
      '"fn_0_bb_4" [ shape =Mdiamond, style = "filled", label = "jump targets unknown" ]',
    );

    const known = draw({ ...code, jumpTargets: { of: () => [1, 2], all: () => [1, 2] } });
    expect(edges(known)).toEqual(["0>2", "2>3", "2>4", "3>4", "4>1", "0>1"]);
    expect(known).not.toContain("unknown");
  });

  it("prints notes behind instructions", () => {
    const code = programCode(progCode({ xlated: insns(EXIT) }), undefined, true, () => NO_SYMBOLS);
    const noted = { ...code, notes: new Map([[0, "slot 6: {x} | y"]]) };
    const dot = plainText((out) => writeVisual(out, noted, { linum: false, opcodes: false }));
    expect(dot).toContain("0: (95) exit -\\> slot 6: \\{x\\} \\| y\\l");
  });

  it("gives both ways of a condition to one block a single edge", () => {
    const xlated = insns(insn(0x15), EXIT);
    const code = programCode(progCode({ xlated }), undefined, true, () => NO_SYMBOLS);
    const dot = plainText((out) => writeVisual(out, code, { linum: false, opcodes: false }));
    expect(dot.match(/"fn_0_bb_2" -> "fn_0_bb_3"/g)).toHaveLength(1);
  });

  it("draws flow bold and keeps EXIT below ENTRY", () => {
    const edges = [...visual([]).matchAll(/"fn_1_bb_(\d)" -> "fn_1_bb_(\d)" \[ (.*) \]/g)].map((match) =>
      match.slice(1),
    );
    const flow =
      'tailport = "s", headport = "n", style = "solid,bold", color = "black", weight =10, constraint =true';
    expect(edges).toEqual([
      ["0", "2", flow],
      ["2", "1", flow],
      ["0", "1", 'tailport = "s", headport = "n", style = "invis", constraint =true'],
    ]);
  });
});
