/**
 * `prog dump jited` as a whole: what bpftool printed of the programs of a snapshot, and what cannot be
 * printed.
 */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { jitedDump } from "../../src/cli/prog/jited.ts";
import { Registry } from "../../src/model/registry.ts";
import { dataText } from "../support/data.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { hostRecord, progCode, progRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const FOLDER = tempFolder();
const STAGE = fileURLToPath(new URL("../native/data/stage.zip", import.meta.url));

/** Command lines with their output. */
function recordings(): [line: string, output: string][] {
  const [, ...parts] = dataText(import.meta.url, "../native/data/stage.txt").split(/^\$ bpftool /m);
  return parts.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]);
}

/** The key that bpftool does not have. */
const ARGS = /,\s*"args": ?\[(?:"[^"]*"(?:,"[^"]*")*\s*)?\]/g;

function fromStage(line: string) {
  return runCli(["--from", STAGE, ...line.split(" ")]);
}

describe("what bpftool printed of", () => {
  test.each(recordings())("%s", async (line, output) => {
    const { stdout, stderr, status } = await fromStage(line);
    expect([stderr, status]).toEqual(["", 0]);
    const json = line.startsWith("-");
    expect(json ? stdout.replace(ARGS, "") : stdout).toBe(Buffer.from(output, "latin1").toString("utf8"));
  });
});

test("operands stay whole under a key of their own", async () => {
  const { stdout } = await fromStage("-j prog dump jited name tc_tally");
  const insns: { operation: string; operands: string[]; args: string[] }[] = JSON.parse(stdout)[0].insns;
  const found = insns.filter(({ args }) => args.length === 2 && args[1]?.endsWith("(%rbp)"));
  expect(found.length).toBeGreaterThan(5);
  for (const { operands, args } of found)
    expect(args.join(",").split(/[,()]/).filter(Boolean)).toEqual(operands);
});

test("several programs", async () => {
  const { stdout } = await fromStage("prog dump jited tag e39a6c3aff614fe1");
  const parts = stdout.split(/^(?=\d+: )/m);
  expect(parts.map((part) => part.slice(0, part.indexOf("\n")))).toEqual([
    expect.stringMatching(/^\d+: socket_filter {2}name twin_left {2}tag e39a6c3aff614fe1 {2}gpl$/),
    expect.stringMatching(/^\d+: socket_filter {2}name twin_right {2}tag e39a6c3aff614fe1 {2}gpl$/),
  ]);
  for (const part of parts) {
    const [id = ""] = part.split(":", 1);
    const alone = await fromStage(`prog dump jited id ${id}`);
    expect(part.slice(part.indexOf("\n") + 1).trimEnd()).toBe(alone.stdout.trimEnd());
  }
  const json: { id: number; insns: unknown[] }[] = JSON.parse(
    (await fromStage("-j prog dump jited tag e39a6c3aff614fe1")).stdout,
  );
  expect(json.map(({ insns }) => insns.length)).toEqual([1, 1]);
});

test("visual and names mean nothing here", async () => {
  const plain = await fromStage("prog dump jited name tc_tally linum");
  expect(await fromStage("prog dump jited name tc_tally visual linum names")).toEqual(plain);
});

test("into a file", async () => {
  const file = path.join(FOLDER, "image.bin");
  const json = JSON.parse((await fromStage("-j prog dump jited name xdp_guard opcodes")).stdout);
  const listed = json.flatMap((func: { insns: { opcodes: string[] }[] }) =>
    func.insns.flatMap(({ opcodes }) => opcodes.map(Number)),
  );
  expect(await fromStage(`prog dump jited name xdp_guard file ${file}`)).toEqual({
    stdout: "",
    stderr: "",
    status: 0,
  });
  expect([...readFileSync(file)]).toEqual(listed);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

const IMAGE = {
  jited: Uint8Array.of(0x20, 0x00, 0x00, 0x4c, 0xff),
  jitedLineInfo: new Uint8Array(),
  jitedLineInfoRecSize: 8,
};

/** Program 1 with an image, 2 without, 3 not compiled. */
function machine(rest: Partial<Machine> = {}): Machine {
  const code = progCode({ jitedKsyms: [0xffff8000n], jitedFuncLens: [5] });
  return {
    progs: [
      progRecord({ id: 1, name: "one", jitedLen: 5 }),
      progRecord({ id: 2, name: "two", jitedLen: 5 }),
      progRecord({ id: 3, name: "three" }),
    ],
    images: new Map([[1, IMAGE]]),
    code: new Map([
      [1, code],
      [2, code],
    ]),
    ...rest,
  };
}

describe("machines that the disassembler does not know", () => {
  const images = new Map([1, 2].map((id) => [id, IMAGE]));
  const progs =
    machine()
      .progs?.slice(0, 2)
      .map((prog) => ({ ...prog, name: "same" })) ?? [];
  const host = hostRecord({ machine: "loongarch64" });
  const place = saveMachine(FOLDER, "loongarch", { ...machine(), host, progs, images });

  test("are shown as words of data, and that is said once", async () => {
    const { stdout, stderr } = await cliFrom(place, "prog dump jited name same opcodes");
    const listed =
      "0x00000000ffff8000:\n   0:\t.long\t0x4c000020\n\t20 00 00 4c \n   4:\t.byte\t0xff\n\tff \n\n";
    const header = (id: number) => `${id}: xdp  name same  tag 0123456789abcdef\n`;
    expect(stdout).toBe(`${header(1)}${listed}\n${header(2)}${listed}`);
    expect(stderr).toBe("Warning: no disassembler for machine 'loongarch64': its code is shown as data\n");
  });

  test("in JSON, too", async () => {
    const { stdout } = await cliFrom(place, "-j prog dump jited id 1");
    expect(JSON.parse(stdout)).toEqual([
      {
        name: "0x00000000ffff8000",
        insns: [
          { pc: "0x0", operation: ".long", operands: ["0x4c000020"], args: ["0x4c000020"] },
          { pc: "0x4", operation: ".byte", operands: ["0xff"], args: ["0xff"] },
        ],
      },
    ]);
  });
});

test("code for a device is shown as data", async () => {
  const device = { ifindex: 7, netnsDev: 4n, netnsIno: 4_026_531_992n };
  const progs = [progRecord({ id: 1, jitedLen: 5, device })];
  const place = saveMachine(FOLDER, "device", machine({ progs }));
  const { stdout, stderr } = await cliFrom(place, "prog dump jited id 1");
  expect(stdout).toContain("   0:\t.long\t0x4c000020\n");
  expect(stderr).toBe("Warning: program 1 is compiled for a device: its code is shown as data\n");
});

test("the machine is the snapshot's, not the reader's", async () => {
  const jited = Uint8Array.of(0xc0, 0x03, 0x5f, 0xd6, 0x07);
  const images = new Map([[1, { ...IMAGE, jited }]]);
  const listed = async (name: string) => {
    const place = saveMachine(FOLDER, name, { ...machine(), images, host: hostRecord({ machine: name }) });
    return (await cliFrom(place, "prog dump jited id 1")).stdout;
  };
  expect(await listed("aarch64")).toContain("   0:\tret\n   4:\t.byte\t0x07\n");
  expect(await listed("x86_64")).toContain(
    "   0:\trolb\t$95, (%rbx)\n   3:\t.byte\t0xd6\n   4:\t.byte\t0x07\n",
  );
});

describe("what there is not", () => {
  const place = saveMachine(FOLDER, "machine", machine());

  test.each([
    ["prog dump jited id 2", "error retrieving jit dump: "],
    ["prog dump jited id 3", "error retrieving jit dump: "],
    [`prog dump jited id 2 file ${FOLDER}/none`, "error retrieving jit dump: "],
  ])("%s", async (line, message) => {
    const { stdout, stderr, status } = await cliFrom(place, line);
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toMatch(`Error: ${message}`);
    const json = await cliFrom(place, ["-j", ...line.split(" ")]);
    expect(JSON.parse(json.stdout).error).toMatch(message);
  });

  test("an object file has no images", () => {
    const registry = new Registry(memorySource({ ...machine(), kind: "object" }));
    expect(inspectErrorOf(() => jitedDump.bytes(registry, registry.source.prog(1))).message).toBe(
      "program 1 has no JIT image: it is compiled when the kernel loads it",
    );
  });
});

test("what does not fit together is said", async () => {
  const code = new Map([[1, progCode({ jitedKsyms: [1n], jitedFuncLens: [9] })]]);
  const place = saveMachine(FOLDER, "unfit", machine({ code }));
  const { stderr, status } = await cliFrom(place, "prog dump jited id 1");
  expect([stderr, status]).toEqual([
    "Warning: program 1: its functions have 9 bytes, but its image only 5\n",
    0,
  ]);
});
