import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { Capstone, EXPORTS } from "../../src/native/capstone.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const PACKAGE = createRequire(import.meta.url).resolve("@alexaltea/capstone-js");

/** What the package's own JavaScript calls the exports of its WebAssembly module. */
function ownNames(): Record<string, string> {
  const script = readFileSync(PACKAGE, "latin1");
  const functions = script.matchAll(/_(\w+)=Module\["_\w+"\]=wasmExports\["(\w+)"\]/g);
  return {
    ...Object.fromEntries(Array.from(functions, ([, name, letter]) => [name, letter])),
    memory: /wasmMemory=wasmExports\["(\w+)"\]/.exec(script)?.[1] ?? "",
    initialize: /runtimeInitialized=true;wasmExports\["(\w+)"\]/.exec(script)?.[1] ?? "",
  };
}

test("exports are called what the installed package calls them", () => {
  expect(ownNames()).toMatchObject(EXPORTS);
});

test("imports are those that the installed package gives", () => {
  const [, imports] = /var wasmImports=\{([^}]*)\}/.exec(readFileSync(PACKAGE, "latin1")) ?? [];
  expect(imports?.split(",").toSorted()).toEqual(["a:_fd_write", "b:_emscripten_resize_heap", "c:_fd_close"]);
});

test("an architecture that capstone does not have", () => {
  expect(inspectErrorOf(() => new Capstone({ arch: 99, mode: 0 })).message).toBe(
    "Cannot disassemble: capstone: cannot open, error 2",
  );
});
