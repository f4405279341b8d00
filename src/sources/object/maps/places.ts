/** Which map a symbol or a section of the file stands for. */
import { sectionNamed } from "../../../elf/sections.ts";
import type { ElfSymbol } from "../../../elf/symbols.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import type { BpfObject } from "../contract.ts";
import { KCONFIG } from "./data-section.ts";
import type { FoundMap } from "./found-map.ts";

/** Variables that programs share with user space: they live in the map of type arena. */
const ARENA_SECTION = ".addr_space.1";

/** A map, and the section whose variables it holds. */
export interface Home {
  readonly map: FoundMap;
  /** 0 for the externs of .kconfig, which no section of the file has. */
  readonly index: number;
  readonly name: string;
}

/** Of maps with definitions (.maps, maps): the one that a symbol names. The first of those at one place. */
export function mapsBySymbol(maps: readonly FoundMap[]): (symbol: ElfSymbol) => FoundMap | undefined {
  const places = new Map<number, Map<number, FoundMap>>();
  for (const map of maps.toReversed()) {
    const others = places.get(map.section);
    if (others) others.set(map.offset, map);
    else places.set(map.section, new Map([[map.offset, map]]));
  }
  return ({ section, value }) => section && places.get(section.index)?.get(Number(value));
}

export function homesOf(
  { elf }: BpfObject,
  defined: readonly FoundMap[],
  data: readonly FoundMap[],
): readonly Home[] {
  const homes = data.map((map): Home => {
    const name = elf.sections[map.section]?.name || KCONFIG;
    return { map, index: map.section, name };
  });
  const section = sectionNamed(elf, ARENA_SECTION);
  const arena = section && defined.find(({ definition }) => definition.type === MAP_TYPE.arena);
  return arena ? [...homes, { map: arena, index: section.index, name: ARENA_SECTION }] : homes;
}
