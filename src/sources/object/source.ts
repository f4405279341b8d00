/** A BPF object file as a source of objects: what a loader would make of it. */
import type { ElfSymbol } from "../../elf/symbols.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import { type FileSource, fileSource } from "./file-source.ts";
import { type ObjectFunction, readFunctions } from "./functions.ts";
import { hasJumpTables } from "./jump-tables.ts";
import { fixupBtf } from "./maps/btf-fixup.ts";
import { readMaps } from "./maps/maps.ts";
import { readObject } from "./object.ts";
import { entryFunctions, readPrograms } from "./programs.ts";

/** `label` is byte text. Throws where the bytes are no ELF file for BPF; parts that are broken are left out. */
export function objectSource(bytes: Uint8Array, label: string): FileSource {
  const object = readObject(bytes, label);
  const functions = once(() => readFunctions(object));
  const mains = once(() => entryFunctions(object, functions().all));
  const ids = once(() => idsByPlace(mains()));
  const maps = once(() => readMaps(object, (symbol) => ids().get(placeOfSymbol(symbol))));
  const programs = once(() => readPrograms(object, functions(), mains(), maps));
  const allMaps = once(() =>
    hasJumpTables(object) ? [...maps().maps, ...programs().tableMaps] : maps().maps,
  );
  const btf = once(() => (object.btf ? fixupBtf(object) : undefined));
  return fileSource({
    label,
    littleEndian: object.littleEndian,
    progs: () => programs().records,
    code: (id) => programs().code(id),
    maps: allMaps,
    btf,
    warnings: () => object.warnings(),
  });
}

function idsByPlace(mains: readonly ObjectFunction[]): ReadonlyMap<string, number> {
  return new Map(mains.map(({ section, start }, i) => [`${section.index} ${start * INSN_SIZE}`, i + 1]));
}

function placeOfSymbol({ sectionIndex, value }: ElfSymbol): string {
  return `${sectionIndex} ${value}`;
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}
