/** `whereis`: its words, the frames of texts, what it prints. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { framesOf, MAX_FRAMES } from "../../src/cli/whereis/frames.ts";
import { placeQuery } from "../../src/cli/whereis/query.ts";
import { TextBuffer } from "../../src/bytes/sink.ts";
import { placeJson, placePlain } from "../../src/render/whereis/answer.ts";
import { LOADED, SYMBOLS, TAG } from "../support/loaded-program.ts";
import { jsonText } from "../support/rendered.ts";
import { runCli } from "../support/run-cli.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const FOLDER = tempFolder();
const SNAPSHOT = saveMachine(FOLDER, "loaded", LOADED);
const BIN = path.resolve(import.meta.dirname, "../../bin/bpflens.cjs");

describe("placeQuery()", () => {
  test.each([
    ["0xffffffffc0300000", 0xffffffffc0300000n],
    ["ffffffffc0300000", 0xffffffffc0300000n],
    ["FFFFFFFFC0300000", 0xffffffffc0300000n],
    ["0x10", 16n],
    ["00000010", 16n],
    ["0", undefined],
    ["abcdef1", undefined],
    ["0xfffffffffffffffff", undefined],
    ["fffffffffffffffff", undefined],
    ["0x", undefined],
  ])("%s as an address", (text, address) => {
    const query = placeQuery(text);
    expect(query.kind === "address" ? query.address : undefined).toBe(address);
  });

  test.each([
    ["tcp_sendmsg", "tcp_sendmsg", 0, undefined],
    ["tcp_sendmsg+0x10/0x90", "tcp_sendmsg", 16, 0x90],
    ["tcp_sendmsg+10", "tcp_sendmsg", 10, undefined],
    ["foo.isra.0.cold+0xa", "foo.isra.0.cold", 10, undefined],
    ["_RNvXs_$x+1/2", "_RNvXs_$x", 1, 2],
    ["beef", "beef", 0, undefined],
  ])("%s as a symbol", (text, symbol, offset, size) => {
    const wanted = { text, kind: "symbol", symbol, offset, ...(size !== undefined && { size }) };
    expect(placeQuery(text)).toEqual(wanted);
  });

  test.each(["", "+", "x+", "x+0x", "x+a0", "x/1", "x+1/", "1x", "a b", "x+0x123456789", "?"])(
    "%j is a mistake",
    (text) => expect(placeQuery(text)).toMatchObject({ text, kind: "mistake" }),
  );

  test("any word", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(placeQuery(text).text).toBe(text);
      }),
    );
  });
});

describe("framesOf()", () => {
  const A = `bpf_prog_${TAG}_a`;
  test.each([
    ["an oops", `[   12.5]  ${A}+0x8a0/0x900\n`, [`${A}+0x8a0/0x900`]],
    ["a frame that the kernel is not sure of", `[   12.5]  ? ${A}+0x8/0x9\n`, [`${A}+0x8/0x9`]],
    ["the instruction itself on x86", `[ 1.5] RIP: 0010:${A}+0x8/0x9\n`, [`${A}+0x8/0x9 exact`]],
    ["on arm64", `pc : ${A}+0x8/0x9\nlr : ${A}+0x4/0x9\n`, [`${A}+0x8/0x9 exact`, `${A}+0x4/0x9`]],
    ["on riscv", `epc : ${A}+0x8/0x9\n ra : ${A}+0x4/0x9\n`, [`${A}+0x8/0x9 exact`, `${A}+0x4/0x9`]],
    [
      "on ppc",
      `NIP [c0080000] ${A}+0x8/0x9\nLR [c0080000] ${A}+0x4/0x9\n`,
      [`${A}+0x8/0x9 exact`, `${A}+0x4/0x9`],
    ],
    ["bpftrace", `\n        ${A}+32\n        bpf_trace_run2+242\n`, [`${A}+32`]],
    ["perf script", `\tffffffffc00010f0 ${A}+0x20 (${A})\n`, [`${A}+0x20`]],
    ["a symbol alone", `${A}\r\n`, [A]],
    ["other functions", "bpf_prog_run+0x1/0x2\nxbpf_prog_0123456789abcdef+0x1\n", []],
    ["nothing", "", []],
  ])("%s", (_, text, frames) => {
    const found = framesOf(text).frames.map(({ text: frame, exact }) => `${frame}${exact ? " exact" : ""}`);
    expect(found).toEqual(frames);
  });

  test("no more than there is room for", () => {
    const line = `bpf_prog_${TAG}+0x1\n`;
    expect(framesOf(line.repeat(MAX_FRAMES))).toMatchObject({ cut: false });
    const { frames, cut } = framesOf(line.repeat(MAX_FRAMES + 1));
    expect([frames.length, cut]).toEqual([MAX_FRAMES, true]);
  });

  test("any text", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom("\n", "RIP: ", `bpf_prog_${TAG}`, "_f", "+0x1", "/", "+"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        for (const query of framesOf(parts.join("")).frames) expect(query.kind).toBe("symbol");
      }),
    );
  });
});

const BEHIND_CALL = `${SYMBOLS.main}+0x18/0x28`;

const BLOCK = `${BEHIND_CALL}
  program   7: xdp  name placed  tag ${TAG}
  function  placed+0x18/0x28
  address   0xffffffffc0001018
  as a return address, behind a call:
  insns     pc 0 to 2
               0: (18) r1 = 0x0
               2: (85) call bpf_map_lookup_elem#1
  source    p.bpf.c:10:5
            line 10;
  as the address of an instruction:
  insns     pc 3 to 4
               3: (b7) r0 = 0
               4: (85) call bpf_tail_call#12
  source    p.bpf.c:12:5
            line 12;
`;

const OBJECT = {
  query: BEHIND_CALL,
  address: "0xffffffffc0001018",
  prog: { id: 7, type: "xdp", name: "placed", tag: TAG, gpl_compatible: false },
  symbol: SYMBOLS.main,
  func: "placed",
  func_index: 0,
  offset: 24,
  func_size: 40,
  first_pc: 3,
  last_pc: 4,
  src: "line 12;",
  file: "p.bpf.c",
  line_num: 12,
  line_col: 5,
  insns: [
    { pc: 3, disasm: "(b7) r0 = 0" },
    { pc: 4, disasm: "(85) call bpf_tail_call#12" },
  ],
  if_return_address: {
    first_pc: 0,
    last_pc: 2,
    src: "line 10;",
    file: "p.bpf.c",
    line_num: 10,
    line_col: 5,
    insns: [
      { pc: 0, disasm: "(18) r1 = 0x0" },
      { pc: 2, disasm: "(85) call bpf_map_lookup_elem#1" },
    ],
  },
};

describe("the command", () => {
  test("a block for people", async () => {
    expect(await cliFrom(SNAPSHOT, `whereis ${BEHIND_CALL}`)).toEqual({
      stdout: BLOCK,
      stderr: "",
      status: 0,
    });
  });

  test("an object for scripts", async () => {
    const { stdout } = await cliFrom(SNAPSHOT, `-j whereis ${BEHIND_CALL}`);
    expect(stdout).toBe(`${JSON.stringify([OBJECT])}\n`);
  });

  test("several: blocks apart; what has no answer does not hide the others", async () => {
    const line = `whereis ${BEHIND_CALL} ffffffff81000000 ? ${SYMBOLS.sub}`;
    const { stdout, stderr, status } = await cliFrom(SNAPSHOT, line);
    expect(stdout.split("\n\n").map((block) => block.split("\n")[0])).toEqual([BEHIND_CALL, SYMBOLS.sub]);
    expect(stderr).toBe(
      "Error: ffffffff81000000: no program is there, and only the running kernel has all of its symbols\nError: ?: expected an address or SYMBOL[+OFFSET[/SIZE]]\n",
    );
    expect(status).toBe(255);
    const json = await cliFrom(SNAPSHOT, `-p ${line}`);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { func: "placed" },
      { query: "ffffffff81000000", error: expect.stringContaining("no program is there") },
      { query: "?", error: expect.stringContaining("expected an address") },
      { func_index: 1 },
    ]);
    expect([json.stderr, json.status]).toEqual(["", 255]);
  });

  test("whole text from stdin", () => {
    const input = `[1.0] RIP: 0010:${BEHIND_CALL}\n[1.0] Call Trace:\n[1.0]  ${BEHIND_CALL}\n`;
    const { stdout, status } = spawnSync(process.execPath, [BIN, "--from", SNAPSHOT, "-j", "whereis", "-"], {
      encoding: "utf8",
      input,
    });
    const { if_return_address, ...exact } = OBJECT;
    expect(JSON.parse(stdout)).toEqual([exact, OBJECT]);
    expect(status).toBe(0);
  });

  test("stdin without a frame", () => {
    const { stderr, status } = spawnSync(process.execPath, [BIN, "--from", SNAPSHOT, "whereis", "-"], {
      encoding: "utf8",
      input: "all is well\n",
    });
    expect([stderr, status]).toEqual([
      "Error: there is no frame of a program (bpf_prog_...) in stdin\n",
      255,
    ]);
  });

  test("no words show help", async () => {
    const { stderr, status } = await cliFrom(SNAPSHOT, ["whereis"]);
    expect(stderr).toContain("whereis");
    expect(status).toBe(255);
  });

  test("an object file has no addresses", async () => {
    const object = path.join(import.meta.dirname, "../sources/data/maps/ops.bpfel.o");
    expect((await runCli(["--from", object, "whereis", "0x10"])).stderr).toBe(
      "Error: programs of a file have no addresses: they are compiled when the kernel loads them\n",
    );
  });

  test("real programs: the bundled snapshot", async () => {
    const { stdout } = await runCli([
      "--from",
      "demo",
      "-j",
      "whereis",
      "bpf_prog_80a0da6f75973170_xdp_guard+0x30",
    ]);
    expect(JSON.parse(stdout)).toMatchObject([
      { func: "xdp_guard", offset: 0x30, func_size: 801, file: "./xdp_guard.bpf.c", src: "frames_seen++;" },
    ]);
  });
});

describe("what is printed", () => {
  const symbol = { name: "nf_hook", module: "nf_tables", address: 0xffffffffc0200000n };
  const query = { text: "nf_hook+5", kind: "symbol", symbol: "nf_hook", offset: 5 } as const;
  const kernel = { query, kind: "kernel", symbol, offset: 5n } as const;

  test("symbols of the kernel", () => {
    const out = new TextBuffer();
    placePlain(out, kernel);
    expect(out.toString()).toBe(
      "nf_hook+5\n  kernel    nf_hook+0x5 [nf_tables]\n  address   0xffffffffc0200005\n",
    );
    expect(jsonText((json) => placeJson(json, kernel))).toBe(
      '{"query":"nf_hook+5","address":"0xffffffffc0200005","symbol":"nf_hook","offset":5,"module":"nf_tables"}',
    );
  });

  test("what little is known of a program", () => {
    const [prog] = LOADED.progs ?? [];
    if (!prog) throw new Error("no program");
    const out = new TextBuffer();
    const many = Array.from({ length: 16 }, (_, pc) => ({ pc, text: "(95) exit" }));
    const source = { text: undefined, file: "", line: 0, column: 0 };
    const answer = {
      query,
      kind: "program",
      progName: "",
      offset: 5,
      notes: ["doubtful"],
      func: { prog, index: 2, address: undefined, length: 0, symbol: undefined },
      place: {
        name: undefined,
        at: { firstPc: 0, lastPc: 99, insns: many, source },
        before: undefined,
        why: undefined,
      },
    } as const;
    placePlain(out, answer);
    const rows = out.toString().split("\n");
    expect(rows[1]).toBe(`  program   7: xdp  tag ${TAG}`);
    expect(rows[2]).toBe("  function  function 2+0x5/0x0  subprogram 2");
    expect(rows.slice(-5)).toEqual([
      "              15: (95) exit",
      "                  ...",
      "  source    ?: no line, the compiler has added this code",
      "  note      doubtful",
      "",
    ]);
    expect(JSON.parse(jsonText((json) => placeJson(json, answer)))).toMatchObject({
      file: "",
      notes: ["doubtful"],
    });
  });
});
