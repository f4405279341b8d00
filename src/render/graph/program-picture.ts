/** The picture of a program's control flow: its instructions with source lines, names and marks. */
import { type Block, controlFlow, ENTRY, EXIT, type FunctionGraph } from "../../cfg/blocks.ts";
import { callSite } from "../../cfg/calls.ts";
import { isExit } from "../../cfg/ways-out.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import type { SourceLine } from "../../code/source-lines.ts";
import { isJump } from "../../insn/opcodes.ts";
import { type ListingOptions, noteText, opcodesText } from "../prog/xlated.ts";
import { type BlockRow, type BlockRows, blockRows } from "./block-rows.ts";
import { flowHints } from "./flow-hints.ts";
import type { NamedFunction } from "./functions.ts";
import { type Line, lineText, plainText, span, wrapLine } from "./lines.ts";
import { textBudget } from "./limits.ts";
import { outsideText } from "./outside-text.ts";
import type { Box, Picture, PictureFunction } from "./picture.ts";

/** `title` is byte text; `functions` are those to draw. */
export function programPicture(
  code: ProgramCode,
  title: string,
  functions: readonly NamedFunction[],
  options: ListingOptions,
): Picture {
  const context: Context = {
    code,
    options,
    rows: blockRows(code),
    numbers: new Map(functions.map(({ start, number }) => [start, number])),
    counted: textBudget(),
  };
  const hints = flowHints(code);
  return {
    title: plainText(title),
    functions: functions.map((func) => functionPicture(context, func, controlFlow(code.insns, func, hints))),
  };
}

interface Context {
  readonly code: ProgramCode;
  readonly options: ListingOptions;
  readonly rows: BlockRows;
  /** Of the functions that are drawn, by first slot. */
  readonly numbers: ReadonlyMap<number, number>;
  readonly counted: ReturnType<typeof textBudget>;
}

function functionPicture(context: Context, func: NamedFunction, graph: FunctionGraph): PictureFunction {
  const depths = new Map(graph.loops.map(({ head, depth }) => [head, depth]));
  const irreducible = new Set(graph.loops.filter((loop) => loop.irreducible).map(({ head }) => head));
  const plain = { lines: [], reach: "reached", exits: false, loopHead: false, loopDepth: 0 } as const;
  return {
    number: func.number,
    title: plainText(func.proto ?? func.name),
    about: about(graph),
    boxes: [
      { ...plain, number: ENTRY, role: "entry", heading: "ENTRY" },
      ...graph.blocks.map((block): Box => {
        const { number, reach, exits, loop } = block;
        const loopHead = loop === number;
        const marks = blockMarks(block, loopHead, irreducible.has(number));
        return {
          number,
          role: "block",
          heading: [`block ${number}`, ...marks].join(", "),
          lines: blockLines(context, func, block),
          reach,
          exits,
          loopHead,
          loopDepth: loop === undefined ? 0 : (depths.get(loop) as number),
        };
      }),
      { ...plain, number: EXIT, role: "exit", heading: "EXIT" },
      ...graph.outside.map(
        (place): Box => ({
          ...plain,
          number: place.number,
          role: "outside",
          heading: outsideText(place),
        }),
      ),
    ],
    arrows: graph.edges,
  };
}

function about({ number, start, end, blocks, loops }: FunctionGraph): string {
  const counts = [`${blocks.length} block${blocks.length === 1 ? "" : "s"}`];
  if (loops.length > 0) counts.push(`${loops.length} loop${loops.length === 1 ? "" : "s"}`);
  return `function ${number}, pc ${start}..${Math.max(start, end - 1)}: ${counts.join(", ")}`;
}

function blockMarks({ reach, targetsUnknown }: Block, loopHead: boolean, irreducible: boolean): string[] {
  return [
    loopHead ? `head of a loop${irreducible ? " that is entered elsewhere, too" : ""}` : "",
    reach === "unreachable" ? "unreachable" : "",
    reach === "unknown" ? "reached by gotox at most" : "",
    targetsUnknown ? "jump targets unknown" : "",
  ].filter(Boolean);
}

function blockLines(context: Context, func: NamedFunction, block: Block): Line[] {
  const lines: Line[] = [];
  let shown: SourceLine | undefined;
  for (const row of context.rows(func, block)) {
    // A line of source has a record for each of its columns.
    const source = row.source && isNews(row.source, shown, context.options) ? row.source : undefined;
    shown = row.source ?? shown;
    for (const line of [...sourceLines(source, context.options), ...insnLines(context, row)]) {
      context.counted(lineText(line));
      lines.push(...wrapLine(line));
    }
  }
  return lines;
}

function isNews(source: SourceLine, shown: SourceLine | undefined, { linum }: ListingOptions): boolean {
  if (shown === undefined || source.text !== shown.text || source.line !== shown.line) return true;
  return linum && source.column !== shown.column;
}

function sourceLines(source: SourceLine | undefined, { linum }: ListingOptions): Line[] {
  if (!source) return [];
  const line: Line = [span("source", `; ${source.text}`)];
  return linum ? [[span("place", `; ${place(source)}`)], line] : [line];
}

function insnLines({ code, options, numbers }: Context, { pc, insn, text, note, bytes }: BlockRow): Line[] {
  const site = callSite(insn, pc, code.funcs);
  const called = site && "start" in site ? numbers.get(site.start) : undefined;
  const kind = site ? "call" : isExit(insn) ? "exit" : isJump(insn.code) ? "jump" : "insn";
  const line: Line = [
    span("pc", `${pc}: `),
    span(kind, text, called),
    ...(note === undefined ? [] : [span("note", noteText(note))]),
  ];
  return options.opcodes ? [line, [span("opcodes", `    ${opcodesText(bytes)}`)]] : [line];
}

function place({ file, line, column }: SourceLine): string {
  return `[${file} line:${line} col:${column}]`;
}
