/** Mermaid itself is not at hand: its flowchart grammar, as far as we use it, is written down here. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pictureMermaid } from "../../src/render/graph/mermaid.ts";
import { EXIT, insn, MOV_R0_0 } from "../support/insns.ts";
import { graphCode, picture } from "./graph-program.ts";

const jeq = (off: number) => insn(0x15, { dst: 1, off });

/** Within quotes: letters, blanks, signs without a meaning, entities by number, and breaks. */
const TEXT = /"(?:[A-Za-z0-9 .,:()=+\-/_]|#\d+;|<br\/>)+"/.source;
const ID = /f\d+b\d+/.source;
const STATEMENTS: readonly RegExp[] = [
  /^flowchart TD$/,
  new RegExp(`^subgraph f\\d+\\[${TEXT}\\]$`),
  new RegExp(`^${ID}(?:\\[${TEXT}\\]|\\[\\[${TEXT}\\]\\]|\\(\\[${TEXT}\\]\\))$`),
  new RegExp(`^${ID} (?:-->|-\\.->)(?:\\|${TEXT}\\|)? ${ID}$`),
  /^end$/,
  /^classDef [a-z]+ [a-z-]+:[^;]+$/,
  new RegExp(`^class ${ID}(?:,${ID})* [a-z]+$`),
  /^linkStyle \d+(?:,\d+)* [a-z-]+:[^;]+$/,
];

/** Without the front matter. */
function statements(text: string): string[] {
  const [, front, body] = /^---\n(.*)\n---\n(.*)\n$/s.exec(text) ?? [];
  expect(front).toBe('title: "prog (xdp, id 7)"');
  return (body ?? "").split("\n");
}

/** As a browser shows it. */
function shown(text: string): string {
  return text
    .replaceAll("<br/>", "\n")
    .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("\u00a0", " ");
}

describe("pictureMermaid()", () => {
  it("has a subgraph for each function, nodes by kind, links by kind", () => {
    const code = graphCode([jeq(-1), insn(0x85, { src: 1, off: 1 }), EXIT, insn(0x0d)]);
    expect(statements(pictureMermaid(picture(code)))).toEqual([
      "flowchart TD",
      'subgraph f0["func_0<br/>function 0, pc 0..2: 2 blocks, 1 loop"]',
      'f0b0(["ENTRY"])',
      'f0b2["block 2, head of a loop<br/>0: (15) if r1 == 0x0 goto pc-1"]',
      'f0b3[["block 3<br/>1: (85) call pc+1<br/>2: (95) exit"]]',
      'f0b1(["EXIT"])',
      "f0b0 --> f0b2",
      'f0b2 -->|"else"| f0b3',
      'f0b2 -->|"taken, loop"| f0b2',
      "f0b3 --> f0b1",
      "end",
      'subgraph f1["func_1<br/>function 1, pc 3..3: 1 block"]',
      'f1b0(["ENTRY"])',
      'f1b2["block 2, jump targets unknown<br/>3: (0d) gotox r0"]',
      'f1b1(["EXIT"])',
      "f1b0 --> f1b2",
      "end",
      ...statements(pictureMermaid(picture(code))).filter((line) => line.startsWith("classDef ")),
      "class f0b2,f0b3,f1b2 block",
      "class f0b2 loop",
      "linkStyle 2 stroke:#8250df,stroke-width:3px,stroke-dasharray:8 4",
    ]);
  });

  const traps: [what: string, text: string, written: string][] = [
    ["quotes", '"x"', "#34;x#34;"],
    ["entities", "#lt; &lt;", "#35;lt#59; #38;lt#59;"],
    ["comments and directives", "%%{init}%%", "#37;#37;#123;init#125;#37;#37;"],
    ["Markdown", "*a* _b_ `c` [d](e)", "#42;a#42; #95;b#95; #96;c#96; #91;d#93;(e)"],
    ["names with underscores", "__bpf_get", "#95;#95;bpf_get"],
    ["addresses", "http://x www.x.org", "http#58;//x www#46;x.org"],
    ["icons", "fa:fa-car", "fa#58;fa-car"],
    ["formulas", "$$x$$", "#36;#36;x#36;#36;"],
    ["line breaks in words", "a\\nb", "a#92;nb"],
    ["blanks side by side", "a   b: c:  d", "a#160;#160; b: c#58;#160; d"],
    ["letters of other languages", "\u00e9\ufb02\u{1f600}", "#233;#64258;#128512;"],
  ];
  it.each(traps)("writes %s so that Mermaid does not see them", (_what, text, written) => {
    const code = graphCode([EXIT], { notes: [[0, Buffer.from(text, "utf8").toString("latin1")]] });
    expect(pictureMermaid(picture(code))).toContain(`0: (95) exit -#62; ${written}"]]`);
  });

  it("is in the grammar and shows the same text, whatever the text", () => {
    const anyText = fc.string({ unit: fc.constantFrom(..."ab 0:;#\"'`*_[](){}<>|&%\\$~-=.style") });
    fc.assert(
      fc.property(anyText, (text) => {
        const code = graphCode([EXIT], { notes: [[0, `${text}.`]] });
        const lines = statements(pictureMermaid(picture(code)));
        expect(lines.filter((line) => !STATEMENTS.some((statement) => statement.test(line)))).toEqual([]);
        const label = lines.find((line) => line.startsWith("f0b2[["))?.slice('f0b2[["'.length, -'"]]'.length);
        expect(shown(label ?? "")).toBe(`block 2\n0: (95) exit -> ${text}.`);
      }),
    );
  });

  // Mermaid takes the semicolon of an entity away in lines like `style...:...#...;`.
  it("never writes a colon in front of an entity", () => {
    const anyText = fc.string({ unit: fc.constantFrom(..."style: #;*x") });
    fc.assert(
      fc.property(anyText, (text) => {
        const code = graphCode([MOV_R0_0, EXIT], { notes: [[0, `${text}.`]] });
        expect(pictureMermaid(picture(code))).not.toMatch(/style.*:\S*#.*;/);
      }),
    );
  });
});
