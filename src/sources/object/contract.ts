/** What the parts of the object source share: the file as it is read, and its maps. */
import type { Btf } from "../../btf/btf.ts";
import type { ElfFile } from "../../elf/elf.ts";
import type { ElfSymbol, SymbolTable } from "../../elf/symbols.ts";
import type { MapRecord } from "../../model/records.ts";
import type { StoredContents } from "../../model/stored-contents.ts";

/** A BPF object file, parsed. */
export interface BpfObject {
  /** The file's name, for messages. */
  readonly label: string;
  readonly elf: ElfFile;
  readonly littleEndian: boolean;
  /** The empty first one among them. */
  readonly symbols: SymbolTable;
  /** Of the section .BTF, as the compiler left it. */
  readonly btf: Btf | undefined;
  /** Byte text; "" where the file has none. */
  readonly license: string;
  /** Keeps a warning for whoever shows the object. */
  warn(message: string): void;
}

export interface ObjectMaps {
  /** Ids from 1, in the order that libbpf creates them. */
  readonly maps: readonly ObjectMap[];
  /** The map that a symbol stands for, in .maps or maps. */
  mapOfSymbol(symbol: ElfSymbol): ObjectMap | undefined;
  /** The map that is made of a data section (.data*, .rodata*, .bss*), by section index. */
  mapOfSection(sectionIndex: number): ObjectMap | undefined;
  /** The place of an extern of .kconfig. */
  kconfig(name: string): { readonly map: ObjectMap; readonly offset: number } | undefined;
  /** The variable at an offset of a data map, and how far in it the offset is. */
  variableAt(map: ObjectMap, offset: number): { readonly name: string; readonly offset: number } | undefined;
}

export interface ObjectMap {
  readonly record: MapRecord;
  /** Of maps without known contents: count 0. */
  readonly contents: StoredContents;
}
