/**
 * struct_ops maps: the operations of the kernel that they implement, and the types of their values (bpftool
 * struct_ops.c; kernel bpf_struct_ops.c:bpf_map_struct_ops_info_fill).
 *
 * A loaded map has a value of the kernel's struct `bpf_struct_ops_X`. A map of an object file has one of the object's
 * own struct X: it becomes the kernel's when it is loaded.
 */
import type { Btf } from "../btf/btf.ts";
import { structNamed } from "../btf/struct-named.ts";
import { sizeOf } from "../btf/value.ts";
import { planValue, type ValuePlan } from "../btf/value-plan.ts";
import { InspectError, malformedError, unsupportedError } from "../errors.ts";
import { MAP_TYPE } from "../uapi/map-types.ts";
import type { MapInfo } from "./records.ts";
import type { Registry } from "./registry.ts";

const VALUE_PREFIX = "bpf_struct_ops_";
/** What follows names a variant of the type; the kernel's is the part before (libbpf bpf_core_essential_name_len). */
const FLAVOR = /(?<=.)___.*$/s;

export interface StructOpsType {
  readonly btf: Btf;
  readonly typeId: number;
  /** Of the struct: `bpf_struct_ops_tcp_congestion_ops`. */
  readonly name: string;
}

/** A map with all that a dump of it prints. */
export interface StructOpsValue {
  readonly map: MapInfo;
  readonly type: StructOpsType;
  readonly plan: ValuePlan;
  /** As long as the type, at least. */
  readonly bytes: Uint8Array;
  /** How the kernel's struct bpf_map_info is read; undefined where the source has no such type. */
  readonly infoPlan: ValuePlan | undefined;
  /** The name of a program; undefined where it has none or is gone. */
  progName(id: number): string | undefined;
}

export function isStructOps({ type }: MapInfo): boolean {
  return type === MAP_TYPE.struct_ops;
}

/** Throws where the source does not have the types, or they do not have this one. */
export function structOpsType(registry: Registry, map: MapInfo): StructOpsType {
  const { btf, typeId } = typesOf(registry, map);
  const type = btf?.type(typeId);
  if (!btf || type?.kind !== "STRUCT")
    throw malformedError(`struct_ops map ${map.id}`, `type [${typeId}] of its value is no struct`);
  return { btf, typeId, name: type.name };
}

function typesOf(
  registry: Registry,
  map: MapInfo,
): { readonly btf: Btf | undefined; readonly typeId: number } {
  const { btfId, btfValueTypeId, btfVmlinuxValueTypeId: typeId, btfVmlinuxId } = map;
  if (typeId === 0) return { btf: registry.btf(btfId), typeId: btfValueTypeId };
  return { btf: btfVmlinuxId === undefined ? kernelTypes(registry) : registry.btf(btfVmlinuxId), typeId };
}

/** Throws in bpftool's words where the source does not have them; system calls fail in their own. */
export function kernelTypes(registry: Registry): Btf {
  try {
    return registry.kernelBtf();
  } catch (error) {
    if (!(error instanceof InspectError) || error.code === "syscall") throw error;
    throw unsupportedError(`struct_ops requires kernel CONFIG_DEBUG_INFO_BTF=y: ${error.message}`);
  }
}

/** What is implemented: `tcp_congestion_ops`. */
export function operationsOf({ name }: StructOpsType): string {
  return name.startsWith(VALUE_PREFIX) ? name.slice(VALUE_PREFIX.length) : name.replace(FLAVOR, "");
}

/** Throws where the value or its type cannot be read. */
export function structOpsValue(registry: Registry, map: MapInfo): StructOpsValue {
  const type = structOpsType(registry, map);
  const { btf, typeId } = type;
  const size = sizeOf(btf, typeId);
  if (size !== map.valueSize)
    throw malformedError(
      `struct_ops map ${map.id}`,
      `its value has ${map.valueSize} bytes, struct ${type.name} has ${size}`,
    );
  return {
    map,
    type,
    plan: planValue(btf, typeId),
    bytes: lookUp(registry, map),
    infoPlan: mapInfoPlan(registry),
    progName(id) {
      const prog = registry.progIfThere(id);
      return (prog && registry.progName(prog)) || undefined;
    },
  };
}

function lookUp({ source }: Registry, map: MapInfo): Uint8Array {
  try {
    return source.lookup(map, new Uint8Array(map.keySize));
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    const { code, data } = error;
    throw new InspectError(code, `can't lookup struct_ops map ${map.name} id ${map.id}: ${error.message}`, {
      data,
    });
  }
}

function mapInfoPlan(registry: Registry): ValuePlan | undefined {
  if (registry.source.kind === "object") return undefined;
  const kernel = kernelTypes(registry);
  const id = structNamed(kernel, "bpf_map_info");
  return id === undefined ? undefined : planValue(kernel, id);
}
