/** Columns for people: aligned, folded to the terminal, nothing left out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toByteText } from "../../src/bytes/text.ts";
import { writeColumns } from "../../src/render/attachments/columns.ts";
import { plainText } from "../support/rendered.ts";

const HEAD = ["one", "two"];

function columns(rows: readonly (readonly (readonly string[])[])[], width?: number): string {
  return plainText((out) => writeColumns(out, HEAD, rows, width));
}

describe("columns", () => {
  test("nothing without rows", () => expect(columns([])).toBe(""));

  test("cells of several lines, and of none", () => {
    expect(
      columns([
        [["a"], ["b", "c"]],
        [[], ["d"]],
      ]),
    ).toBe("one  two\na    b\n     c\n     d\n");
  });

  test("folded at blanks, else within a word; what goes on is indented", () => {
    const rows = [[["a cell of some words"], ["/a/path/without/any/blank/in/it"]]];
    expect(columns(rows, 40)).toBe(
      "one              two\na cell of some   /a/path/without/any\n  words            /blank/in/it\n",
    );
  });

  test("very many lines, and very long ones", () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `[${i}]`);
    const lines = columns([[many, [many.join(", ")]]], 80).split("\n");
    expect(lines.length).toBeGreaterThan(60_000);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test("never narrower than may be read", () => {
    const lines = columns([[["x".repeat(40)], ["y".repeat(40)]]], 1).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBe(34);
  });

  test("wide characters take two columns, control characters are told", () => {
    expect(columns([[[toByteText("名前")], ["\x1b[2J"]]])).toBe(
      `one   two\n${toByteText("名前")}  \\x1b[2J\n`,
    );
  });

  test("nothing is lost, no line is longer than the terminal", () => {
    const cell = fc.array(fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 40, max: 90 }),
        (rows, width) => {
          const text = columns(rows, width);
          for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
          const squeezed = (parts: readonly string[]) =>
            [...parts.join("").replaceAll(" ", "")].sort().join("");
          expect(squeezed([text.replaceAll("\n", "")])).toBe(squeezed([...HEAD, ...rows.flat(2)]));
        },
      ),
    );
  });
});
