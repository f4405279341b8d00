/**
 * `prog tracelog stdout|stderr PROG` on a kernel whose programs have printed. The words, their errors and statuses, and that an empty
 * stream prints nothing, are as bpftool 7.8.0 has them on Linux 6.18.
 */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { readProgStream } from "../../src/sources/live/prog-stream.ts";
import { BPF } from "../../src/sys/attr.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { type FakeOptions, type FakeSyscalls, fakeSyscalls } from "../support/fake-syscalls.ts";
import { memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { progRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";

const kernel = vi.hoisted((): { sys?: Syscalls } => ({}));
vi.mock("../../src/sys/linux.ts", () => ({ linuxSyscalls: () => kernel.sys }));

const MACHINE = memorySource({
  progs: [7, 8, 9].map((id) => progRecord({ id, name: id === 7 ? "talker" : "twin" })),
  pins: [{ kind: "prog", id: 7, path: "/sys/fs/bpf/talker" }],
});
/** Bytes of all values, and lines of all kinds. */
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("latin1");
const STDOUT = 'one\n"two"\n\nend';
const STDERR = "ERROR: Timeout detected for may_goto instruction\nCPU: 0\n";

let fake: FakeSyscalls;

function start(options: FakeOptions = {}): void {
  fake = fakeSyscalls(MACHINE, { streams: new Map([[7, { 1: STDOUT, 2: STDERR }]]), ...options });
  kernel.sys = fake;
}
beforeEach(() => start());

const run = (line: string) => runCli(line.split(" "));

describe("prog tracelog", () => {
  test.each([
    ["stdout id 7", STDOUT, ""],
    ["stderr id 7", "", STDERR],
    ["s name talker", STDOUT, ""],
    ["std pinned /sys/fs/bpf/talker", STDOUT, ""],
    ["stde id 7", "", STDERR],
    ["stdout id 7 whatever follows", STDOUT, ""],
    ["stdout id 8", "", ""],
  ])("%s", async (words, stdout, stderr) => {
    expect(await run(`prog tracelog ${words}`)).toEqual({ stdout, stderr, status: 0 });
    expect(fake.openFds()).toBe(0);
  });

  test("a stream is empty when it was read", async () => {
    await run("prog tracelog stdout id 7");
    expect(await run("prog tracelog stdout id 7")).toEqual({ stdout: "", stderr: "", status: 0 });
  });

  test.each([
    ["stdout", ["one\n", '"two"\n', "\n", "end"]],
    ["stderr", STDERR.split(/(?<=\n)/)],
  ])("%s in JSON: its lines", async (stream, lines) => {
    const { stdout, stderr, status } = await run(`-j prog tracelog ${stream} id 7`);
    expect([JSON.parse(stdout), stderr, status]).toEqual([lines, "", 0]);
  });

  test("an empty stream in JSON", async () => {
    expect(await run("-p prog tracelog stderr id 8")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
  });

  test.each([1, 2, 7, 255])("pieces of %i bytes are put together", async (pieceSize) => {
    start({ streams: new Map([[7, { 1: STDOUT }]]), pieceSize });
    const { stdout } = await run("-j prog tracelog stdout id 7");
    expect(JSON.parse(stdout).join("")).toBe(STDOUT);
  });

  test("bytes go out as they are", () => {
    start({ streams: new Map([[7, { 1: EVERY_BYTE }]]), pieceSize: 100 });
    const pieces = [...readProgStream(fake, 7, 1)].map((piece) => piece.length);
    expect(pieces).toEqual([100, 100, 56]);
  });

  test.each([
    ["stdout", "'stdout' needs at least 2 arguments, 0 found"],
    ["std id", "'std' needs at least 2 arguments, 1 found"],
    ["stdout foo 1", "expected 'id', 'tag', 'name' or 'pinned', got: 'foo'?"],
    ["stdout id x", "can't parse x as ID"],
    ["stdout id 99999999", "get by id (99999999): No such file or directory"],
    ["stdout name nosuch", "no program with name 'nosuch'"],
    ["stdout name twin", "several programs match this handle"],
  ])("%s: %s", async (words, message) => {
    const plain = await run(`prog tracelog ${words}`);
    expect(plain).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status: 255 });
    const json = await run(`-j prog tracelog ${words}`);
    expect([JSON.parse(json.stdout), json.status]).toEqual([{ error: message }, 255]);
  });

  test("another word shows help", async () => {
    const { stdout, stderr, status } = await run("prog tracelog stdx id 7");
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toContain("bpflens prog tracelog [{ stdout | stderr");
  });

  test.each([
    [22, "Invalid argument -- kernel too old?"],
    [1, "Operation not permitted"],
  ])("the kernel refuses: errno %i", async (errno, why) => {
    start({ fail: ({ cmd }) => (cmd === BPF.PROG_STREAM_READ_BY_FD ? errno : undefined) });
    const message = `can't read stream 1 of program 7: ${why}`;
    const { stdout, stderr, status } = await run("prog tracelog stdout id 7");
    expect([stdout, stderr.split("\n")[0], status]).toEqual(["", `Error: ${message}`, 255]);
    const json = await run("-j prog tracelog stdout id 7");
    expect(JSON.parse(json.stdout)).toEqual([{ error: message }]);
    expect(fake.openFds()).toBe(0);
  });

  test("a failure behind the first pieces", async () => {
    let reads = 0;
    const fail: FakeOptions["fail"] = ({ cmd }) =>
      cmd === BPF.PROG_STREAM_READ_BY_FD && ++reads > 2 ? 5 : undefined;
    start({ fail, pieceSize: 2, streams: new Map([[7, { 1: "a\nb\nc\n" }]]) });
    const { stdout, status } = await run("-j prog tracelog stdout id 7");
    const message = "can't read stream 1 of program 7: Input/output error";
    expect([JSON.parse(stdout), status]).toEqual([["a\n", "b\n", { error: message }], 255]);
  });

  test("a program that goes, and a reader that stops: descriptors are closed", () => {
    expect(inspectErrorOf(() => [...readProgStream(fake, 99, 1)]).message).toContain("get by id (99)");
    for (const _ of readProgStream(fake, 7, 1)) break;
    expect(fake.openFds()).toBe(0);
  });

  test.each(["stdout name hello_exec", "stderr name hello"])("from a snapshot: %s", async (words) => {
    const { stderr, status } = await run(`--from demo prog tracelog ${words}`);
    expect([stderr, status]).toEqual(["Error: only the running kernel has streams of programs\n", 255]);
  });
});
