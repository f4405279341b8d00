/**
 * Maps of the time before BTF: structs bpf_map_def in a section `maps`, or in sections `maps/x` (libbpf 0.8,
 * libbpf.c:bpf_object__init_user_maps; libbpf 1.0 takes them no more).
 */
import { ByteReader } from "../../../bytes/reader.ts";
import { SYMBOL_BINDING, SYMBOL_TYPE } from "../../../elf/constants.ts";
import { type ElfSection, sectionBytes } from "../../../elf/sections.ts";
import type { SymbolTable } from "../../../elf/symbols.ts";
import type { BpfObject } from "../contract.ts";
import { adjusted } from "./adjusted.ts";
import { noContents } from "./contents.ts";
import { type FoundMap, type MapDefinition, NOTHING_DEFINED } from "./found-map.ts";
import { annotatedTypes } from "./legacy-types.ts";
import { placeIn, quoted, readable, type Warn } from "./warnings.ts";

const MAPS = "maps";
/** Fields of struct bpf_map_def, u32 each, in their order. Definitions may end early, or go on. */
const FIELDS = ["type", "keySize", "valueSize", "maxEntries", "flags"] as const;
const FIELD_SIZE = 4;
const KNOWN_SIZE = FIELDS.length * FIELD_SIZE;
/** Definitions that share bytes could have any number of them together. */
const MAX_CHECKED = 256;

interface Place {
  readonly name: string;
  readonly section: ElfSection;
  readonly offset: number;
  readonly size: number;
}

/** By section, then by offset. */
export function legacyMaps(object: BpfObject, warn: Warn): FoundMap[] {
  if (!object.elf.sections.some(isMaps)) return [];
  const places = definitionPlaces(object.symbols);
  if (places.length === 0) return [];
  const typed = annotatedTypes(object, warn);
  return places.map((place): FoundMap => {
    const definition = typed(adjusted(readDefinition(object, place, warn)));
    const { section, offset, size } = place;
    return {
      definition,
      section: section.index,
      offset,
      size,
      frozen: false,
      contents: noContents(definition.valueSize, object.littleEndian),
    };
  });
}

function isMaps({ name }: ElfSection): boolean {
  return name === MAPS || name.startsWith(`${MAPS}/`);
}

function definitionPlaces(symbols: SymbolTable): Place[] {
  // Old compilers tell no type.
  const isData = (type: number, binding: number) =>
    type === SYMBOL_TYPE.OBJECT || (type === SYMBOL_TYPE.NOTYPE && binding !== SYMBOL_BINDING.LOCAL);
  const places = symbols
    .select(isData)
    .flatMap(({ name, section, value, size }): Place[] =>
      section && isMaps(section) ? [{ name, section, offset: Number(value), size }] : [],
    )
    .sort((a, b) => a.section.index - b.section.index || a.offset - b.offset);
  return places.map((place, i) => {
    const next = places[i + 1];
    const end = next?.section === place.section ? next.offset : place.section.size;
    return { ...place, size: place.size || Math.max(0, end - place.offset) };
  });
}

function readDefinition(
  { elf, littleEndian }: BpfObject,
  { name, section, offset, size }: Place,
  warn: Warn,
): MapDefinition {
  const say = (problem: string) => warn(`${placeIn(section, offset)}: map ${quoted(name)}: ${problem}`);
  const bytes = readable(warn, () => sectionBytes(elf, section), undefined);
  if (!bytes || offset + size > bytes.length) {
    say(`its ${size} bytes are not in the section (${bytes?.length ?? 0} bytes)`);
    return { name, ...NOTHING_DEFINED };
  }
  const reader = new ByteReader(bytes.subarray(offset, offset + size), {
    littleEndian,
    what: "map definition",
  });
  const fields = FIELDS.map((field, i) => {
    const at = i * FIELD_SIZE;
    return [field, at + FIELD_SIZE <= size ? reader.u32(at) : 0] as const;
  });
  if (reader.bytes.subarray(KNOWN_SIZE, MAX_CHECKED).some((byte) => byte !== 0))
    say(`bytes 0x${KNOWN_SIZE.toString(16)}..0x${size.toString(16)} of its definition are not known`);
  return { name, ...NOTHING_DEFINED, ...Object.fromEntries(fields) };
}
