/**
 * Types of legacy maps: the first two members of a struct `____btf_map_<name>` (BPF_ANNOTATE_KV_PAIR; libbpf 0.8,
 * btf.c:btf__get_map_kv_tids).
 */
import type { Btf } from "../../../btf/btf.ts";
import { BTF_KIND } from "../../../btf/kinds.ts";
import { kindOf } from "../../../btf/sections.ts";
import { sizeOf } from "../../../btf/value-types.ts";
import type { BpfObject } from "../contract.ts";
import type { MapDefinition } from "./found-map.ts";
import { quoted, readable, type Warn } from "./warnings.ts";

const PREFIX = "____btf_map_";

type Types = Pick<MapDefinition, "keyTypeId" | "valueTypeId">;

/** What gives a definition its types, where there are some of the right size. */
export function annotatedTypes({ btf }: BpfObject, warn: Warn): (definition: MapDefinition) => MapDefinition {
  const known = btf && readable(warn, () => typesByName(btf), undefined);
  return (definition) => {
    const { name, keySize, valueSize } = definition;
    const types = known?.get(name);
    if (!btf || !types) return definition;
    const sizes = readable(warn, () => sizesOf(btf, types), undefined);
    if (!sizes) return definition;
    if (sizes.key === keySize && sizes.value === valueSize) return { ...definition, ...types };
    const what = `${sizes.key} and ${sizes.value} bytes, the map has ${keySize} and ${valueSize}`;
    warn(`map ${quoted(name)}: types of key and value have ${what}`);
    return definition;
  };
}

function sizesOf(btf: Btf, { keyTypeId, valueTypeId }: Types) {
  return { key: sizeOf(btf, keyTypeId), value: sizeOf(btf, valueTypeId) };
}

function typesByName(btf: Btf): Map<string, Types> {
  const { words, starts } = btf.sections;
  const found = new Map<string, Types>();
  for (let i = 0; i < starts.length - 1; i++) {
    if (kindOf(words[(starts[i] as number) + 1] as number) !== BTF_KIND.STRUCT) continue;
    const struct = btf.type(btf.firstId + i);
    if (struct?.kind !== "STRUCT" || !struct.name.startsWith(PREFIX)) continue;
    const [key, value] = struct.members;
    if (key && value)
      found.set(struct.name.slice(PREFIX.length), { keyTypeId: key.type, valueTypeId: value.type });
  }
  return found;
}
