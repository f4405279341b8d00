/**
 * Maps of maps and of programs that are filled from the start: `.values = { [1] = &other }`, which are relocations
 * of .maps (libbpf libbpf.c:bpf_object__collect_map_relos).
 */
import { sectionNamed } from "../../../elf/sections.ts";
import type { ElfSymbol } from "../../../elf/symbols.ts";
import { isMapOfMaps, isMapOfProgs } from "../../../uapi/map-traits.ts";
import type { BpfObject } from "../contract.ts";
import type { FoundMap } from "./found-map.ts";
import { lastAt } from "./last-at.ts";
import { POINTER_SIZE, type Pointer, type PointersIn } from "./pointers.ts";
import { placeIn, quoted, type Warn } from "./warnings.ts";

/** The id of the program that a function is; undefined where it is none, or where ids are not known. */
export type ProgId = (symbol: ElfSymbol) => number | undefined;

/** Ids by what they stand for. */
export interface Ids {
  readonly prog: ProgId;
  readonly map: (symbol: ElfSymbol) => number | undefined;
}

/** By index: the id of the map or program that stands there. */
export type Slots = ReadonlyMap<number, number>;

const INDEX_SIZE = 4;

/** The slots of the maps that have some. `maps` are those of .maps by offset. */
export function readSlots(
  { elf }: BpfObject,
  maps: readonly FoundMap[],
  pointersIn: PointersIn,
  ids: Ids,
  warn: Warn,
): ReadonlyMap<FoundMap, Slots> {
  const found = new Map<FoundMap, Map<number, number>>();
  const section = sectionNamed(elf, ".maps");
  if (!section) return found;
  for (const pointer of pointersIn(section)) {
    const map = mapAt(maps, pointer.at);
    const slot = slotOf(map, pointer, ids);
    if (typeof slot === "string") warn(`${placeIn(section, pointer.at)}: ${slot}`);
    if (map === undefined || typeof slot !== "object") continue;
    const slots = found.get(map);
    if (slots) slots.set(slot.index, slot.id);
    else found.set(map, new Map([[slot.index, slot.id]]));
  }
  return found;
}

/** The last map that starts before a place and ends behind it. */
function mapAt(maps: readonly FoundMap[], at: number): FoundMap | undefined {
  const map = maps[lastAt(maps, at)];
  return map && at + POINTER_SIZE <= map.offset + map.size ? map : undefined;
}

interface Slot {
  readonly index: number;
  readonly id: number;
}

/** What is wrong with it, if not a slot; undefined for a program whose id is not known. */
function slotOf(map: FoundMap | undefined, { at, target }: Pointer, ids: Ids): Slot | string | undefined {
  if (map?.slotsAt === undefined) return `a pointer to ${quoted(target.name)} is in no map with slots`;
  const { name, type, maxEntries, keySize } = map.definition;
  const what = `map ${quoted(name)}`;
  const index = (at - map.offset - map.slotsAt) / POINTER_SIZE;
  if (!Number.isInteger(index) || index < 0 || index >= maxEntries)
    return `${what}: index ${index} is none of its ${maxEntries} entries`;
  if (keySize !== INDEX_SIZE) return `${what}: slots need keys of ${INDEX_SIZE} bytes, not ${keySize}`;
  if (isMapOfProgs(type)) {
    const id = ids.prog(target);
    return id === undefined ? undefined : { index, id };
  }
  const id = isMapOfMaps(type) ? ids.map(target) : undefined;
  return id === undefined ? `${what}: ${quoted(target.name)} at index ${index} is no map` : { index, id };
}
