/**
 * A map's record as struct bpf_map_info (include/uapi/linux/bpf.h of Linux 6.18), member by member. Where the kernel
 * has told its own struct, that decides: what a newer one has more is null.
 */
import { writeValue } from "../../btf/value-json.ts";
import type { ValuePlan } from "../../btf/value-plan.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { MapInfo } from "../../model/records.ts";

interface InfoMember {
  readonly offset: number;
  /** Bytes. */
  readonly size: 4 | 8;
  value(map: MapInfo): number | bigint;
}

const NAME = { offset: 24, size: 16 } as const;
const SIZE = 104;

/** In the kernel's order, without the name. */
const NUMBERS = {
  type: { offset: 0, size: 4, value: ({ type }) => type },
  id: { offset: 4, size: 4, value: ({ id }) => id },
  key_size: { offset: 8, size: 4, value: ({ keySize }) => keySize },
  value_size: { offset: 12, size: 4, value: ({ valueSize }) => valueSize },
  max_entries: { offset: 16, size: 4, value: ({ maxEntries }) => maxEntries },
  map_flags: { offset: 20, size: 4, value: ({ flags }) => flags },
  ifindex: { offset: 40, size: 4, value: ({ device }) => device?.ifindex ?? 0 },
  btf_vmlinux_value_type_id: {
    offset: 44,
    size: 4,
    value: ({ btfVmlinuxValueTypeId }) => btfVmlinuxValueTypeId,
  },
  netns_dev: { offset: 48, size: 8, value: ({ device }) => device?.netnsDev ?? 0n },
  netns_ino: { offset: 56, size: 8, value: ({ device }) => device?.netnsIno ?? 0n },
  btf_id: { offset: 64, size: 4, value: ({ btfId }) => btfId },
  btf_key_type_id: { offset: 68, size: 4, value: ({ btfKeyTypeId }) => btfKeyTypeId },
  btf_value_type_id: { offset: 72, size: 4, value: ({ btfValueTypeId }) => btfValueTypeId },
  btf_vmlinux_id: { offset: 76, size: 4, value: ({ btfVmlinuxId }) => btfVmlinuxId ?? 0 },
  map_extra: { offset: 80, size: 8, value: ({ mapExtra }) => mapExtra },
  // Nobody asked the kernel for a hash.
  hash: { offset: 88, size: 8, value: () => 0n },
  hash_size: { offset: 96, size: 4, value: () => 0 },
} as const satisfies Readonly<Record<string, InfoMember>>;

export function mapInfoJson(
  json: JsonWriter,
  map: MapInfo,
  plan: ValuePlan | undefined,
  options: { readonly plain: boolean },
): void {
  if (plan) return writeValue(json, plan, mapInfoBytes(map, plan.littleEndian), 0, options);
  json.startObject();
  for (const [name, { offset, value }] of Object.entries<InfoMember>(NUMBERS)) {
    json.numberField(name, value(map));
    if (offset + 4 === NAME.offset) json.stringField("name", map.name);
  }
  json.endObject();
}

/** The struct as the kernel would fill it. */
export function mapInfoBytes(map: MapInfo, littleEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(SIZE);
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  for (const { offset, size, value } of Object.values<InfoMember>(NUMBERS)) {
    if (size === 8) view.setBigUint64(offset, BigInt(value(map)), littleEndian);
    else view.setUint32(offset, Number(value(map)), littleEndian);
  }
  bytes.write(map.name.slice(0, NAME.size - 1), NAME.offset, "latin1");
  return bytes;
}
