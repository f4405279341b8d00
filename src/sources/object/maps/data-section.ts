/**
 * The DATASECs of an object's BTF with what the compiler could not know when it wrote them: sizes and offsets, which
 * are those of the ELF sections and symbols (libbpf libbpf.c:btf_fixup_datasec, bpf_object__collect_externs).
 */
import type { Btf } from "../../../btf/btf.ts";
import { BTF_KIND } from "../../../btf/kinds.ts";
import { kindOf } from "../../../btf/sections.ts";
import type { BtfDataSection, BtfVar } from "../../../btf/types.ts";
import { SYMBOL_BINDING, SYMBOL_TYPE, SYMBOL_VISIBILITY } from "../../../elf/constants.ts";
import type { ElfFile } from "../../../elf/elf.ts";
import { offsetInSection, sectionNamed } from "../../../elf/sections.ts";
import type { ElfSymbol, SymbolTable } from "../../../elf/symbols.ts";
import type { BpfObject } from "../contract.ts";
import { layOutExterns } from "./kconfig.ts";
import { quoted, readable, type Warn } from "./warnings.ts";

export const KCONFIG = ".kconfig";
const KSYMS = ".ksyms";

/** Linkage of a VAR (include/uapi/linux/btf.h: enum btf_var linkage). */
export const VAR_LINKAGE = { STATIC: 0, GLOBAL: 1, EXTERN: 2 } as const;

const MAX_U32 = 0xffff_ffff;

export interface DataSection {
  /** Type id. */
  readonly id: number;
  readonly name: string;
  /** In bytes, at most 2 ** 32 - 1; 0 where it is not known. */
  readonly size: number;
  /** By offset. */
  readonly items: readonly SectionItem[];
  /** One of its variables is for user space: neither static nor of this object only (libbpf.c:map_is_mmapable). */
  readonly shared: boolean;
}

export interface SectionItem {
  /** Type id of a VAR; of a FUNC in .ksyms, and of anything in broken BTF. */
  readonly typeId: number;
  readonly variable: BtfVar | undefined;
  /** In bytes. */
  readonly offset: number;
  readonly size: number;
}

/** In the order of their type ids; empty without BTF. */
export function readDataSections(object: BpfObject, warn: Warn): DataSection[] {
  const { btf } = object;
  if (!btf) return [];
  const symbols = variableSymbols(object.symbols);
  return dataSectionIds(btf).flatMap((id) => {
    const section = readable(warn, () => btf.type(id), undefined);
    if (section?.kind !== "DATASEC") return [];
    return readable(warn, () => [fixedSection(object, btf, section, symbols, warn)], []);
  });
}

/** The first of each name. */
export function byName(sections: readonly DataSection[]): ReadonlyMap<string, DataSection> {
  return new Map(sections.toReversed().map((section) => [section.name, section]));
}

/** Other types are not inflated to know. */
function dataSectionIds(btf: Btf): number[] {
  const { words, starts } = btf.sections;
  const ids: number[] = [];
  for (let i = 0; i < starts.length - 1; i++)
    if (kindOf(words[(starts[i] as number) + 1] as number) === BTF_KIND.DATASEC) ids.push(btf.firstId + i);
  return ids;
}

/** The first symbol of each name that a VAR with linkage may stand for. */
function variableSymbols(symbols: SymbolTable): ReadonlyMap<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  const isVariable = (type: number, binding: number) =>
    type === SYMBOL_TYPE.OBJECT && binding !== SYMBOL_BINDING.LOCAL;
  for (const symbol of symbols.select(isVariable))
    if (!found.has(symbol.name)) found.set(symbol.name, symbol);
  return found;
}

function fixedSection(
  { elf }: BpfObject,
  btf: Btf,
  section: BtfDataSection,
  symbols: ReadonlyMap<string, ElfSymbol>,
  warn: Warn,
): DataSection {
  const { id, name, size } = section;
  const items = section.vars.map((item) => itemOf(btf, item));
  if (name === KSYMS) return { id, name, size, items, shared: false };
  if (name === KCONFIG) {
    const laid = layOutExterns(btf, items, warn);
    return { id, name, size: Math.min(laid.size, MAX_U32), items: byOffset(laid.items), shared: true };
  }
  const title = `BTF section ${quoted(name)} [${id}]`;
  const symbolOf = ({ variable }: SectionItem) =>
    variable?.linkage === VAR_LINKAGE.GLOBAL ? symbols.get(variable.name) : undefined;
  const shared = items.some((item) => isShared(item, symbolOf(item)));
  // A linker of objects has done the rest.
  if (size !== 0) return { id, name, size, items: byOffset(items), shared };
  const elfSize = sectionNamed(elf, name)?.size ?? 0;
  if (elfSize === 0) warn(`${title}: the file has no such section, or an empty one`);
  const placed = items.map((item): SectionItem => {
    if (item.variable?.linkage !== VAR_LINKAGE.GLOBAL) return item;
    const offset = readable(warn, () => placeOf(elf, name, symbolOf(item)), undefined);
    if (offset === undefined) warn(`${title}: no symbol of it for variable ${quoted(item.variable.name)}`);
    return { ...item, offset: offset ?? item.offset };
  });
  return { id, name, size: Math.min(elfSize, MAX_U32), items: byOffset(placed), shared };
}

function itemOf(btf: Btf, { type, offset, size }: BtfDataSection["vars"][number]): SectionItem {
  const variable = btf.type(type);
  return { typeId: type, variable: variable?.kind === "VAR" ? variable : undefined, offset, size };
}

function isShared({ variable }: SectionItem, symbol: ElfSymbol | undefined): boolean {
  if (!variable || variable.linkage === VAR_LINKAGE.STATIC) return false;
  const visibility = symbol?.visibility;
  return visibility !== SYMBOL_VISIBILITY.HIDDEN && visibility !== SYMBOL_VISIBILITY.INTERNAL;
}

/** undefined where it stands in no section of the name. */
function placeOf(elf: ElfFile, name: string, symbol: ElfSymbol | undefined): number | undefined {
  return symbol?.section?.name === name ? offsetInSection(elf, symbol.section, symbol.value) : undefined;
}

function byOffset(items: readonly SectionItem[]): readonly SectionItem[] {
  return items.toSorted((a, b) => a.offset - b.offset);
}
