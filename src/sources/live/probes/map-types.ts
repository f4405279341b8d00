/** Whether a map of a type can be made (libbpf libbpf_probes.c:probe_map_create). */
import type { Answer, TypeAnswer } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { ENOTSUPP } from "../../../uapi/errno.ts";
import { isMapOfMaps } from "../../../uapi/map-traits.ts";
import { MAP_TYPE, MAP_TYPES, type MapTypeName } from "../../../uapi/map-types.ts";
import { closing } from "../objects.ts";
import { answerOf, createMap, loadBtf, type MapTrial, tryMap } from "./attempts.ts";
import { STORAGE_TYPES, storageBtf } from "./storage-btf.ts";

const BPF_F_NO_PREALLOC = 1;
const BPF_F_MMAPABLE = 1 << 10;
/** A whole number of pages, however large they are. */
const PAGES = 1 << 16;
/** struct bpf_cgroup_storage_key. */
const CGROUP_KEY_SIZE = 16;
/** struct bpf_insn_array_value. */
const INSN_VALUE_SIZE = 16;

/** What most types are content with. */
const PLAIN: MapTrial = { keySize: 4, valueSize: 4, maxEntries: 1 };
const STORAGE: MapTrial = {
  valueSize: STORAGE_TYPES.valueSize,
  maxEntries: 0,
  flags: BPF_F_NO_PREALLOC,
  btfKeyTypeId: STORAGE_TYPES.key,
  btfValueTypeId: STORAGE_TYPES.value,
};
const CGROUP_STORAGE: MapTrial = { keySize: CGROUP_KEY_SIZE, valueSize: 8, maxEntries: 0 };
const RING: MapTrial = { keySize: 0, valueSize: 0, maxEntries: PAGES };

/** What the others want instead. */
const SHAPES: Partial<Readonly<Record<MapTypeName, MapTrial>>> = {
  stack_trace: { valueSize: 8 },
  lpm_trie: { keySize: 8, valueSize: 8, flags: BPF_F_NO_PREALLOC },
  rhash: { flags: BPF_F_NO_PREALLOC },
  cgroup_storage: CGROUP_STORAGE,
  percpu_cgroup_storage: CGROUP_STORAGE,
  queue: { keySize: 0 },
  stack: { keySize: 0 },
  sk_storage: STORAGE,
  inode_storage: STORAGE,
  task_storage: STORAGE,
  cgrp_storage: STORAGE,
  ringbuf: RING,
  user_ringbuf: RING,
  // Type 1 of the kernel's BTF is not a struct of operations, and a kernel that has the type says so.
  struct_ops: { btfVmlinuxValueTypeId: 1 },
  bloom_filter: { keySize: 0 },
  arena: { keySize: 0, valueSize: 0, flags: BPF_F_MMAPABLE },
  insn_array: { valueSize: INSN_VALUE_SIZE },
};

export function probeMapTypes(sys: Syscalls): TypeAnswer[] {
  return MAP_TYPES.flatMap((name, type) =>
    type === MAP_TYPE.unspec ? [] : [{ type, answer: probeMapType(sys, name) }],
  );
}

function probeMapType(sys: Syscalls, name: MapTypeName): Answer {
  const type = MAP_TYPE[name];
  const map = { ...PLAIN, ...SHAPES[name], type };
  if (type === MAP_TYPE.struct_ops) {
    const errno = tryMap(sys, map);
    return answerOf(errno, errno === ENOTSUPP);
  }
  if (isMapOfMaps(type)) {
    const inner = createMap(sys, { ...PLAIN, type: MAP_TYPE.hash });
    return withPart(sys, inner, (innerMapFd) => ({ ...map, innerMapFd }));
  }
  if (map.btfKeyTypeId !== undefined)
    return withPart(sys, loadBtf(sys, storageBtf()), (btfFd) => ({ ...map, btfFd }));
  return answer(tryMap(sys, map));
}

/** A map that needs another object, whose descriptor or -errno is given. */
function withPart(sys: Syscalls, part: number, map: (fd: number) => MapTrial): Answer {
  if (part < 0) return answer(-part);
  return closing(sys, part, () => answer(tryMap(sys, map(part))));
}

function answer(errno: number): Answer {
  return answerOf(errno, errno === 0);
}
