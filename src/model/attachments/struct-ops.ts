/** Programs that implement operations of the kernel, as attachments (kernel bpf_struct_ops.c:bpf_struct_ops_map_update_elem). */
import { ByteReader } from "../../bytes/reader.ts";
import type { BtfComposite } from "../../btf/types.ts";
import { resolveType } from "../../btf/value-types.ts";
import { InspectError } from "../../errors.ts";
import type { LinkRecord, MapInfo } from "../records.ts";
import type { Registry } from "../registry.ts";
import { isStructOps, operationsOf, type StructOpsType, structOpsType } from "../struct-ops.ts";
import type { Attachment, HookOf } from "./hooks.ts";

/** enum bpf_struct_ops_state: registered by writing the value. One that is ready needs a link. */
const IN_USE = 1;
const MAX_PROG_ID = 0xffff_ffffn;

/** What cannot be read is told to `warn`. */
export function structOpsAttachments(
  registry: Registry,
  links: readonly LinkRecord[],
  warn: (problem: string) => void,
): Attachment[] {
  return registry
    .maps()
    .filter(isStructOps)
    .flatMap((map) => {
      try {
        const link = links.find(({ detail }) => detail.kind === "struct_ops" && detail.mapId === map.id);
        return implemented(registry, map, link);
      } catch (error) {
        if (!(error instanceof InspectError)) throw error;
        warn(`struct_ops map ${map.id}: ${error.message}`);
        return [];
      }
    });
}

/** Members in the order of the struct. */
function implemented(registry: Registry, map: MapInfo, link: LinkRecord | undefined): Attachment[] {
  const type = structOpsType(registry, map);
  const value = new ByteReader(registry.source.lookup(map, new Uint8Array(map.keySize)), {
    littleEndian: registry.source.host().littleEndian,
    what: `struct_ops map ${map.id}`,
  });
  const { state, operations } = layout(type);
  const hook: HookOf<"struct_ops"> = {
    kind: "struct_ops",
    mapId: map.id,
    mapName: map.name,
    operations: operationsOf(type),
    registered: link !== undefined || (state !== undefined && value.u32(state) === IN_USE),
  };
  return operations.flatMap(({ name, offset }) => {
    const id = value.u64(offset);
    if (id === 0n || id > MAX_PROG_ID) return [];
    return [{ progId: Number(id), hook, member: name, ...(link && { linkId: link.id }) }];
  });
}

interface Layout {
  /** Where the map's state stands, in bytes; absent where the value has none. */
  readonly state?: number;
  readonly operations: readonly { readonly name: string; readonly offset: number }[];
}

/** Where what stands in a struct bpf_struct_ops_X { struct bpf_struct_ops_common common; struct X data; }. */
function layout({ btf, typeId }: StructOpsType): Layout {
  const value = composite(btf, typeId);
  const data = value?.members.find(({ name }) => name === "data");
  const operations = data ? composite(btf, data.type) : undefined;
  const common = value?.members.find(({ name }) => name === "common");
  const state = (common ? composite(btf, common.type) : value)?.members.find(({ name }) => name === "state");
  const isFunction = (type: number) => {
    const pointer = resolveType(btf, type);
    return pointer?.kind === "PTR" && resolveType(btf, pointer.type)?.kind === "FUNC_PROTO";
  };
  return {
    ...(state && { state: ((common?.bitOffset ?? 0) + state.bitOffset) / 8 }),
    operations: (operations?.members ?? [])
      .filter(({ type }) => isFunction(type))
      .map(({ name, bitOffset }) => ({ name, offset: ((data?.bitOffset ?? 0) + bitOffset) / 8 })),
  };
}

function composite(btf: StructOpsType["btf"], typeId: number): BtfComposite | undefined {
  const type = resolveType(btf, typeId);
  return type?.kind === "STRUCT" ? type : undefined;
}
