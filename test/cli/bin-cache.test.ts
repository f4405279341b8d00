/** The compiled code that bin/bpflens.cjs keeps beside the bundle, in a copy of both. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BTF = path.join(ROOT, "test/btf/data/all_kinds.btf");

/** As in bin/bpflens.cjs. */
const KEEPING_RUNS = 3;
const MOST_RUNS = 60;

const copy = fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-cache-"));
afterAll(() => fs.rmSync(copy, { recursive: true }));

const folder = path.join(copy, "dist/cli");
for (const part of ["bin", "dist/cli", "dist/definitions.wasm"])
  fs.cpSync(path.join(ROOT, part), path.join(copy, part), {
    recursive: true,
    filter: (file) => !file.endsWith(".cache"),
  });

function bpflens(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [path.join(copy, "bin/bpflens.cjs"), ...args],
    { encoding: "utf8" },
  );
  return { stdout, stderr, status };
}

/** The files of the bundle whose compiled code is kept. */
function kept(): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".cache"))
    .map((name) => name.slice(0, name.indexOf(".cjs")));
}

function cacheOf(name: string): string {
  const file = fs
    .readdirSync(folder)
    .find((file) => file.startsWith(`${name}.cjs.`) && file.endsWith(".cache"));
  return path.join(folder, file ?? "");
}

test("nothing of a failure", () => {
  expect(bpflens("btf", "dump", "file", "/nowhere").status).toBe(254);
  expect(kept()).toEqual([]);
});

test("of all files that ran, for runs that print the same", () => {
  const dump = ["btf", "dump", "file", BTF, "format", "c"];
  const first = bpflens(...dump);
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toContain("__VMLINUX_H__");
  expect(kept()).toEqual(expect.arrayContaining(["main", "types", "c"]));
  expect(bpflens(...dump)).toEqual(first);
});

test("the first runs of each command add what they needed, later ones do not", () => {
  const state = () => fs.statSync(cacheOf("types"), { bigint: true });
  const before = state();
  const dump = ["btf", "dump", "file", BTF];
  bpflens(...dump);
  expect(state().size).toBeGreaterThan(before.size);
  for (let run = 1; run < KEEPING_RUNS; run++) bpflens(...dump);
  const full = state();
  bpflens(...dump);
  expect(state().mtimeNs).toBe(full.mtimeNs);
  bpflens("-j", ...dump);
  expect(state().size).toBeGreaterThan(full.size);
});

test("no more than so many commands add anything", () => {
  const flags = ["-f", "-m", "-n"];
  const lines = flags.flatMap((a) =>
    flags.flatMap((b) => flags.flatMap((c) => flags.map((d) => [a, b, c, d]))),
  );
  expect(lines.length).toBeGreaterThan(MOST_RUNS);
  for (const line of lines) expect(bpflens(...line, "btf", "dump", "file", BTF).status).toBe(0);
  const kept = fs.readFileSync(cacheOf("types"));
  const end = kept.length - 2;
  const runs = kept.toString("latin1", end - kept.readUInt16LE(end), end).split("\n");
  expect(runs).toHaveLength(MOST_RUNS);
});

test("broken ones are made again", () => {
  const file = cacheOf("c");
  fs.writeFileSync(file, "broken");
  expect(bpflens("btf", "dump", "file", BTF, "format", "c").status).toBe(0);
  expect(fs.statSync(file).size).toBeGreaterThan(1000);
});
