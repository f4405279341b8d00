/** How the entries of a map are read: by its type, by its BTF, or as bytes. */
import type { EntryBatch } from "../../../model/contents.ts";
import type { NameObject } from "../../../model/map-names.ts";
import type { MapPlans, MapTypes } from "../../../model/map-plans.ts";
import type { MapInfo } from "../../../model/records.ts";
import { isHashed, isMapOfMaps, isMapOfProgs } from "../../../uapi/map-traits.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import { BPF_F_STACK_BUILD_ID, buildIdLeaf } from "./build-ids.ts";
import type { KeyAndValue } from "./columns.ts";
import { integerLeaf, type ViewNode } from "./node.ts";
import { objectNode } from "./objects.ts";
import { isNumberSize, prefixLeaf, unsigned } from "./raw.ts";
import { type NameAddresses, StackNames } from "./stacks.ts";
import { hexLeaf } from "./text-bytes.ts";
import { typedNode } from "./typed.ts";

/** A map with the plans for its entries, and the types that these were made from. */
export interface PlannedMap {
  readonly map: MapInfo;
  readonly types: MapTypes | undefined;
  readonly plans: MapPlans | undefined;
}

/** What numbers are called (`--human`). */
export interface Names {
  readonly prog: NameObject;
  readonly map: NameObject;
  readonly addresses: NameAddresses;
}

export interface NodeOptions {
  /** Byte order of the machine. */
  readonly littleEndian: boolean;
  /** Where names are wanted, and what a type says of its bytes. */
  readonly names?: Names | undefined;
  /** Values without types are numbers, if they have the size of one. */
  readonly numbers?: boolean;
}

/** undefined: the map has no keys, or no values. */
export interface MapNodes extends KeyAndValue {
  /** To be called before entries of a batch are read. */
  readonly enter?: ((batch: EntryBatch) => void) | undefined;
}

export function mapNodes(planned: PlannedMap, options: NodeOptions): MapNodes {
  const { map } = planned;
  const key = map.keySize > 0 ? keyNode(planned, options) : undefined;
  if (map.valueSize === 0) return { key, value: undefined };
  const stacks = stackNames(planned, options);
  if (!stacks) return { key, value: valueNode(planned, options) };
  return { key, value: stacks.leaf(), enter: (batch) => stacks.enter(batch) };
}

function keyNode({ map, types, plans }: PlannedMap, { littleEndian, names }: NodeOptions): ViewNode {
  const { type, keySize } = map;
  const prefix = names && type === MAP_TYPE.lpm_trie ? prefixLeaf(keySize, littleEndian) : undefined;
  if (prefix) return prefix;
  if (plans?.key && plans.key.root.kind !== "none")
    return typedNode(plans.key, names && types && { btf: types.btf, typeId: types.keyTypeId });
  // The index of an array needs no type.
  if (!isHashed(type) && keySize === 4) return integerLeaf(unsigned(4, littleEndian));
  return hexLeaf(keySize);
}

function valueNode({ map, types, plans }: PlannedMap, options: NodeOptions): ViewNode {
  const { littleEndian, names, numbers } = options;
  const { type, valueSize } = map;
  if (holdsObjects(map) && (names || !plans)) {
    const kind = isMapOfMaps(type) ? "map" : "prog";
    return objectNode(kind, littleEndian, names?.[kind]);
  }
  if (plans && plans.value.root.kind !== "none")
    return typedNode(plans.value, names && types && { btf: types.btf, typeId: types.valueTypeId });
  if (names && isStackTrace(map)) return buildIdLeaf(littleEndian);
  if (numbers && isNumberSize(valueSize)) return integerLeaf(unsigned(valueSize, littleEndian));
  return hexLeaf(valueSize);
}

/** Its values are ids of maps or programs. */
export function holdsObjects({ type, valueSize }: MapInfo): boolean {
  return valueSize === 4 && (isMapOfMaps(type) || isMapOfProgs(type));
}

function stackNames(
  { map, plans }: PlannedMap,
  { names, littleEndian }: NodeOptions,
): StackNames | undefined {
  const wanted = names && !plans && isStackTrace(map) && (map.flags & BPF_F_STACK_BUILD_ID) === 0;
  return wanted ? new StackNames(names.addresses, littleEndian) : undefined;
}

function isStackTrace({ type }: MapInfo): boolean {
  return type === MAP_TYPE.stack_trace;
}
