/** bpflens as a process: pipes that close, descriptors that must not stay open. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import { ROOT, run, runUnread } from "./tools.ts";

/** Uses the source in every way, and prints the descriptors that are open afterwards and were not before. */
const DESCRIPTORS = `
  import fs from "node:fs";
  import { liveSource } from "${ROOT}/dist/src/sources/live/source.js";
  import { Registry } from "${ROOT}/dist/src/model/registry.js";

  const failing = (use) => {
    try { use(); } catch { return; }
    throw new Error("expected a failure: " + use);
  };

  const use = () => {
    const source = liveSource();
    const registry = new Registry(source);
    for (const prog of source.progs()) {
      registry.progName(prog);
      registry.mapsOf(prog);
      source.code(prog);
      source.image(prog);
    }
    source.symbols({ addresses: [1n], offsets: [1] });
    source.symbols({ addresses: [], offsets: [0] });
    for (const map of source.maps()) { for (const _ of source.contents(map).batches) break; };
    for (const btf of source.btfs()) if (!btf.kernel) registry.btf(btf.id);
    for (const kind of ["progs", "maps", "links", "btfs", "perf"]) {
      [...source[kind]()];
      for (const first of source[kind]()) break;
      failing(() => { for (const first of source[kind]()) throw new Error("in the middle"); });
    }
    for (const { path } of source.pins()) source.pinned(path);
    source.holders();
    source.host();
    for (const kind of ["prog", "map", "link", "btf"]) failing(() => source[kind](99999999));
    for (const path of ["/nosuch", "/etc/passwd", "/sys/fs/bpf"]) failing(() => source.pinned(path));
    failing(() => source.code({ id: 99999999 }));
    failing(() => source.btfBytes({ id: 99999999, size: 8 }));
  };

  const open = () => fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try { return [fd + " " + fs.readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; }
  });
  use(); // loads what is loaded once
  const before = open();
  use();
  console.log(JSON.stringify(open().filter((fd) => !before.includes(fd))));
  console.log(JSON.stringify(open().filter((fd) => fd.includes("bpf"))));
`;

/**
 * Reads one program again and again, hot enough to be optimised, while memory is collected and used anew: a buffer that the
 * kernel writes to and nobody holds would show as another answer.
 */
const UNDER_GC = (id: number) => `
  import { createHash } from "node:crypto";
  import { liveSource } from "${ROOT}/dist/src/sources/live/source.js";

  const source = liveSource();
  const answers = new Set();
  let junk = [];
  for (let i = 0; i < 6000; i++) {
    const prog = source.prog(${id});
    const { xlated, lineInfo, jitedKsyms } = source.code(prog);
    const hash = createHash("sha1").update(prog.tag).update(xlated).update(lineInfo).update(String(jitedKsyms));
    answers.add(hash.update(source.image(prog).jited).digest("hex"));
    junk = [...junk.slice(-50), new Uint8Array(3000 + (i % 500))];
    if (i % 20 === 0) globalThis.gc();
  }
  console.log(answers.size);
`;

const TRACE_MARKER = "/sys/kernel/tracing/trace_marker";

export function processTests(stage: () => Stage): void {
  describe("a pipe that closes", () => {
    test("after a line: nothing on stderr", async () => {
      for (const line of ["-p prog show", "-p map show", "prog dump xlated name xdp_guard opcodes", "help"]) {
        const command = `"${process.execPath}" bin/bpflens.cjs ${line} | head -1`;
        const { stderr } = await run([
          "bash",
          "-c",
          line === "help" ? command.replace("|", "2>&1 |") : command,
        ]);
        expect(stderr, line).toBe("");
      }
    });

    test("before anything is printed: nothing on stderr, the status of SIGPIPE", async () => {
      expect(await runUnread(["-p", "prog", "show"])).toEqual({ stderr: "", status: 141 });
      expect(await runUnread(["prog", "show", "id", String(stage().progs[0]?.id)])).toEqual({
        stderr: "",
        status: 141,
      });
    });
  });

  test("tracelog prints lines as they come, and ends its document on a signal", async () => {
    const marks = [1, 2, 3].map((i) => `bpflens "${process.pid}" ${i}`);
    const child = spawn(process.execPath, ["bin/bpflens.cjs", "-j", "prog", "tracelog"], { cwd: ROOT });
    let text = "";
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdout.on("data", (piece) => {
      text += piece;
      if (!child.killed && text.includes(JSON.stringify(marks[2]).slice(1, -1))) child.kill("SIGINT");
    });
    // Lines that nobody reads yet wait in the ring.
    for (const mark of marks) fs.writeFileSync(TRACE_MARKER, mark);
    expect(await ended).toBe(0);
    const lines: string[] = JSON.parse(text);
    expect(marks.filter((mark) => lines.some((line) => line.endsWith(`${mark}\n`)))).toEqual(marks);
  });

  test("collecting memory never touches what a call is using", async () => {
    const { id = 0 } = stage().progs.find(({ name }) => name === "xdp_guard") ?? {};
    const node = [process.execPath, "--expose-gc", "--input-type=module", "-"];
    const { stdout, stderr } = await run(node, UNDER_GC(id));
    expect({ stdout, stderr }).toEqual({ stdout: "1\n", stderr: "" });
  });

  test("every descriptor is closed again", async () => {
    const { stdout, stderr } = await run([process.execPath, "--input-type=module", "-"], DESCRIPTORS);
    expect(stderr).toBe("");
    expect(stdout).toBe("[]\n[]\n");
  });
}
