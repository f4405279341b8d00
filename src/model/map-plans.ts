/** How the keys and values of a map are read by its BTF. */
import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/value.ts";
import { planValue, type ValuePlan } from "../btf/value-plan.ts";
import type { MapInfo } from "./records.ts";
import type { Registry } from "./registry.ts";

export interface MapPlans {
  /** undefined: the map's BTF says nothing of its keys. */
  readonly key: ValuePlan | undefined;
  readonly value: ValuePlan;
}

/** Types for keys and values, by id in one BTF; 0 is none. */
export interface MapTypes {
  readonly btf: Btf;
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

/** The types that the map itself names; undefined where it names none for its values (bpftool map.c:get_map_kv_btf). */
export function mapTypes(registry: Registry, map: MapInfo): MapTypes | undefined {
  const { btfId, btfKeyTypeId, btfValueTypeId, btfVmlinuxValueTypeId } = map;
  if (btfVmlinuxValueTypeId !== 0)
    return { btf: registry.kernelBtf(), keyTypeId: btfKeyTypeId, valueTypeId: btfVmlinuxValueTypeId };
  const btf = btfValueTypeId === 0 ? undefined : registry.btf(btfId);
  return btf && { btf, keyTypeId: btfKeyTypeId, valueTypeId: btfValueTypeId };
}

/** The plans, or what is wrong with the types: they are of another size than the map's keys or values. */
export function planMap(map: MapInfo, { btf, keyTypeId, valueTypeId }: MapTypes): MapPlans | string {
  const keySize = keyTypeId === 0 ? map.keySize : sizeOf(btf, keyTypeId);
  const valueSize = sizeOf(btf, valueTypeId);
  if (keySize !== map.keySize)
    return `BTF type [${keyTypeId}] has ${keySize} bytes, the keys of map ${map.id} have ${map.keySize}`;
  if (valueSize !== map.valueSize)
    return `BTF type [${valueTypeId}] has ${valueSize} bytes, the values of map ${map.id} have ${map.valueSize}`;
  return {
    key: keyTypeId === 0 ? undefined : planValue(btf, keyTypeId),
    value: planValue(btf, valueTypeId),
  };
}
