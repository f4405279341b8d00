/** Builds BPF objects of a few instructions, broken ones too. */
import { SECTION_FLAG, SYMBOL_BINDING, SYMBOL_TYPE } from "../../src/elf/constants.ts";
import {
  buildElf,
  type Format,
  type HeaderSpec,
  LE64,
  relocationTable,
  type SectionSpec,
  type SymbolSpec,
  symbolTable,
} from "../elf/elf-builder.ts";

export interface CodeSymbol extends SymbolSpec {
  readonly name: string;
  /** undefined: it is not in the file. */
  readonly section?: string;
  /** See SYMBOL_TYPE and SYMBOL_BINDING; a global function unless told otherwise. */
  readonly type?: number;
  readonly binding?: number;
}

export interface CodeObject {
  readonly sections: readonly (SectionSpec & { readonly name: string })[];
  /** Without them there is no symbol table. */
  readonly symbols?: readonly CodeSymbol[];
  /** By section: what stands at an offset refers to a symbol, by name or index. */
  readonly relocations?: Readonly<
    Record<string, readonly (readonly [offset: number, symbol: string | number])[]>
  >;
  readonly header?: HeaderSpec;
  readonly format?: Format;
}

/** A section of instructions. */
export function code(name: string, bytes: Uint8Array, other: SectionSpec = {}) {
  return { name, bytes, flags: SECTION_FLAG.EXECINSTR, ...other };
}

/** A function that is a whole section, unless told otherwise. */
export function func(
  name: string,
  section: string,
  size: number,
  other: Partial<CodeSymbol> = {},
): CodeSymbol {
  return { name, section, size, ...other };
}

/** Sections have the indexes from 1 on, symbols too. */
export function codeObject({
  sections,
  symbols,
  relocations = {},
  header,
  format = LE64,
}: CodeObject): Uint8Array {
  const symbolsIndex = sections.length + 1;
  const indexOf = (name: string | undefined) => sections.findIndex((section) => section.name === name) + 1;
  const strings = `\0${(symbols ?? []).map(({ name }) => `${name}\0`).join("")}`;
  const entries = (symbols ?? []).map((symbol) => ({
    nameOffset: strings.indexOf(`\0${symbol.name}\0`) + 1,
    info: ((symbol.binding ?? SYMBOL_BINDING.GLOBAL) << 4) | (symbol.type ?? SYMBOL_TYPE.FUNC),
    sectionIndex: indexOf(symbol.section),
    ...symbol,
  }));
  const tables = Object.entries(relocations).map(([name, rows]) => ({
    name: `.rel${name}`,
    ...relocationTable(
      format,
      rows.map(([offset, symbol]) => ({
        offset,
        type: 1,
        symbol:
          typeof symbol === "number"
            ? symbol
            : (symbols ?? []).findIndex(({ name: own }) => own === symbol) + 1,
      })),
    ),
    link: symbolsIndex,
    info: indexOf(name),
  }));
  const symbolSections: SectionSpec[] = symbols
    ? [
        { name: ".symtab", ...symbolTable(format, entries), link: symbolsIndex + 1 },
        { name: ".strtab", type: 3, bytes: Buffer.from(strings, "latin1") },
      ]
    : [];
  return buildElf(format, [...sections, ...symbolSections, ...tables], header);
}
