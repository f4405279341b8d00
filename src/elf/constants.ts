/** Numbers of the ELF specification (System V ABI; include/uapi/linux/elf.h), by their names without the prefix. */
import { byName } from "../uapi/name-table.ts";

/** Kinds of files: `ET_*`. */
export const ELF_TYPE = { REL: 1, EXEC: 2, DYN: 3, CORE: 4 } as const;

/** Machines (`EM_*`) that are told apart here. */
export const ELF_MACHINE = { BPF: 247 } as const;

/** Types of sections: `SHT_*`. */
export const SECTION_TYPE = {
  NULL: 0,
  PROGBITS: 1,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  NOBITS: 8,
  REL: 9,
  DYNSYM: 11,
  SYMTAB_SHNDX: 18,
} as const;

/** Bits of a section's flags: `SHF_*`. */
export const SECTION_FLAG = { WRITE: 0x1n, ALLOC: 0x2n, EXECINSTR: 0x4n, COMPRESSED: 0x800n } as const;

/** What stands for the index of a section and is none: `SHN_*`. */
export const SECTION_INDEX = {
  UNDEF: 0,
  /** The first of the reserved ones. */
  LORESERVE: 0xff00,
  ABS: 0xfff1,
  COMMON: 0xfff2,
  /** The index did not fit and stands elsewhere. */
  XINDEX: 0xffff,
} as const;

/** Bindings of symbols (`STB_*`), by value. */
export const SYMBOL_BINDINGS = ["LOCAL", "GLOBAL", "WEAK"] as const;
export const SYMBOL_BINDING = byName(SYMBOL_BINDINGS);

/** Types of symbols (`STT_*`), by value. */
export const SYMBOL_TYPES = ["NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS"] as const;
export const SYMBOL_TYPE = byName(SYMBOL_TYPES);

/** Visibilities of symbols (`STV_*`), by value. */
export const SYMBOL_VISIBILITIES = ["DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"] as const;
export const SYMBOL_VISIBILITY = byName(SYMBOL_VISIBILITIES);

/** Types of relocations in BPF objects (Documentation/bpf/llvm_reloc.rst). */
export const BPF_RELOCATION = {
  R_BPF_NONE: 0,
  /** The 64-bit immediate of a load: the address of a map or a variable. */
  R_BPF_64_64: 1,
  /** 8 bytes of data. */
  R_BPF_64_ABS64: 2,
  /** 4 bytes of data. */
  R_BPF_64_ABS32: 3,
  /** The same, in .BTF and .BTF.ext, for linkers of objects only. */
  R_BPF_64_NODYLD32: 4,
  /** The immediate of a call. */
  R_BPF_64_32: 10,
} as const;
