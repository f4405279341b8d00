/** `cbpf dump` as a whole: words, where the program comes from, warnings. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";

const FOLDER = tempFolder();
const BIN = path.resolve(import.meta.dirname, "../../bin/bpflens.cjs");

const COMMAS = "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";
const NUMBERS = `${COMMAS.replaceAll(",", "\n")}\n`;
const HEX = "300000000900000015000001060000000600000001000000" + "0600000000000000";
const BIG_HEX = "003000000000000900150001000000060006000000000001" + "0006000000000000";
const LISTING =
  "(000) ldb      [9]\n(001) jeq      #0x6             jt 2\tjf 3\n(002) ret      #1\n(003) ret      #0\n";

function put(name: string, content: string | Uint8Array): string {
  const file = path.join(FOLDER, name);
  fs.writeFileSync(file, content);
  return file;
}

async function run(...words: string[]) {
  const { stdout, stderr, status } = await runCli(["cbpf", "dump", ...words]);
  return [stdout, stderr, status];
}

describe("where the program comes from", () => {
  test.each([
    ["numbers", put("numbers", NUMBERS)],
    ["an array", put("array", Buffer.from(HEX, "hex"))],
    ["a name with more than ASCII", put("größe", NUMBERS)],
  ])("a file: %s", async (_, file) => expect(await run(file)).toEqual([LISTING, "", 0]));

  test.each([COMMAS, NUMBERS, HEX])("insns %j", async (text) => {
    expect(await run("insns", text)).toEqual([LISTING, "", 0]);
  });

  test.each([[[]], [["-"]]])("stdin: %j", (words) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, "cbpf", "dump", ...words], {
      encoding: "utf8",
      input: NUMBERS,
    });
    expect([stdout, stderr, status]).toEqual([LISTING, "", 0]);
  });

  test("stdin, where the first word is an option", () => {
    const { stdout, status } = spawnSync(process.execPath, [BIN, "cbpf", "dump", "be"], {
      encoding: "utf8",
      input: Buffer.from(BIG_HEX, "hex"),
    });
    expect([stdout, status]).toEqual([LISTING, 0]);
  });

  test("files that are called like words", async () => {
    put("graph", NUMBERS);
    const file = `${FOLDER}/./graph`;
    expect(await run(file)).toEqual([LISTING, "", 0]);
  });
});

describe("be", () => {
  test.each([
    ["hex", ["insns", BIG_HEX, "be"]],
    ["a file", [put("big", Buffer.from(BIG_HEX, "hex")), "be"]],
  ])("%s", async (_, words) => expect(await run(...words)).toEqual([LISTING, "", 0]));

  test("has no meaning for numbers", async () => {
    expect(await run("insns", COMMAS, "be")).toEqual([
      "",
      "Error: 'be' is for arrays: numbers that tcpdump prints have no byte order\n",
      255,
    ]);
  });

  test("is proposed", async () => {
    const [stdout, stderr, status] = await run("insns", BIG_HEX);
    expect(stdout).toMatch(/^\(000\) unimp {4}0x3000\n/);
    expect([stderr, status]).toEqual([
      "Warning: no opcode is known, but all are when read as big-endian\n",
      0,
    ]);
  });
});

test("JSON", async () => {
  const { stdout, stderr } = await runCli(["-j", "cbpf", "dump", "insns", COMMAS]);
  expect(JSON.parse(stdout)).toHaveLength(4);
  expect(stdout.endsWith("]\n")).toBe(true);
  expect(stderr).toBe("");
});

test("warnings go to stderr, in JSON as well", async () => {
  const warnings = [
    "Warning: the text promises 4 instructions, and has 2",
    "Warning: instruction 1 jumps out of the program, to 2, and 1 more do so",
    "",
  ].join("\n");
  const short = "4,48 0 0 9,21 0 1 6";
  expect(await run("insns", short)).toEqual([LISTING.slice(0, LISTING.indexOf("(002)")), warnings, 0]);
  const { stdout, stderr, status } = await runCli(["-j", "cbpf", "dump", "insns", short]);
  expect([JSON.parse(stdout).length, stderr, status]).toEqual([2, warnings, 0]);
});

describe("graph", () => {
  const draw = (...words: string[]) => run("insns", COMMAS, ...words);
  const inFolder = (name: string) => path.join(FOLDER, name);

  test("DOT", async () => {
    const [stdout, stderr, status] = await draw("graph");
    expect(stdout).toMatch(/^digraph "classic BPF" \{\n/);
    expect(stdout).toContain('label = "block 2\\l(000) ldb [9]\\l(001) jeq #0x6 jt 2 jf 3\\l"');
    expect([stderr, status]).toEqual(["", 0]);
    expect(await draw("graph", "-o", inFolder("a.dot"))).toEqual([`drew ${inFolder("a.dot")}\n`, "", 0]);
    expect(fs.readFileSync(inFolder("a.dot"), "utf8")).toBe(stdout);
  });

  test("JSON", async () => {
    const [stdout, stderr, status] = await draw("graph", "-j");
    const ret = (number: number, pc: number, disasm: string) => ({
      number,
      start: pc,
      end: pc + 1,
      reach: "reached",
      exits: true,
      insns: [{ pc, disasm }],
    });
    expect(JSON.parse(String(stdout))).toEqual({
      format: "bpflens-graph",
      version: 1,
      program: { type: "classic" },
      functions: [
        {
          number: 0,
          name: "filter",
          start: 0,
          end: 4,
          blocks: [
            {
              number: 2,
              start: 0,
              end: 2,
              reach: "reached",
              insns: [
                { pc: 0, disasm: "ldb      [9]" },
                { pc: 1, disasm: "jeq      #0x6             jt 2\tjf 3" },
              ],
            },
            ret(3, 2, "ret      #1"),
            ret(4, 3, "ret      #0"),
          ],
          outside: [],
          edges: [
            { from: 0, to: 2, kind: "entry", back: false },
            { from: 2, to: 3, kind: "taken", back: false },
            { from: 2, to: 4, kind: "fallthrough", back: false },
            { from: 3, to: 1, kind: "exit", back: false },
            { from: 4, to: 1, kind: "exit", back: false },
          ],
          loops: [],
        },
      ],
    });
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("JSON of a loop, and of what is not there", async () => {
    const { stdout } = await runCli([
      "-j",
      "cbpf",
      "dump",
      "insns",
      "3,21 0 1 0,5 0 0 4294967294,21 0 6 0",
      "graph",
    ]);
    const [{ blocks, outside, edges, loops }] = JSON.parse(stdout).functions;
    expect(blocks.map(({ loop }: { loop?: number }) => loop)).toEqual([2, 2, undefined]);
    expect(loops).toEqual([{ head: 2, depth: 1, irreducible: false }]);
    expect(outside).toEqual([
      { number: 5, target: 3, what: "nothing" },
      { number: 6, target: 9, what: "nothing" },
    ]);
    expect(edges.slice(3)).toEqual([
      { from: 3, to: 2, kind: "goto", back: true },
      { from: 4, to: 5, kind: "taken", back: false },
      { from: 4, to: 6, kind: "fallthrough", back: false },
    ]);
  });

  const formats: readonly (readonly [ending: string, start: RegExp])[] = [
    ["svg", /^<svg [\s\S]*\(001\).*jeq #0x6 jt 2 jf 3/],
    ["json", /^\{"format":"bpflens-graph",/],
    ["mmd", /^---\ntitle: "classic BPF"\n---\nflowchart TD\n/],
    ["DOT", /^digraph /],
  ];
  test.each(formats)("-o FILE.%s, with and without the word", async (ending, start) => {
    for (const words of [[], ["graph"]]) {
      const file = inFolder(`${words.length}.${ending}`);
      expect(await draw(...words, "-o", file)).toEqual([`drew ${file}\n`, "", 0]);
      expect(fs.readFileSync(file, "utf8")).toMatch(start);
    }
  });

  test("-j -o FILE tells the file", async () => {
    const file = inFolder("b.dot");
    const { stdout } = await runCli(["-j", "cbpf", "dump", "insns", COMMAS, "-o", file]);
    expect(JSON.parse(stdout)).toEqual({ file });
  });

  test("an ending that is no format is told before anything is read", async () => {
    const [stdout, stderr, status] = await run(inFolder("none"), "-o", "x.gif");
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toMatch(/^Error: cannot draw into 'x.gif': expected /);
  });
});

describe("mistakes", () => {
  const LARGE = put("large", Buffer.alloc((1 << 22) + 1));
  const none = path.join(FOLDER, "none");
  const rows: readonly (readonly [words: readonly string[], message: string])[] = [
    [[none], `Cannot read '${none}': No such file or directory`],
    [[FOLDER], `Cannot read '${FOLDER}': Is a directory`],
    [[LARGE], `Cannot read '${LARGE}': larger than any classic program`],
    [[put("empty", "")], "Cannot parse classic BPF: there is nothing to read"],
    [["insns", ""], "Cannot parse classic BPF: there is nothing to read"],
    [
      ["insns", "xyz"],
      "Cannot parse classic BPF: line 1: expected a sock_filter array, hex digits, or what tcpdump prints with -dd or -ddd, found 'xyz'",
    ],
    [["insns", COMMAS, "gr"], "expected 'be' or 'graph', got: 'gr'"],
    [["insns", COMMAS, ""], "expected 'be' or 'graph', got: ''"],
    [["insns", COMMAS, "graph", "visual"], "expected 'be' or 'graph', got: 'visual'"],
    [[none, "more"], "expected 'be' or 'graph', got: 'more'"],
  ];
  test.each(rows)("%j", async (words, message) => {
    const [stdout, stderr, status] = await run(...words);
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toBe(`Error: ${message}\n`);
    const json = await runCli(["-j", "cbpf", "dump", ...words]);
    expect(JSON.parse(json.stdout)).toEqual({ error: message });
    expect([json.stderr, json.status]).toEqual(["", 255]);
  });

  test("insns without a text shows the help", async () => {
    const [stdout, stderr, status] = await run("insns");
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toContain("Usage: bpflens");
  });
});
