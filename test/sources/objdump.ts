/** The instructions of an object file as llvm-objdump prints them, and as we read them: both in the same words. */
import { InsnArray } from "../../src/insn/insn.ts";
import { isJump } from "../../src/insn/opcodes.ts";
import { readFunctions } from "../../src/sources/object/functions.ts";
import { readObject } from "../../src/sources/object/object.ts";
import { referringReader } from "../../src/sources/object/relocations.ts";

/** By section: `7`, `8 goto +5`, `9 reloc counts`, by slot. */
export type InsnRows = ReadonlyMap<string, readonly string[]>;

export const OBJDUMP = ["llvm-objdump", "-d", "-r", "--no-show-raw-insn"] as const;

export function printedInsns(objdump: string): InsnRows {
  const sections = new Map<string, string[]>();
  let rows: string[] = [];
  for (const line of objdump.split("\n")) {
    const [, section] = /^Disassembly of section (.*):$/.exec(line) ?? [];
    if (section !== undefined) {
      rows = [];
      sections.set(section, rows);
    }
    const [, slot, text = ""] = /^ +(\d+):\t(.*)$/.exec(line) ?? [];
    const [jump = ""] = / goto [+-]\d+/.exec(` ${text}`) ?? [];
    if (slot !== undefined) rows.push(`${slot}${jump}`);
    const [, relocation] = /^\t\t[0-9a-f]+: {2}R_BPF_64_\d+\t(.*)$/.exec(line) ?? [];
    if (relocation !== undefined) rows[rows.length - 1] += ` reloc ${relocation}`;
  }
  return sections;
}

export function ownInsns(bytes: Uint8Array): InsnRows {
  const object = readObject(bytes, "object");
  const referringIn = referringReader(object);
  const sections = new Map<string, string[]>();
  for (const { section, start, bytes: own } of readFunctions(object).all) {
    const { slots, symbols } = referringIn(section);
    const rows = sections.get(section.name) ?? [];
    sections.set(section.name, rows);
    for (const { pc, insn } of new InsnArray(own, object.littleEndian).instructions()) {
      const jump = isJump(insn.code) ? ` goto ${insn.off < 0 ? "" : "+"}${insn.off}` : "";
      const index = symbols[slots.indexOf(start + pc)] ?? 0;
      const symbol = index === 0 ? undefined : object.symbols.at(index);
      rows.push(`${start + pc}${jump}${symbol ? ` reloc ${symbol.name || symbol.section?.name}` : ""}`);
    }
  }
  return sections;
}
