/** The numbers in a map's values, counted by powers of two. */
import type { MapContents } from "../../../model/contents.ts";
import type { MapInfo } from "../../../model/records.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import { valueColumns } from "./columns.ts";
import { type CpuValues, combineIntegers } from "./cpus.ts";
import { holdsObjects, type MapNodes } from "./map-nodes.ts";
import type { ReadInteger } from "./node.ts";
import { unsigned } from "./raw.ts";
import { forEachRow } from "./rows.ts";
import { type Histogram, Slots } from "./slots.ts";

/** An integer in a value. */
export interface CountedMember {
  /** "" where it is the whole value. */
  readonly name: string;
  /** In bytes from the start of the value. */
  readonly offset: number;
  readonly integer: ReadInteger;
}

/** The integers of a value; arrays of them are not counted. Empty where there is nothing to count. */
export function countedMembers(map: MapInfo, { value }: MapNodes): CountedMember[] {
  if (!value || holdsObjects(map)) return [];
  return valueColumns(value).flatMap(({ heading, offset, node }) => {
    const integer = node.kind === "leaf" ? node.integer : undefined;
    return integer ? [{ name: node === value ? "" : heading, offset, integer }] : [];
  });
}

/** Slots of numbers of 64 bits, and the one before them. */
const MAX_SLOTS = 65;

/**
 * An array of integers that is not too long for it is a histogram already (BCC's BPF_HISTOGRAM): its index is the slot.
 * Of all other maps each entry counts once, by its value. What several CPUs have is added first.
 */
export function histograms(
  map: MapInfo,
  members: readonly CountedMember[],
  contents: MapContents,
  limit: number,
  littleEndian: boolean,
): Histogram[] {
  const counted = members.map(({ name, offset, integer }) => ({
    name,
    slots: new Slots(),
    read: (values: CpuValues) => combineIntegers(integer, "sum", values, offset),
  }));
  const index = unsigned(4, littleEndian);
  const isHistogram = isSlotArray(map, members);
  forEachRow(map, contents, limit, "sum", ({ batch, at, starts, errno }) => {
    if (errno !== undefined) return;
    const values = { bytes: batch.values, starts, size: map.valueSize };
    for (const { slots, read } of counted) {
      const number = read(values);
      if (number === undefined) continue;
      if (!isHistogram) slots.count(number);
      else {
        const slot = Number(index(batch.keys, 4 * at, batch.keys.length) ?? 0);
        if (slot < MAX_SLOTS) slots.add(slot, number);
      }
    }
  });
  return counted.map(({ name, slots }) => slots.histogram(name));
}

function isSlotArray({ type, keySize, maxEntries }: MapInfo, [member]: readonly CountedMember[]): boolean {
  const isArray = type === MAP_TYPE.array || type === MAP_TYPE.percpu_array;
  return isArray && keySize === 4 && maxEntries <= MAX_SLOTS && member?.name === "";
}
