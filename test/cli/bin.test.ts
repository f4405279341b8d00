/** The built command line as a process: what the tests in this process cannot see. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BIN = path.join(ROOT, "bin/bpflens.cjs");

function bpflens(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, [BIN, ...args], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", ...env },
  });
}

/** A snapshot whose one listing is larger than any pipe's buffer. */
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-bin-"));
afterAll(() => fs.rmSync(FOLDER, { recursive: true }));

function largeSnapshot(): string {
  fs.cpSync(path.join(ROOT, "snapshots/book"), FOLDER, { recursive: true });
  const [first] = JSON.parse(fs.readFileSync(path.join(FOLDER, "maps.json"), "utf8"));
  const maps = Array.from({ length: 20_000 }, (_, i) => ({ ...first, id: i + 1 }));
  fs.writeFileSync(path.join(FOLDER, "maps.json"), JSON.stringify(maps));
  return FOLDER;
}

describe("bin/bpflens.cjs", () => {
  test("prints what the same command prints in process, and its exit status", () => {
    const { stdout, stderr, status } = bpflens(["--from", "book", "perf", "show"]);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(
      /^pid 1765 {2}fd 6: prog_id 26 {2}kprobe {2}func blk_account_io_start {2}offset 0\n/,
    );
    expect(bpflens(["--from", "book", "prog", "show", "id", "1"]).status).toBe(255);
  });

  test("takes the source from BPFLENS_FROM; an option goes before", () => {
    expect(bpflens(["prog", "show", "id", "263"], { BPFLENS_FROM: "book" }).stdout).toMatch(/^263: kprobe/);
    expect(bpflens(["-F", "book", "prog", "show", "id", "263"], { BPFLENS_FROM: "demo" }).stdout).toMatch(
      /^263: /,
    );
  });

  test("prints times in the zone of TZ", () => {
    const { stdout } = bpflens(["--from", "book", "prog", "show", "id", "263"], { TZ: "Asia/Kolkata" });
    expect(stdout).toContain("loaded_at 2019-06-19T03:07:51+0530");
  });

  test("writes all of a large output to a slow reader", async () => {
    const child = spawn(process.execPath, [BIN, "--from", largeSnapshot(), "-j", "map", "show"]);
    let text = "";
    for await (const piece of child.stdout.setEncoding("utf8")) {
      text += piece;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(JSON.parse(text)).toHaveLength(20_000);
  });

  test("ends quietly, like a process killed by SIGPIPE, when its reader has gone", async () => {
    const child = spawn(process.execPath, [BIN, "--from", largeSnapshot(), "map", "show"]);
    child.stdout.destroy();
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (piece) => {
      errors += piece;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ errors, status }).toEqual({ errors: "", status: 141 });
  });

  test.runIf(fs.existsSync("/dev/full"))("tells that a device is full", () => {
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${BIN}" --from book prog show > /dev/full`],
      {
        encoding: "utf8",
      },
    );
    expect({ stderr, status }).toEqual({
      stderr: "Error: Cannot write output: No space left on device\n",
      status: 255,
    });
  });

  test.runIf(process.getuid)("keeps its compiled code, and does without where that is broken", () => {
    const copy = path.join(FOLDER, "copy");
    for (const part of ["bin", "dist/cli", "snapshots", "package.json"]) {
      fs.cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
    }
    const run = () => {
      const { stdout, stderr } = spawnSync(process.execPath, [
        path.join(copy, "bin/bpflens.cjs"),
        "--from",
        "book",
        "perf",
        "show",
      ]);
      return `${stdout}${stderr}`;
    };
    const dist = path.join(copy, "dist/cli");
    const caches = () => fs.readdirSync(dist).filter((name) => name.endsWith(".cache"));
    for (const name of caches()) fs.rmSync(path.join(dist, name));
    const expected = run();
    expect(expected).toMatch(/^pid 1765 /);
    const [cache = ""] = caches();
    expect(run()).toBe(expected);
    for (const broken of ["", "rubbish", fs.readFileSync(path.join(dist, cache)).subarray(0, 5000)]) {
      fs.writeFileSync(path.join(dist, cache), broken);
      expect(run()).toBe(expected);
    }
  });

  test("loads neither yargs nor zip nor DOT for a listing", () => {
    const script = `
      const { main } = require(${JSON.stringify(path.join(ROOT, "dist/cli/main.cjs"))});
      main(["--from", "book", "prog", "show"]).then(() => {
        console.error(Object.keys(require.cache).map((file) => require("node:path").basename(file)).join(" "));
      });`;
    const { stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(stderr).toContain("main.cjs");
    expect(stderr).not.toMatch(/yargs|zip|graph|code|help/);
  });
});
