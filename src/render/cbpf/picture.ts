/** The picture of a classic program's control flow. */
import type { ClassicInsn } from "../../cbpf/insn.ts";
import { isReturn, jumpTargets } from "../../cbpf/jumps.ts";
import { type Block, ENTRY, EXIT, type FunctionGraph } from "../../cfg/blocks.ts";
import { type Line, span } from "../graph/lines.ts";
import { outsideText } from "../graph/outside-text.ts";
import type { Box, Picture } from "../graph/picture.ts";
import { classicGraph } from "./flow.ts";
import { classicLine } from "./listing.ts";

export function classicPicture(insns: readonly ClassicInsn[]): Picture {
  const graph = classicGraph(insns);
  const depths = new Map(graph.loops.map(({ head, depth }) => [head, depth]));
  const plain = { lines: [], reach: "reached", exits: false, loopHead: false, loopDepth: 0 } as const;
  const boxes: Box[] = [
    { ...plain, number: ENTRY, role: "entry", heading: "ENTRY" },
    ...graph.blocks.map((block): Box => {
      const { number, start, end, reach, exits, loop } = block;
      return {
        number,
        role: "block",
        heading: heading(block),
        lines: insns.slice(start, end).map((insn, index) => insnLine(insn, start + index)),
        reach,
        exits,
        loopHead: loop === number,
        loopDepth: loop === undefined ? 0 : (depths.get(loop) as number),
      };
    }),
    { ...plain, number: EXIT, role: "exit", heading: "EXIT" },
    ...graph.outside.map(
      (place): Box => ({ ...plain, number: place.number, role: "outside", heading: outsideText(place) }),
    ),
  ];
  return {
    title: "classic BPF",
    functions: [{ number: graph.number, title: "filter", about: about(graph), boxes, arrows: graph.edges }],
  };
}

function heading({ number, reach, loop }: Block): string {
  const marks = [loop === number ? "head of a loop" : "", reach === "unreachable" ? "unreachable" : ""];
  return [`block ${number}`, ...marks.filter(Boolean)].join(", ");
}

/** `pc 0..18: 11 blocks, 1 loop` */
function about({ end, blocks, loops }: FunctionGraph): string {
  const counts = [
    counted(blocks.length, "block"),
    ...(loops.length > 0 ? [counted(loops.length, "loop")] : []),
  ];
  return `pc 0..${end - 1}: ${counts.join(", ")}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The line of the listing, with single blanks. */
function insnLine(insn: ClassicInsn, pc: number): Line {
  const [number = "", ...words] = classicLine(insn, pc).trimEnd().split(/\s+/);
  const kind = isReturn(insn) ? "exit" : jumpTargets(insn, pc) ? "jump" : "insn";
  return [span("pc", `${number} `), span(kind, words.join(" "))];
}
