/** BPF objects for tests: those beside this file, and ones that are built section by section. */
import { BtfBuilder } from "../../../support/btf-builder.ts";
import { dataFile } from "../../../support/data.ts";
import {
  buildElf,
  type Format,
  LE64,
  relocationTable,
  type SectionSpec,
  symbolTable,
} from "../../../elf/elf-builder.ts";
import { SYMBOL_TYPE } from "../../../../src/elf/constants.ts";
import { type ObjectFile, readObject } from "../../../../src/sources/object/object.ts";

export const NAMES = ["defined", "slots", "sections", "ops", "legacy", "bare"] as const;

export function objectBytes(name: string, target: "bpfel" | "bpfeb" = "bpfel"): Uint8Array {
  return dataFile(import.meta.url, `${name}.${target}.o`);
}

export function openObject(name: string, target: "bpfel" | "bpfeb" = "bpfel"): ObjectFile {
  return readObject(objectBytes(name, target), `objects/${name}.${target}.o`);
}

export interface NamedSymbol {
  readonly name: string;
  /** Undefined: it has none. */
  readonly section?: string;
  readonly value?: number;
  readonly size?: number;
  /** See SYMBOL_TYPES; a variable unless told otherwise. */
  readonly type?: number;
  /** 0 local, 1 global. */
  readonly binding?: number;
}

export interface ObjectSpec {
  readonly sections?: readonly (SectionSpec & { readonly name: string })[];
  readonly symbols?: readonly NamedSymbol[];
  readonly btf?: BtfBuilder;
  /** Pointers in a section, to symbols by name. */
  readonly pointers?: Readonly<Record<string, readonly { readonly at: number; readonly to: string }[]>>;
}

/** Sections have the indexes from 1 on. */
export function buildObject(spec: ObjectSpec, format: Format = LE64): ObjectFile {
  const { symbols = [], btf, pointers = {} } = spec;
  const sections = [
    ...(spec.sections ?? []),
    ...(btf ? [{ name: ".BTF", bytes: btf.build(format.littleEndian) }] : []),
  ];
  const indexOf = (name: string | undefined) => sections.findIndex((section) => section.name === name) + 1;
  const strings = `\0${symbols.map(({ name }) => `${name}\0`).join("")}`;
  const table = symbolTable(
    format,
    symbols.map(({ name, section, value = 0, size = 0, type = SYMBOL_TYPE.OBJECT, binding = 1 }) => ({
      nameOffset: strings.indexOf(`\0${name}\0`) + 1,
      value,
      size,
      info: (binding << 4) | type,
      sectionIndex: indexOf(section),
    })),
  );
  const symbolsIndex = sections.length + 1;
  const tables = Object.entries(pointers).map(([name, entries]) => {
    const relocations = entries.map(({ at, to }) => ({
      offset: at,
      symbol: symbols.findIndex((symbol) => symbol.name === to) + 1,
      type: 2,
    }));
    return {
      name: `.rel${name}`,
      ...relocationTable(format, relocations),
      link: symbolsIndex,
      info: indexOf(name),
    };
  });
  const bytes = buildElf(format, [
    ...sections,
    { name: ".symtab", ...table, link: symbolsIndex + 1 },
    { name: ".strtab", type: 3, bytes: Buffer.from(strings, "latin1") },
    ...tables,
  ]);
  return readObject(bytes, "built.o");
}

/** Types that definitions of maps are made of. */
export class MapBtf extends BtfBuilder {
  readonly u32 = this.int("u32", 4);

  /** What stands for a number: a pointer to an array of so many. */
  number(value: number): number {
    return this.ref("PTR", this.array(this.u32, value));
  }

  pointer(type: number): number {
    return this.ref("PTR", type);
  }

  /** A struct with a member of 8 bytes for each of the types. */
  struct(members: Readonly<Record<string, number>>): number {
    const list = Object.entries(members).map(([name, type], i) => [name, type, i * 64] as const);
    return this.composite("STRUCT", "", list.length * 8, list);
  }

  /** Variables of a section one behind the other; sizes as the linker of objects fills them in. */
  placed(
    name: string,
    size: number,
    vars: readonly {
      readonly name: string;
      readonly type: number;
      readonly at: number;
      readonly size: number;
    }[],
  ): number {
    const items = vars.map((item) => [this.variable(item.name, item.type), item.at, item.size] as const);
    return this.section(name, size, items);
  }
}
