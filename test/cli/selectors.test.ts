import { describe, expect, test } from "vitest";
import { btfSelector, linkSelector, mapSelector, progSelector } from "../../src/cli/selectors.ts";
import { wantsHelp } from "../../src/cli/usage.ts";
import { Words } from "../../src/cli/words.ts";
import { inspectErrorOf } from "../support/outcome.ts";

const SELECTORS = { prog: progSelector, map: mapSelector, link: linkSelector, btf: btfSelector };
type Kind = keyof typeof SELECTORS;

function select(kind: Kind, line: string | readonly string[]) {
  return SELECTORS[kind](new Words(typeof line === "string" ? line.split(" ") : line));
}

describe("selectors", () => {
  const TAG = Buffer.from("0123456789abcdef", "hex");
  const ROWS: readonly (readonly [kind: Kind, line: string, selector: Record<string, unknown>])[] = [
    ["prog", "id 121", { by: "id", id: 121 }],
    ["prog", "i 0x79", { by: "id", id: 121 }],
    ["prog", "tag 0123456789abcdef", { by: "tag", tag: TAG }],
    ["prog", "t 0123456789ABCDEFtrailing", { by: "tag", tag: TAG }],
    ["prog", "name f", { by: "name", name: "f" }],
    ["prog", `n ${"x".repeat(127)}`, { by: "name", name: "x".repeat(127) }],
    ["prog", "pinned /a/b", { by: "pinned", path: "/a/b" }],
    ["prog", "p /a/b", { by: "pinned", path: "/a/b" }],
    ["map", "id 1", { by: "id", id: 1 }],
    ["map", `name ${"x".repeat(15)}`, { by: "name", name: "x".repeat(15) }],
    ["map", "pin /a", { by: "pinned", path: "/a" }],
    ["link", "id 1", { by: "id", id: 1 }],
    ["link", "pinned /a", { by: "pinned", path: "/a" }],
    ["btf", "id 1", { by: "id", id: 1 }],
  ];
  test.each(ROWS)("%s %s", (kind, line, { tag, ...rest }) => {
    const { tag: found, ...selector } = select(kind, line) as Record<string, unknown>;
    expect(selector).toEqual(rest);
    expect(found && Buffer.from(found as Uint8Array)).toEqual(tag);
  });

  test("empty words: the first keyword, and 0", () => {
    for (const kind of ["prog", "map", "link", "btf"] as const)
      expect(select(kind, ["", ""])).toEqual({ by: "id", id: 0 });
  });

  const ERRORS: readonly (readonly [kind: Kind, line: string, message: string])[] = [
    ["prog", "x 1", "expected 'id', 'tag', 'name' or 'pinned', got: 'x'?"],
    ["map", "tag 0123456789abcdef", "expected 'id', 'name' or 'pinned', got: 'tag'?"],
    ["link", "name x", "expected 'id' or 'pinned', got: 'name'?"],
    ["btf", "name x", "expected 'id', got: 'name'?"],
    ["prog", "id abc", "can't parse abc as ID"],
    ["map", "id 12x", "can't parse 12x as ID"],
    ["link", "id 0x", "can't parse 0x as ID"],
    ["btf", "id 08", "can't parse 08 as ID"],
    ["prog", "tag 0123456789abcd", "can't parse tag"],
    ["prog", "tag 0123456789abcdeg", "can't parse tag"],
    ["prog", `name ${"x".repeat(128)}`, "can't parse name"],
    ["map", `name ${"x".repeat(16)}`, "can't parse name"],
  ];
  test.each(ERRORS)("%s %s fails", (kind, line, message) => {
    const error = inspectErrorOf(() => select(kind, line));
    expect([error.message, error.status]).toEqual([message, 255]);
  });

  test.each(["prog", "map", "link", "btf"] as const)("%s without a value shows the help", (kind) => {
    expect(wantsHelp(inspectErrorOf(() => select(kind, "id")))).toBe(true);
    expect(wantsHelp(inspectErrorOf(() => select(kind, [])))).toBe(true);
  });
});
