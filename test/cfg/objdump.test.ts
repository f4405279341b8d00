/** Blocks and edges of compiled objects against the labels and targets that llvm-objdump prints. */
import { describe, expect, it } from "vitest";
import { controlFlow } from "../../src/cfg/blocks.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { dataText } from "../support/data.ts";

interface Func {
  readonly name: string;
  /** Slots of the section. */
  readonly start: number;
  end: number;
  /** Slots where labels stand. */
  readonly labels: Map<string, number>;
  readonly jumps: { readonly pc: number; readonly label: string; readonly always: boolean }[];
  readonly exits: number[];
}

interface Section {
  readonly name: string;
  readonly bytes: number[];
  readonly funcs: Func[];
}

const SLOT = 8;

/** The listing, line by line. */
function parse(text: string): Section[] {
  const sections: Section[] = [];
  let file = "";
  for (const line of text.split("\n")) {
    file = /^(\S+):\tfile format/.exec(line)?.[1] ?? file;
    const name = /^Disassembly of section (\S+):$/.exec(line)?.[1];
    if (name !== undefined) sections.push({ name: `${file} ${name}`, bytes: [], funcs: [] });
    const section = sections.at(-1);
    const [, address, label] = /^([0-9a-f]+) <(.+)>:$/.exec(line) ?? [];
    const [, pc, bytes, insn] = /^ +(\d+):\t((?:[0-9a-f]{2} )*[0-9a-f]{2})\t(.*)$/.exec(line) ?? [];
    if (section && address !== undefined && label !== undefined)
      addLabel(section, label, Number.parseInt(address, 16));
    if (section && pc !== undefined && bytes !== undefined) addInsn(section, Number(pc), bytes, insn ?? "");
  }
  return sections;
}

function addLabel({ funcs }: Section, label: string, address: number): void {
  const slot = address / SLOT;
  if (label.startsWith("LBB")) funcs.at(-1)?.labels.set(label, slot);
  else funcs.push({ name: label, start: slot, end: slot, labels: new Map(), jumps: [], exits: [] });
}

function addInsn({ bytes, funcs }: Section, pc: number, text: string, insn: string): void {
  const own = text.split(" ").map((byte) => Number.parseInt(byte, 16));
  bytes.push(...own);
  const func = funcs.at(-1) as Func;
  func.end = pc + own.length / SLOT;
  const label = /goto [+-]\d+ <(.+)>$/.exec(insn)?.[1];
  if (label !== undefined) func.jumps.push({ pc, label, always: insn.startsWith("goto") });
  if (insn === "exit") func.exits.push(pc);
}

const sections = parse(dataText(import.meta.url, "data/objdump.txt"));
const funcs = sections.flatMap(({ name, bytes, funcs }) =>
  funcs.map((func) => ({
    ...func,
    what: `${name} ${func.name}`,
    insns: new InsnArray(Uint8Array.from(bytes)),
  })),
);

describe("llvm-objdump agrees", () => {
  it("on something", () => {
    expect(funcs.length).toBeGreaterThanOrEqual(55);
    expect(funcs.flatMap(({ jumps }) => jumps).length).toBeGreaterThanOrEqual(135);
  });

  it.each(funcs)("on the control flow of $what", ({ insns, start, end, labels, jumps, exits }) => {
    const graph = controlFlow(insns, { number: 0, start, end });
    const startOf = new Map(graph.blocks.map((block) => [block.number, block.start]));
    const blockAt = (pc: number) => graph.blocks.find((block) => block.start <= pc && pc < block.end);
    const waysFrom = (pc: number) =>
      graph.edges
        .filter(({ from }) => from === blockAt(pc)?.number)
        .map(({ to, kind }) => `${kind} ${startOf.get(to) ?? "out"}`);

    // Blocks begin where jumps lead, and behind jumps and exits.
    const ends = [...jumps.map(({ pc }) => pc), ...exits].map((pc) => pc + 1).filter((pc) => pc < end);
    const targets = jumps.map(({ label }) => labels.get(label) as number);
    expect([...startOf.values()]).toEqual([...new Set([start, ...targets, ...ends])].sort((a, b) => a - b));

    for (const { pc, label, always } of jumps) {
      const target = labels.get(label);
      expect(waysFrom(pc)).toEqual(
        always ? [`goto ${target}`] : [`fallthrough ${pc + 1}`, `taken ${target}`],
      );
    }
    for (const pc of exits) expect(waysFrom(pc)).toEqual(["exit out"]);
    expect(graph.outside).toEqual([]);
  });
});
