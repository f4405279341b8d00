/** The compiled code that bin/bpflens.cjs keeps beside the bundle, in a copy of both. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BTF = path.join(ROOT, "test/btf/data/all_kinds.btf");

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

test("the first runs add what they needed, later ones do not", () => {
  const size = () => fs.statSync(cacheOf("types")).size;
  const before = size();
  bpflens("btf", "dump", "file", BTF);
  const grown = size();
  expect(grown).toBeGreaterThan(before);
  bpflens("btf", "dump", "file", BTF);
  bpflens("-j", "btf", "dump", "file", BTF);
  expect(size()).toBe(grown);
});

test("broken ones are made again", () => {
  const file = cacheOf("c");
  fs.writeFileSync(file, "broken");
  expect(bpflens("btf", "dump", "file", BTF, "format", "c").status).toBe(0);
  expect(fs.statSync(file).size).toBeGreaterThan(1000);
});
