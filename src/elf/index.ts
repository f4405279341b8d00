/** ELF files: sections, symbols, relocations. */
export * from "./constants.ts";
export { type ElfFile, isElf, parseElf } from "./elf.ts";
export { decodeRelocations, type ElfRelocation, relocationSections } from "./relocations.ts";
export { type ElfSection, linkedSection, offsetInSection, sectionBytes, sectionNamed } from "./sections.ts";
export { decodeSymbols, type ElfSymbol, type SymbolTable, symbolBytes, symbolTable } from "./symbols.ts";
