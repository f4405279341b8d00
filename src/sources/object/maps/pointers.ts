/** Pointers in sections of data: what a linker would write there, by relocation. */
import { SECTION_TYPE } from "../../../elf/constants.ts";
import { decodeRelocations } from "../../../elf/relocations.ts";
import { type ElfSection, offsetInSection } from "../../../elf/sections.ts";
import type { ElfSymbol } from "../../../elf/symbols.ts";
import type { BpfObject } from "../contract.ts";
import { readable, type Warn } from "./warnings.ts";

export const POINTER_SIZE = 8;

export interface Pointer {
  /** In bytes from the start of the section; POINTER_SIZE bytes stand there. */
  readonly at: number;
  readonly target: ElfSymbol;
}

export type PointersIn = (section: ElfSection) => readonly Pointer[];

export function pointerReader({ elf, symbols }: BpfObject, warn: Warn): PointersIn {
  const tables = new Map<number, ElfSection[]>();
  for (const table of elf.sections) {
    if (table.type !== SECTION_TYPE.REL && table.type !== SECTION_TYPE.RELA) continue;
    const others = tables.get(table.info);
    if (others) others.push(table);
    else tables.set(table.info, [table]);
  }
  const relocationsOf = (table: ElfSection) =>
    readable(warn, () => decodeRelocations(elf, table, ({ message }) => warn(message)), []);
  return (section) =>
    (tables.get(section.index) ?? []).flatMap(relocationsOf).flatMap(({ offset, symbol }) => {
      const target = symbols.at(symbol);
      const at = readable(warn, () => offsetInSection(elf, section, offset, POINTER_SIZE), undefined);
      return target && at !== undefined ? [{ at, target }] : [];
    });
}
