import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { svgPng } from "../../src/render/graph/png.ts";
import { insn, insns } from "../support/insns.ts";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";

vi.setConfig({ testTimeout: 30_000 });

const folder = tempFolder();

/** Without fonts no PNG is drawn: graph-png.test.ts has what is said then. */
const hasFonts = await svgPng({
  text: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
  width: 1,
  height: 1,
}).then(
  () => true,
  () => false,
);

function graph(...words: string[]) {
  return runCli(["--from", "demo", "prog", "graph", "name", "xdp_guard", ...words]);
}

describe("prog graph", () => {
  it("prints DOT", async () => {
    const { stdout, stderr, status } = await graph();
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^digraph "xdp_guard \(xdp, id \d+\)" \{\n/);
    expect(stdout.match(/^subgraph "cluster_\d"/gm)).toHaveLength(5);
  });

  it("prints JSON when asked", async () => {
    const { stdout, status } = await graph("-j");
    const { program, functions } = JSON.parse(stdout);
    expect([status, program.name]).toEqual([0, "xdp_guard"]);
    expect(functions.map(({ name }: { name: string }) => name)).toEqual([
      "xdp_guard",
      "is_blocked",
      "remember",
      "sum_words",
      "count_verdict",
    ]);
  });

  it("takes one function, source places, opcodes and names", async () => {
    const { stdout } = await graph("func", "remember", "linum", "opcodes", "names", "-j");
    const { functions } = JSON.parse(stdout);
    expect(functions).toHaveLength(1);
    const all = functions[0].blocks.flatMap(({ insns }: { insns: object[] }) => insns);
    expect(all[0]).toMatchObject({ pc: 183, file: "./xdp_guard.bpf.c", bytes: "63 1a fc ff 00 00 00 00" });
    expect(all.some(({ note }: { note?: string }) => note?.includes("talkers"))).toBe(true);
  });

  const files: [ending: string, start: string][] = [
    ["svg", "<svg "],
    ["SVG", "<svg "],
    ...(hasFonts ? [["png", "\x89PNG\r\n"] as [string, string]] : []),
    ["dot", "digraph "],
    ["json", '{"format":"bpflens-graph","version":1,'],
    ["mmd", "---\ntitle: "],
  ];
  it.each(files)("draws into a .%s file", async (ending, start) => {
    const file = path.join(folder, `x.${ending}`);
    expect(await graph("func", "1", "-o", file)).toEqual({ stdout: `drew ${file}\n`, stderr: "", status: 0 });
    const content = fs.readFileSync(file, "latin1");
    expect(content.slice(0, start.length)).toBe(start);
    expect(fs.statSync(file).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it("writes an indented .json file with -p, and tells of the file in JSON", async () => {
    const file = path.join(folder, "pretty.json");
    const { stdout } = await graph("-p", "--output", file);
    expect(JSON.parse(stdout)).toEqual({ file });
    expect(fs.readFileSync(file, "utf8")).toMatch(/^\{\n {4}"format"/);
  });

  it("takes the place of a file that is there", async () => {
    const file = path.join(folder, "again.dot");
    fs.writeFileSync(file, "x".repeat(1_000_000));
    await graph("func", "1", "-o", file);
    expect(fs.readFileSync(file, "utf8")).toMatch(/^digraph .*\}\n$/s);
  });

  const mistakes: [behaviour: string, words: string[], message: string][] = [
    [
      "an ending that it does not know",
      ["-o", "x.pdf"],
      "cannot draw into 'x.pdf': expected a file name that ends in .svg, .png, .dot, .json, .mmd",
    ],
    [
      "no ending",
      ["-o", "svg"],
      "cannot draw into 'svg': expected a file name that ends in .svg, .png, .dot, .json, .mmd",
    ],
    [
      "a folder that is not there",
      ["-o", "/no/such/folder/x.dot"],
      "can't write file /no/such/folder/x.dot: No such file or directory",
    ],
    ["a missing function", ["func"], "expected function name"],
    [
      "a function that is not there",
      ["func", "nope"],
      "no function 'nope', there is: xdp_guard, is_blocked, remember, sum_words, count_verdict",
    ],
  ];
  it.each(mistakes)("refuses %s", async (_behaviour, words, message) => {
    expect(await graph(...words)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
  });

  it("shows help for words that it does not know, and for too few", async () => {
    expect((await graph("visual")).stderr).toMatch(/^Usage: /);
    const { stderr, status } = await runCli(["--from", "demo", "prog", "graph", "id"]);
    expect([status, stderr.split("\n")[0]]).toEqual([
      255,
      "Error: 'graph' needs at least 2 arguments, 1 found",
    ]);
  });

  it("draws one program only", async () => {
    const { stdout } = await runCli(["--from", "demo", "-j", "prog", "show", "name", "twin_left"]);
    const { tag } = JSON.parse(stdout);
    const { stderr, status } = await runCli(["--from", "demo", "prog", "graph", "tag", tag]);
    expect([status, stderr]).toEqual([255, "Error: several programs matched\n"]);
  });

  it("tells how far it is with large programs, and what Mermaid will not draw", async () => {
    const slots = Array.from({ length: 2100 }, () => insn(0x15));
    const bytes = path.join(folder, "large.bin");
    fs.writeFileSync(bytes, insns(...slots, insn(0x95)));
    const source = ["--from", `insns:${bytes}`, "prog", "graph", "id", "1", "-o"];
    expect((await runCli([...source, path.join(folder, "large.svg")])).stderr.split("\n")).toEqual([
      "0 of 2103 blocks are drawn; 'func NAME' draws one function",
      "1000 of 2103 blocks are drawn",
      "2000 of 2103 blocks are drawn",
      "2103 of 2103 blocks are drawn",
      "",
    ]);
    expect((await runCli([...source, path.join(folder, "large.mmd")])).stderr).toMatch(
      /^Warning: Mermaid draws no more than 50000 characters and 500 edges, this has \d+ and 4202, unless/,
    );
  });

  it("prints what docs/graph-format.md says", async () => {
    const doc = fs.readFileSync(new URL("../../docs/graph-format.md", import.meta.url), "utf8");
    const examples = Array.from(doc.matchAll(/```json\n(.*?)```/gs), ([, text = ""]) =>
      JSON.parse(text.replaceAll("[ ... ]", "[]")),
    );
    const [head, func, block, insn, , edge] = examples;
    const { functions, ...rest } = JSON.parse((await graph("-j")).stdout);
    const { blocks, edges, ...own } = functions[func.number];
    expect({ ...rest, functions: [] }).toEqual(head);
    expect(own).toMatchObject({
      number: 3,
      name: func.name,
      proto: func.proto,
      start: func.start,
      end: func.end,
    });
    expect(blocks.map((one: object) => ({ ...one, insns: [] }))).toContainEqual(block);
    expect(edges).toContainEqual(edge);
    const shape = await runCli(["-F", "demo", "-j", "prog", "graph", "name", "tc_shape", "linum", "opcodes"]);
    const [main] = JSON.parse(shape.stdout).functions;
    expect(main.blocks.flatMap(({ insns }: { insns: object[] }) => insns)).toContainEqual(insn);
  });
});
