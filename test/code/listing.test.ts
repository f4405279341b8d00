import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { listing } from "../../src/code/listing.ts";
import { programCode } from "../../src/code/program-code.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { resolveSymbols } from "../../src/kallsyms/kallsyms.ts";
import type { SymbolRequest } from "../../src/kallsyms/symbols.ts";
import type { ProgCode } from "../../src/model/records.ts";
import { listingJson, listingPlain } from "../../src/render/prog/xlated.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "../support/insns.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { jsonText, plainText } from "../support/rendered.ts";

/** Recorded rows of `prog dump xlated ... linum opcodes`. */
interface RecordedRow {
  readonly proto?: string;
  readonly src?: string;
  readonly file?: string;
  readonly line_num?: number;
  readonly line_col?: number;
}

const JSON_FILE = "data/live_xdp.xlated_linum_opcodes.pretty.json.txt";
const BASE = 0xffffffff814ca650n;
const KSYMS = [0xffffffffc0300000n, 0xffffffffc0300100n];
const SYMBOLS: readonly (readonly [address: bigint, name: string])[] = [
  [BASE, "__bpf_call_base"],
  [BASE + 330864n, "__htab_map_lookup_elem"],
  [BASE + 269488n, "bpf_ktime_get_ns"],
  [BASE + 343552n, "htab_map_update_elem"],
  [BASE - 61360n, "bpf_trace_printk"],
  [KSYMS[1] as bigint, "bpf_prog_e8a0b6af00c52f43_bump"],
];
const KALLSYMS = SYMBOLS.map(([address, name]) => `${address.toString(16)} T ${name}\n`).join("");

function resolve(request: SymbolRequest) {
  const pieces = [Buffer.from(KALLSYMS)];
  return resolveSymbols(request, () => pieces.pop());
}

/** The BTF of live_xdp was not kept: one with its two functions and with its lines, at their instructions. */
function liveXdp(): { code: ProgCode; btf: Btf } {
  const xlated = dataFile(import.meta.url, "data/live_xdp.xlated.bin");
  const recorded: RecordedRow[] = JSON.parse(dataText(import.meta.url, JSON_FILE));
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const ctx = builder.ref("PTR", builder.composite("STRUCT", "xdp_md", 24, []));
  const val = builder.ref("PTR", builder.composite("STRUCT", "val", 16, []));
  const types = [
    builder.func("xdp_prog", int, [["ctx", ctx]]),
    builder.func("bump", int, [
      ["v", val],
      ["by", int],
    ]),
  ];
  const pcs = [...new InsnArray(xlated).instructions()].map(({ pc }) => pc);
  const funcs = recorded.flatMap(({ proto }, i) => (proto === undefined ? [] : [pcs[i] as number]));
  const lines = recorded.flatMap(({ src, file = "", line_num = 0, line_col = 0 }, i) =>
    src === undefined
      ? []
      : [pcs[i] as number, builder.string(file), builder.string(`\t ${src}`), (line_num << 10) | line_col],
  );
  const code = {
    xlated,
    funcInfo: u32s(...funcs.flatMap((pc, i) => [pc, types[i] as number])),
    funcInfoRecSize: 8,
    lineInfo: u32s(...lines),
    lineInfoRecSize: 16,
    jitedKsyms: KSYMS,
    jitedFuncLens: [1, 1],
  };
  return { code, btf: new Btf(builder.build()) };
}

describe("listing() of a real program, live_xdp", () => {
  const { code, btf } = liveXdp();
  const rows = () => listing(programCode(code, btf, true, resolve));
  const options = { linum: true, opcodes: true };

  test("listingPlain() prints what bpftool 7.8.0 printed", () => {
    const theirs = dataText(import.meta.url, "data/live_xdp.xlated_linum_opcodes.txt");
    expect(plainText((out) => listingPlain(out, rows(), options))).toBe(theirs);
  });

  test("listingJson() prints what bpftool 7.8.0 printed, indented", () => {
    const ours = jsonText((json) => listingJson(json, rows(), options), { pretty: true });
    expect(`${ours}\n`).toBe(dataText(import.meta.url, JSON_FILE));
  });

  test("listingPlain() without options prints fewer words, the same instructions", () => {
    const theirs = dataText(import.meta.url, "data/live_xdp.xlated_linum_opcodes.txt")
      .split("\n")
      .filter((line) => !/^ {7}[0-9a-f]{2} /.test(line))
      .map((line) => line.replace(/ \[file:t\.bpf\.c line_num:\d+ line_col:\d+\]$/, ""));
    const ours = plainText((out) => listingPlain(out, rows(), { linum: false, opcodes: false }));
    expect(ours.split("\n")).toEqual(theirs);
  });

  test("without BTF neither functions nor lines are printed", () => {
    const bare = listing(programCode(code, undefined, true, resolve));
    const ours = plainText((out) => listingPlain(out, bare, options));
    expect(ours).not.toMatch(/^;|:$/m);
    expect(ours.split("\n").length).toBe(
      2 * [...new InsnArray(code.xlated).instructions()].length + 1, // and the empty end
    );
  });
});

test("programCode() does not ask for symbols that it does not need", () => {
  const { code } = liveXdp();
  const resolveNothing = () => expect.unreachable("no name is needed");
  programCode({ ...code, xlated: insns(insn(0x85, { imm: 1 }), EXIT) }, undefined, true, resolveNothing);
});

test("programCode() refuses records that are shorter than what it knows of them", () => {
  const { code, btf } = liveXdp();
  const error = inspectErrorOf(() => programCode({ ...code, lineInfoRecSize: 8 }, btf, true, resolve));
  expect(error.message).toBe("Cannot parse line_info: records of 8 bytes are shorter than 16");
});

/** The program of proto_linum.plain.txt, with a BTF that must give its signatures. */
function protoLinum(): { code: ProgCode; btf: Btf } {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const char = builder.int("char", 1, { encoding: 1 });
  const intPtr = builder.ref("PTR", int);
  const tag = builder.raw("DECL_TAG", { name: "tag", sizeOrType: int, tail: [0xffffffff] });
  const f1 = builder.func("f1", int, [
    ["a", int],
    ["b", builder.ref("PTR", intPtr)],
    ["c", builder.ref("PTR", builder.ref("CONST", char))],
    ["d", builder.ref("PTR", builder.composite("STRUCT", "S", 4, [["a", int, 0]]))],
  ]);
  const f2 = builder.func("f2", 0, [
    ["x", builder.ref("PTR", builder.composite("STRUCT", "", 4, [["q", int, 0]]))],
    ["u", builder.composite("UNION", "U", 4, [["i", int, 0]])],
    ["e", builder.raw("ENUM", { name: "E", sizeOrType: 4, vlen: 1, tail: [builder.string("A"), 0] })],
    ["fw", builder.ref("PTR", builder.raw("FWD", { name: "FS" }))],
    ["arr", builder.ref("PTR", builder.array(int, 3))],
  ]);
  const callback = builder.proto(int, [
    ["", int],
    ["", intPtr],
  ]);
  const e6 = builder.raw("ENUM64", { name: "E6", sizeOrType: 8, vlen: 1, tail: [builder.string("X"), 1, 0] });
  const f3 = builder.func("f3", intPtr, [
    ["cb", builder.ref("PTR", callback)],
    ["v", builder.ref("PTR", 0)],
    ["vo", builder.ref("VOLATILE", int)],
    ["re", builder.ref("RESTRICT", intPtr)],
    ["t", builder.ref("TYPEDEF", int, "T")],
    ["fl", builder.raw("FLOAT", { name: "float", sizeOrType: 4 })],
    ["e6", e6],
    ["", 0],
  ]);
  const f4 = builder.func("f4", int, [["tagged", tag]]); // has no signature
  const f5 = builder.func("f5", 0, []);
  const f6 = builder.func("f6", int, [
    ["", intPtr],
    ["", int],
  ]);
  const line = (pc: number, file: string, text: string, num: number, col: number) => [
    pc,
    file === "(bad)" ? 0xffff : builder.string(file),
    text === "(bad)" ? 0xffff : builder.string(text),
    (num << 10) | col,
  ];
  const lineInfo = u32s(
    ...line(
      0,
      "/a/very/long/path/that/is/over/thirty/two/chars/file.c",
      '\tindented "q" \\ <x>|{y} & z',
      10,
      5,
    ),
    ...line(1, "short.c", "", 0, 0),
    ...line(2, "/this_is_a_very_long_base_name_over_32_characters.c", "x=1;", 3, 0),
    ...line(4, "short.c", "(bad)", 4, 4),
    ...line(5, "(bad)", "x=1;", 0, 7),
  );
  const code = {
    xlated: insns(...Array.from({ length: 6 }, () => [MOV_R0_0, EXIT]).flat()),
    funcInfo: u32s(0, f1, 2, f2, 4, f3, 6, f4, 8, f5, 10, f6),
    funcInfoRecSize: 8,
    lineInfo,
    lineInfoRecSize: 16,
    jitedKsyms: [],
    jitedFuncLens: [],
  };
  return { code, btf: new Btf(builder.build()) };
}

describe("listing() of crafted functions and lines, proto_linum", () => {
  const { code, btf } = protoLinum();
  const rows = () => listing(programCode(code, btf, true, resolve));

  test("listingPlain() prints what bpftool 7.8.0 printed", () => {
    const theirs = dataText(import.meta.url, "../btf/data/proto_linum.plain.txt");
    expect(plainText((out) => listingPlain(out, rows(), { linum: true, opcodes: false }))).toBe(theirs);
  });

  test("listingJson() leaves out what is not there: text, line and column", () => {
    const [first, second, , , fifth, sixth] = JSON.parse(
      jsonText((json) => listingJson(json, rows(), { linum: true, opcodes: false })),
    );
    const file = "/a/very/long/path/that/is/over/thirty/two/chars/file.c";
    expect(first).toMatchObject({ src: 'indented "q" \\ <x>|{y} & z', file, line_num: 10, line_col: 5 });
    expect(second).toEqual({ src: "", file: "short.c", disasm: "(95) exit" });
    expect(Object.keys(fifth)).toEqual(["proto", "file", "line_num", "line_col", "disasm"]);
    expect(sixth).toEqual({ src: "x=1;", file: "", line_col: 7, disasm: "(95) exit" });
  });
});
